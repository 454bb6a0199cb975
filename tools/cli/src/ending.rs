//! Signals that end the program: what is half written is removed before it goes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Files that are being written. Whoever holds it may make, rename or remove one.
static PARTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// Whether the first Ctrl-C is a wish to end, which the command follows by itself.
static PATIENT: AtomicBool = AtomicBool::new(false);
static ASKED: AtomicBool = AtomicBool::new(false);

/// Makes a file that is to be removed where the program is ended.
pub(crate) fn begin_part(part: &Path, make: impl FnOnce() -> io::Result<File>) -> io::Result<File> {
    let mut parts = parts();
    let file = make()?;
    parts.insert(part.to_owned());
    Ok(file)
}

/// Renames or removes such a file, which then is none of them any more.
pub(crate) fn end_part(part: &Path, settle: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let mut parts = parts();
    settle()?;
    parts.remove(part);
    Ok(())
}

fn parts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on the first Ctrl-C is told by [`asked`], and the second ends the program.
pub(crate) fn be_patient() {
    PATIENT.store(true, Ordering::Relaxed);
}

/// Whether the work is to end.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Whether it is for the command to end by itself.
fn is_wish(interrupt: bool) -> bool {
    interrupt && PATIENT.load(Ordering::Relaxed) && !ASKED.swap(true, Ordering::Relaxed)
}

/// Removes what is half written. No part is made or gets its name after that: the program ends.
fn remove_parts() {
    let parts = parts();
    for part in &*parts {
        let _ = fs::remove_file(part);
    }
    std::mem::forget(parts); // locked for good
}

/// Watches for the signals that end a program; to be called before there are threads.
///
/// One that was ignored when the program began stays so, as `nohup` asks for.
#[cfg(unix)]
pub(crate) fn watch() {
    use nix::sys::signal::{SigSet, Signal, raise};

    let signals: SigSet = caught().into_iter().collect();
    // Blocked in all threads, they wait for the one that asks for them.
    if signals.thread_block().is_err() {
        return;
    }
    let wait = move || {
        while let Ok(signal) = signals.wait() {
            if is_wish(signal == Signal::SIGINT) {
                continue;
            }
            remove_parts();
            // It ends of the signal itself, so that shells and others see that.
            let _ = signals.thread_unblock().and_then(|()| raise(signal));
            std::process::exit(128 + signal as i32); // not reached
        }
    };
    if std::thread::Builder::new().spawn(wait).is_err() {
        let _ = signals.thread_unblock(); // they end the program at once
    }
}

/// SIGHUP, SIGINT and SIGTERM, but for those that are ignored.
#[cfg(unix)]
fn caught() -> Vec<nix::sys::signal::Signal> {
    use nix::sys::signal::Signal;

    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    // Where the system does not tell, it is SIGHUP that may well be ignored.
    let ignored = ignored.unwrap_or(1 << (Signal::SIGHUP as i32 - 1));
    let signals = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM];
    signals.into_iter().filter(|&signal| ignored >> (signal as i32 - 1) & 1 == 0).collect()
}

/// Watches for Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn watch() {
    let _ = ctrlc::set_handler(|| {
        if !is_wish(true) {
            remove_parts();
            std::process::exit(130); // 128 + SIGINT, as shells tell it
        }
    });
}
