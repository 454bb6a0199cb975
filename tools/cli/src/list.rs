//! `voiced detectors`: what there is, and when to use which.

use std::fmt::Write;

use voiced::{FrameSpec, Info, Kind};

use crate::args::{Detection, ListFormat};
use crate::detectors::Detectors;
use crate::facts::{latency, memory_of, milliseconds};
use crate::fault::Stop;
use crate::output::json_string;
use crate::sink::Sink;

/// The sample rate in Hz that frames and states are told at.
const RATE: u32 = 16_000;

pub(crate) fn run(format: ListFormat) -> Result<(), Stop> {
    let mut lines = Vec::new();
    for &kind in Kind::ALL {
        let spec = Detectors::new(&Detection::of(kind))?.load(RATE)?.spec();
        let state = memory_of(kind).state;
        lines.push(match format {
            ListFormat::Text => text(kind.info(), state, spec),
            ListFormat::Json => json(kind.info(), state, spec),
        });
    }
    let mut sink = Sink::new(None)?;
    match format {
        ListFormat::Text => sink.write(&format!("{HEADING}{}{LEGEND}", lines.concat()))?,
        ListFormat::Json => sink.write(&lines.concat())?,
    }
    sink.finish()
}

const HEADING: &str = "detector  rates/kHz      hop  frame  latency    state  when to use it\n";

const LEGEND: &str = "
Audio at another rate is resampled. Told at 16 kHz, in ms: there is a score every hop, about that
hop; latency is the time from the hop's start until its score can be told, look-ahead included.
State is what each stream takes beside what all share: weights and tables.
";

fn text(info: &Info, state: usize, spec: FrameSpec) -> String {
    let &Info { name, rates, purpose, .. } = info;
    let rates: Vec<_> = rates.iter().map(|rate| (rate / 1000).to_string()).collect();
    let [hop, frame] = [spec.hop, spec.frame].map(|samples| milliseconds(samples, spec));
    let (rates, latency, state) = (rates.join(","), latency(spec), state as f64 / 1000.0);
    format!("{name:<10}{rates:<11}{hop:>7}{frame:>7}{latency:>9}{state:>6.1} KB  {purpose}\n")
}

fn json(info: &Info, state: usize, spec: FrameSpec) -> String {
    let &Info { name, rates, purpose, .. } = info;
    let FrameSpec { rate, frame, hop, lookahead, .. } = spec;
    let rates: Vec<_> = rates.iter().map(u32::to_string).collect();
    let mut line = String::new();
    writeln!(
        line,
        "{{\"detector\":{},\"rates\":[{}],\"sample_rate\":{rate},\"hop\":{hop},\"frame\":{frame},\
         \"lookahead\":{lookahead},\"latency_ms\":{},\"state_bytes\":{state},\"use\":{}}}",
        json_string(name),
        rates.join(","),
        latency(spec),
        json_string(purpose),
    )
    .expect("a String takes all text");
    line
}
