//! `voiced eval`: detectors, and other systems, against labelled recordings.
//!
//! ```text
//! recordings + labels -> hearing (one recording, all systems, as it is and with noise)
//!   -> figures (all recordings together, by group, condition, system and setting) -> table, JSON, report
//! ```

mod audio;
mod clock;
mod delay;
mod figures;
mod hearing;
mod json;
mod manifest;
mod noise;
mod outsiders;
mod recordings;
mod report;
mod systems;
mod table;
mod worst;

use std::io::Write as _;
use std::path::PathBuf;

use crate::args::Eval;
use crate::batch::guarded;
use crate::ending;
use crate::fault::{Fault, Stop, tell};
use crate::input::is_stdin;
use crate::inputs::{Inputs, one_file};
use crate::parallel;
use crate::progress::Progress;
use crate::sink::{Sink, WholeFile};
use delay::{Delay, delays};
use figures::{Condition, Results, cost};
use hearing::{Cost, Heard, Plan, hear};
use noise::Noises;
use recordings::{Labelled, Recordings, pair};

/// A recording that was heard to its end.
struct Measured {
    recording: Labelled,
    heard: Heard,
}

/// All that there is to report.
struct Evaluation {
    plan: Plan,
    measured: Vec<Measured>,
    /// How many recordings there were to measure by.
    asked: usize,
    results: Results,
    /// One for each system, as are the costs.
    delays: Vec<Option<Delay>>,
    costs: Vec<Option<Cost>>,
}

pub(crate) fn run(arguments: &Eval, quiet: bool) -> Result<(), Stop> {
    let plan = plan(arguments)?;
    let Recordings { labelled, faults, warnings } = pair(arguments)?;
    let asked = labelled.len() + faults.len();
    for system in &plan.systems {
        system.check(&labelled)?;
    }
    refuse(arguments, &read(arguments, &plan, &labelled)?)?;
    let report = arguments.report.as_deref().map(WholeFile::create).transpose()?; // before all work
    let mut sink = Sink::new(arguments.output.as_deref())?;

    let progress = Progress::new(labelled.iter().map(|recording| recording.path.as_path()), quiet);
    for warning in &warnings {
        progress.warn(warning);
    }
    for fault in &faults {
        progress.error(fault);
    }
    let jobs = arguments.jobs.map_or_else(parallel::default_jobs, usize::from);
    ending::be_patient();
    let (measured, failed) = hear_all(&plan, &labelled, jobs, &progress);
    drop(progress);
    if ending::asked() {
        let done = measured.len();
        tell(format_args!("voiced: interrupted: these are the results of {done} of {asked} recordings"));
    }
    if measured.is_empty() {
        return Err(if failed || !faults.is_empty() { Stop::Failed } else { nothing().into() });
    }

    let systems = plan.systems.len();
    let groups = figures::groups(&measured);
    let progress = Progress::over(systems * (Condition::all(&plan.snrs).len() * groups.len() + delay::work()), quiet);
    let results = Results::new(&measured, &plan, groups, jobs, &progress);
    let delays = delays(&measured, systems, jobs, &progress);
    drop(progress);
    let costs = (0..systems).map(|system| cost(&measured, system)).collect();
    let evaluation = Evaluation { plan, measured, asked, results, delays, costs };
    if let Some(mut report) = report {
        let page = report::page(&evaluation).map_err(|e| Fault::new("the report", e))?;
        report.write_all(page.as_bytes()).map_err(|e| report.fault(&e))?;
        report.commit()?;
    }
    sink.write(&if arguments.json { json::document(&evaluation) } else { table::tables(&evaluation) })?;
    sink.finish()?;
    if evaluation.measured.len() == asked { Ok(()) } else { Err(Stop::Failed) }
}

/// All files that are read.
fn read(arguments: &Eval, plan: &Plan, recordings: &[Labelled]) -> Result<Inputs, Fault> {
    let mut files: Vec<PathBuf> = Vec::new();
    for recording in recordings {
        files.extend([&recording.path, &recording.labels].into_iter().chain(&recording.exclusions).cloned());
        for system in &plan.systems {
            files.extend(system.file(recording).transpose()?);
        }
    }
    files.extend(plan.noises.iter().flat_map(Noises::files).cloned());
    files.extend([&arguments.manifest, &arguments.weights].into_iter().flatten().cloned());
    Ok(Inputs::new(files))
}

/// Refuses outputs that are what is read, or one file.
fn refuse(arguments: &Eval, inputs: &Inputs) -> Result<(), Stop> {
    let report = arguments.report.as_deref();
    let output = arguments.output.as_deref().filter(|output| !is_stdin(output));
    output.into_iter().chain(report).try_for_each(|output| inputs.refuse(output))?;
    match (output, report) {
        (Some(output), Some(report)) if one_file(output, report) => {
            let message = format!("--output and --report are one file, {}: give two", report.display());
            Err(Stop::Usage(message))
        }
        _ => Ok(()),
    }
}

fn nothing() -> Fault {
    Fault::new("eval", "no recording was heard to its end: there is nothing to report")
}

fn plan(arguments: &Eval) -> Result<Plan, Stop> {
    let noises = match &arguments.noise {
        Some(folder) => Some(Noises::find(folder, arguments.seed)?),
        None => None,
    };
    if let Some(snr) = arguments.snr.iter().find(|snr| !(-100.0..=100.0).contains(*snr)) {
        return Err(Stop::Usage(format!("--snr is {snr}: it must be from -100 to 100 dB")));
    }
    Ok(Plan {
        systems: systems::systems(arguments)?,
        settings: systems::settings(&arguments.segmentation)?,
        snrs: if noises.is_some() { arguments.snr.clone() } else { Vec::new() },
        noises,
        tier: arguments.tier.clone(),
        delay: arguments.delay,
        collar_ms: arguments.collar_ms,
        replicas: arguments.replicas,
    })
}

/// Hears all recordings, several at a time; returns those that were heard to their end, and whether any failed.
fn hear_all(plan: &Plan, recordings: &[Labelled], jobs: usize, progress: &Progress) -> (Vec<Measured>, bool) {
    let mut measured = Vec::new();
    let mut failed = false;
    let one = |recording: &Labelled| {
        let mut task = progress.task(&recording.path);
        if ending::asked() {
            return Ok(None);
        }
        let heard = guarded(&recording.path, || hear(plan, recording, |share| task.reach(share)))?;
        Ok(heard.map(|heard| Measured { recording: recording.clone(), heard }))
    };
    let keep = |outcome: Result<Option<Measured>, Fault>| {
        match outcome {
            Ok(Some(one)) => {
                for warning in &one.heard.warnings {
                    progress.warn(warning);
                }
                measured.push(one);
            }
            Ok(None) => {}
            Err(fault) => {
                failed = true;
                progress.error(&fault);
            }
        }
        Ok::<(), std::convert::Infallible>(())
    };
    let Ok(()) = parallel::in_order(recordings, jobs, one, || {}, keep);
    (measured, failed)
}

impl Evaluation {
    /// Each system with each setting: their places, and what the two go by.
    fn rows(&self) -> impl Iterator<Item = (usize, usize, String)> {
        self.plan.systems.iter().enumerate().flat_map(|(index, system)| {
            let settings = if system.has_scores() { &self.plan.settings[..] } else { &self.plan.settings[..1] };
            settings.iter().enumerate().map(move |(place, setting)| {
                let name = if system.has_scores() { &*setting.name } else { "" };
                (index, place, format!("{} {name}", system.name).trim_end().to_owned())
            })
        })
    }
}
