//! Which recordings, and which of their channels.

use std::path::PathBuf;

use clap::Args;

use crate::channel::Channel;

#[derive(Args, Debug)]
pub(crate) struct Input {
    /// Recordings (WAV, FLAC, MP3, Ogg Vorbis, Opus, M4A/AAC, AIFF, CAF, Matroska/WebM), folders, which are searched
    /// for such files, or - for standard input
    #[arg(value_name = "FILE", required = true, help_heading = "Input")]
    pub(crate) files: Vec<PathBuf>,
    /// Which channel to listen to: mix (the mean of all), each (one result per channel), or a number from 1
    #[arg(long, value_name = "mix|each|N", default_value = "mix", help_heading = "Input")]
    pub(crate) channel: Channel,
    /// How many recordings to work on at a time. Defaults to the number of processor cores
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Input")]
    pub(crate) jobs: Option<u16>,
}
