//! A progress bar with the time to go, on a terminal and where there is more than a moment of work.

use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::fault::{Fault, tell};
use crate::input::Recording;

/// Work that takes less gets no bar.
const MOMENT: Duration = Duration::from_millis(500);

/// Tells people on standard error how far the work is, and what is wrong with it.
pub(crate) struct Progress {
    quiet: bool,
    terminal: bool,
    begun: Instant,
    bar: Mutex<Option<ProgressBar>>,
    total: u64, // bytes, or steps; 0 where not known
    done: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// Progress over these files; what has no size, as a pipe, counts as nothing.
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = &'a Path>, quiet: bool) -> Self {
        let terminal = !quiet && stderr().is_terminal();
        let total = if terminal { files.into_iter().map(size).sum() } else { 0 };
        Self {
            quiet,
            terminal,
            begun: Instant::now(),
            bar: Mutex::new(None),
            total,
            done: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
        }
    }

    /// Progress over so many steps of work, each told by [`step`](Self::step).
    pub(crate) fn over(steps: usize, quiet: bool) -> Self {
        let mut progress = Self::new([], quiet);
        progress.total = steps as u64;
        progress
    }

    /// Counts a step as done.
    pub(crate) fn step(&self) {
        self.add(1);
    }

    /// Shows no bar, for where the results themselves run down the terminal.
    pub(crate) fn hide_bar(&mut self) {
        self.terminal = false;
    }

    /// Begins work on a file.
    pub(crate) fn task(&self, file: &Path) -> Task<'_> {
        Task { progress: self, bytes: if self.terminal { size(file) } else { 0 }, done: 0, frames: 0 }
    }

    /// Prints a warning, unless it is to be quiet.
    pub(crate) fn warn(&self, warning: &Fault) {
        if !self.quiet {
            self.suspend(|| tell(format_args!("voiced: warning: {warning}")));
        }
    }

    /// Prints an error.
    pub(crate) fn error(&self, error: &Fault) {
        self.suspend(|| tell(format_args!("voiced: {error}")));
    }

    /// Does something with the bar out of the way.
    pub(crate) fn suspend<R>(&self, write: impl FnOnce() -> R) -> R {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Asks work that is under way to end soon; nobody wants its results.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if !self.terminal || self.begun.elapsed() < MOMENT {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        bar.get_or_insert_with(|| self.make()).set_position(done);
    }

    fn make(&self) -> ProgressBar {
        let (bar, template) = if self.total > 0 {
            (ProgressBar::new(self.total), "{wide_bar} {percent:>3} %  {eta} to go")
        } else {
            (ProgressBar::no_length(), "{spinner} {elapsed}")
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.with_style(style).with_elapsed(self.begun.elapsed())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

/// One file's share of the work; dropped, it counts as done.
pub(crate) struct Task<'a> {
    progress: &'a Progress,
    bytes: u64,
    done: u64,   // bytes
    frames: u64, // read so far
}

impl Task<'_> {
    /// Counts samples of each channel as done.
    pub(crate) fn advance(&mut self, frames: u64, recording: &Recording) {
        self.frames += frames;
        self.reach(recording.frames.map_or(0.0, |all| self.frames as f64 / all.max(1) as f64));
    }

    /// Counts a share of the file's work as done, 0 to 1.
    pub(crate) fn reach(&mut self, share: f64) {
        let done = ((share.min(1.0) * self.bytes as f64) as u64).max(self.done);
        self.progress.add(done - self.done);
        self.done = done;
    }

    pub(crate) fn progress(&self) -> &Progress {
        self.progress
    }
}

impl Drop for Task<'_> {
    fn drop(&mut self) {
        self.progress.add(self.bytes - self.done);
    }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}
