//! Ctrl-C: the first ends the work and lets the results be told, the second ends the program.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Watches for Ctrl-C from now on; where that cannot be watched for, it ends the program as ever.
pub(super) fn watch() {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(130); // 128 + SIGINT, as shells tell it
        }
    });
}

/// Whether the work is to end.
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
