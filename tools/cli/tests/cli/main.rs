//! The built `voiced` command, as a user calls it.

mod bad_input;
mod bench;
mod browser;
mod detect;
mod detectors;
mod eval;
mod explain;
mod files;
mod formats;
mod killed;
mod pages;
mod run;
mod scores;
mod split;
mod stream;
