//! The command `voiced`.

use std::process::ExitCode;

fn main() -> ExitCode {
    voiced_cli::run()
}
