//! Many recordings: each is opened and worked on, several at a time, and the results come in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::args::Input;
use crate::fault::{Fault, Stop};
use crate::input::{Recording, is_stdin};
use crate::inputs::Inputs;
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

    /// All files that are read, with this one of weights.
    pub(crate) fn inputs(&self, weights: Option<&Path>) -> Inputs {
        Inputs::new(self.finds.iter().flatten().map(|found| found.path.as_path()).chain(weights))
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
            let (result, warning) = guarded(&found.path, || {
                let mut recording = Recording::open(&found.path)?;
                let result = work(&mut recording, &mut task)?;
                Ok::<_, Fault>((result, recording.warning()))
            })?;
            Ok((found, result, warning))
        };
        parallel::in_order(
            &self.finds,
            self.jobs,
            one,
            || self.progress.cancel(),
            |outcome: Result<_, Fault>| match outcome {
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
            },
        )?;
        if failed { Err(Stop::Failed) } else { Ok(()) }
    }
}

/// Does something with a recording, and makes a fault of a panic: decoders are others' code, and files may be hostile.
pub(crate) fn guarded<R, E: From<Fault>>(path: &Path, work: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let reason = "a decoder broke on this file; please report it, with the file if you can";
        Err(Fault::new(path.display().to_string(), reason).into())
    })
}
