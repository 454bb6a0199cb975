//! `voiced detect`: the speech segments of recordings.

mod documents;

use std::collections::HashSet;

use crate::args::Detect;
use crate::batch::Batch;
use crate::channel::Channel;
use crate::detectors::Detectors;
use crate::fault::{Fault, Stop};
use crate::listen::{Heard, segments};
use crate::output::{Format, Speech, rttm_name};
use crate::sink::Sink;
use documents::Documents;

pub(crate) fn run(arguments: &Detect, quiet: bool) -> Result<(), Stop> {
    let config = arguments.delay.compensated(arguments.segmentation.config()?, arguments.detection.detector);
    let batch = Batch::new(&arguments.input, quiet)?;
    let format = arguments.format;
    let channel = arguments.input.channel;
    let several = batch.several() || channel == Channel::Each;
    let inputs = batch.inputs(arguments.detection.weights.as_deref());
    let documents = Documents::plan(format, arguments.output.as_deref(), several, &batch.finds, &inputs)?;
    let detectors = Detectors::new(&arguments.detection)?;

    if format == Format::Rttm {
        warn_of_shared_names(&batch);
    }

    let mut failed = false;
    let mut sink = match documents {
        Some(_) => None,
        None => Some(Sink::apart(arguments.output.as_deref(), &inputs)?),
    };
    if let Some(sink) = &mut sink {
        sink.write(format.heading(channel != Channel::Mix))?;
    }
    let done = batch.run(
        |recording, task| {
            let (heard, length) = segments(recording, channel, &detectors, &config, task)?;
            let speech = |Heard { ear, segments }| Speech {
                file: recording.name.clone(),
                ear,
                rate: recording.rate,
                length,
                detector: detectors.name(),
                segments,
            };
            Ok(heard.into_iter().map(speech).collect::<Vec<_>>())
        },
        |found, results| {
            for speech in &results {
                let text = format.render(speech);
                if let Some(sink) = &mut sink {
                    sink.write(&text)?;
                } else if let Some(documents) = &documents
                    && let Err(fault) = documents.write(found, speech, channel, &text)
                {
                    failed = true;
                    batch.progress.error(&fault);
                }
            }
            sink.as_mut().map_or(Ok(()), Sink::flush)
        },
    );
    if let Err(stop @ (Stop::ClosedPipe | Stop::Fault(_))) = done {
        return Err(stop);
    }
    if let Some(sink) = sink {
        sink.finish()?;
    }
    if failed { Err(Stop::Failed) } else { done }
}

/// RTTM knows recordings by their file name alone: where two share it, nothing in the output tells them apart.
fn warn_of_shared_names(batch: &Batch) {
    let mut taken = HashSet::new();
    for found in batch.finds.iter().flatten() {
        let file = found.path.display().to_string();
        let name = rttm_name(&file);
        if taken.contains(&name) {
            let reason = format!("another recording goes by the name {name} in RTTM, too");
            batch.progress.warn(&Fault::new(file, reason));
        }
        taken.insert(name);
    }
}
