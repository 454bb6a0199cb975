//! Warming up, timing and printing.

use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use cpu_time::ProcessTime;

use crate::{Error, Options};

/// Reads the arguments, pins the process, and runs `peer`; what goes wrong is said in one line on standard error.
#[must_use]
pub fn main(peer: impl FnOnce(&Options) -> Result<(), Error>) -> ExitCode {
    let run = || {
        let options = Options::from_args()?;
        if let Some(core) = options.core {
            // Before the engine is loaded, so that a thread that it might start stays on this core too.
            if !core_affinity::set_for_current(core_affinity::CoreId { id: core }) {
                return Err(format!("cannot stay on core {core}: this system does not allow it").into());
            }
        }
        peer(&options)
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", error.to_string().replace('\n', "; "));
            ExitCode::FAILURE
        }
    }
}

/// Times passes over the recording, and prints what it took.
///
/// A pass begins from silence and pushes the score of each frame. The first pass only warms up; then passes are timed until
/// [`Options::least`] is over. `cpu_nanoseconds` is what all threads of the process used within those `nanoseconds`.
///
/// # Errors
/// Where a pass fails, or the scores cannot be written.
pub fn race(options: &Options, mut pass: impl FnMut(&mut Vec<f32>) -> Result<(), Error>) -> Result<(), Error> {
    let mut scores = Vec::new();
    pass(&mut scores)?;
    if let Some(path) = &options.scores {
        let bytes: Vec<u8> = scores.iter().flat_map(|score| score.to_le_bytes()).collect();
        return fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()).into());
    }
    let mut frames = 0;
    let (start, cpu_start) = (Instant::now(), ProcessTime::now());
    while start.elapsed().as_secs_f64() < options.least {
        scores.clear();
        pass(&mut scores)?;
        frames += black_box(&scores).len();
    }
    let (wall, cpu) = (start.elapsed().as_nanos(), cpu_start.elapsed().as_nanos());
    let mode = &options.mode;
    println!(r#"{{"mode":"{mode}","frames":{frames},"nanoseconds":{wall},"cpu_nanoseconds":{cpu}}}"#);
    Ok(())
}
