//! Many recordings: each is opened and worked on, several at a time, and the results come in order.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::args::Input;
use crate::fault::{Fault, Stop};
use crate::input::{Recording, is_stdin};
use crate::parallel;
use crate::progress::{Progress, Task};
use crate::walk::{Find, Found, find};

/// The recordings of one command.
pub(crate) struct Batch {
    pub(crate) finds: Vec<Find>,
    pub(crate) progress: Progress,
    jobs: usize,
    several: bool,
}

impl Batch {
    pub(crate) fn new(input: &Input, quiet: bool) -> Result<Self, Stop> {
        if input.files.iter().filter(|file| is_stdin(file)).count() > 1 {
            return Err(Stop::Usage("standard input (-) can be read only once".to_owned()));
        }
        let finds = find(&input.files);
        let progress = Progress::new(finds.iter().flatten().map(|found| found.path.as_path()), quiet);
        let jobs = input.jobs.map_or_else(parallel::default_jobs, usize::from);
        let several = input.files.len() > 1 || input.files.iter().any(|file| file.is_dir());
        Ok(Self { finds, progress, jobs, several })
    }

    /// Whether more than one recording was asked for, or a folder of any number.
    pub(crate) fn several(&self) -> bool {
        self.several
    }

    /// Works on all recordings and takes the results in order; faults are told and the others go on.
    ///
    /// Where `take` stops, all stops.
    pub(crate) fn run<R: Send>(
        &self,
        work: impl Fn(&mut Recording, &mut Task<'_>) -> Result<R, Fault> + Sync,
        mut take: impl FnMut(&Found, R) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut failed = false;
        let one = |find: &Find| {
            let found = find.clone()?;
            let mut task = self.progress.task(&found.path);
            let result = catch_unwind(AssertUnwindSafe(|| {
                let mut recording = Recording::open(&found.path)?;
                let result = work(&mut recording, &mut task)?;
                Ok((result, recording.warning()))
            }));
            let (result, warning) = result.unwrap_or_else(|_| {
                let reason = "a decoder gave up on this file; please report it, with the file if you can";
                Err(Fault::new(found.path.display().to_string(), reason))
            })?;
            Ok((found, result, warning))
        };
        parallel::in_order(&self.finds, self.jobs, one, || self.progress.cancel(), |outcome: Result<_, Fault>| {
            match outcome {
                Ok((found, result, warning)) => {
                    if let Some(warning) = warning {
                        self.progress.warn(&warning);
                    }
                    self.progress.suspend(|| take(&found, result))
                }
                Err(fault) => {
                    failed = true;
                    self.progress.error(&fault);
                    Ok(())
                }
            }
        })?;
        if failed { Err(Stop::Failed) } else { Ok(()) }
    }
}
