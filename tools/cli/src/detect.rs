//! `voiced detect`: the speech segments of recordings.

mod documents;

use crate::args::{Channel, Detect};
use crate::batch::Batch;
use crate::detectors::Detectors;
use crate::fault::Stop;
use crate::listen::{Heard, segments};
use crate::output::Speech;
use crate::sink::Sink;
use documents::Documents;

pub(crate) fn run(arguments: &Detect, quiet: bool) -> Result<(), Stop> {
    let config = arguments.segmentation.config()?;
    let batch = Batch::new(&arguments.input, quiet)?;
    let format = arguments.format;
    let channel = arguments.input.channel;
    let several = batch.several() || channel == Channel::Each;
    let documents = Documents::plan(format, arguments.output.as_deref(), several, &batch.finds)?;
    let detectors = Detectors::new(&arguments.detection)?;

    let mut failed = false;
    let mut sink = match documents {
        Some(_) => None,
        None => Some(Sink::new(arguments.output.as_deref())?),
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
