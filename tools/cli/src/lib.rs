//! The command `voiced`: finds speech in recordings and live audio.
//!
//! A library only so that `fuzz/` can reach its readers: it promises nothing to anyone else.

mod args;
mod batch;
mod bench;
mod channel;
mod detect;
mod detectors;
mod each;
mod ending;
mod eval;
mod explain;
mod facts;
mod fault;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod info;
mod input;
mod inputs;
mod labels;
mod list;
mod listen;
mod output;
mod pages;
mod parallel;
mod progress;
mod resampled;
mod scores;
mod sink;
mod split;
mod stream;
mod walk;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use fault::{Stop, tell};

/// Does what the command line says, and returns the exit status.
pub fn run() -> ExitCode {
    let Cli { command, quiet } = Cli::parse();
    ending::watch();
    let done = match &command {
        Command::Detect(arguments) => detect::run(arguments, quiet),
        Command::Scores(arguments) => scores::run(arguments, quiet),
        Command::Stream(arguments) => stream::run(arguments, quiet),
        Command::Split(arguments) => split::run(arguments, quiet),
        Command::Eval(arguments) => eval::run(arguments, quiet),
        Command::Explain(arguments) => explain::run(arguments, quiet),
        Command::Detectors { format } => list::run(*format),
        Command::Bench(arguments) => bench::run(arguments, quiet),
        Command::Info => info::run(),
        Command::Completions { shell } => pages::completions(*shell),
        Command::Man { output } => pages::man(output.as_deref()),
    };
    match done {
        Ok(()) | Err(Stop::ClosedPipe) => ExitCode::SUCCESS,
        Err(Stop::Failed) => ExitCode::from(1),
        Err(Stop::Fault(fault)) => {
            tell(format_args!("voiced: {fault}"));
            ExitCode::from(1)
        }
        Err(Stop::Usage(message)) => {
            tell(format_args!("voiced: {message}\n\nFor more information, try '--help'."));
            ExitCode::from(2)
        }
    }
}
