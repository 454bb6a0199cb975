//! What can go wrong, and the exit status that it brings.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

/// Prints a message on standard error. Where nobody can read it, there is nobody to tell.
pub(crate) fn tell(message: impl fmt::Display) {
    let _ = io::stderr().write_all(format!("{message}\n").as_bytes());
}

/// One file, or one output, that failed; the others go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    subject: String,
    reason: String,
}

impl Fault {
    pub(crate) fn new(subject: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { subject: subject.into(), reason: reason.to_string() }
    }

    /// A failed operation on a file or folder.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        Self::new(path.display().to_string(), describe(error))
    }

    #[cfg(test)]
    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.reason)
    }
}

/// An input or output error in words, with what would be right where that is known.
pub(crate) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Why a command stops before it is done.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Arguments that cannot be followed: nothing was done. Exit status 2.
    Usage(String),
    /// A fault that leaves nothing more to do. Exit status 1.
    Fault(Fault),
    /// Faults that were told already. Exit status 1.
    Failed,
    /// Nobody reads the output any more: there is nothing to tell. Exit status 0.
    ClosedPipe,
}

impl Stop {
    /// A failed write to standard output.
    pub(crate) fn stdout(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Fault(Fault::new("standard output", describe(error)))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
