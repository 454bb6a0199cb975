//! What is made of the arguments' definition: shell completions and manual pages.

use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;
use crate::fault::{Fault, Stop, describe};
use crate::sink::{self, Sink, WholeFile};

pub(crate) fn completions(shell: Shell) -> Result<(), Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "voiced", &mut script);
    print(&script)
}

/// Prints the main page, or writes all of them to a folder.
pub(crate) fn man(folder: Option<&Path>) -> Result<(), Stop> {
    let fault = |e: std::io::Error| Fault::new("the manual page", describe(&e));
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(fault)?;
        return print(&page);
    };
    sink::folder(folder)?;
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build(); // which names the pages of commands voiced-…
    write_pages(&command, folder)
}

/// The page of a command, and those of the commands below it.
fn write_pages(command: &Command, folder: &Path) -> Result<(), Stop> {
    let page = clap_mangen::Man::new(command.clone());
    let mut file = WholeFile::create(&folder.join(page.get_filename()))?;
    page.render(&mut file).map_err(|e| file.fault(&e))?;
    file.commit()?;
    command.get_subcommands().try_for_each(|below| write_pages(below, folder))
}

fn print(bytes: &[u8]) -> Result<(), Stop> {
    let mut sink = Sink::new(None)?;
    sink.write(&String::from_utf8_lossy(bytes))?;
    sink.finish()
}
