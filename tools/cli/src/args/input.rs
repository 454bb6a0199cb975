//! Which recordings, and which of their channels.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

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

/// Which channel is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The mean of all.
    Mix,
    /// All of them, each by itself.
    Each,
    /// One, counted from 1 as RTTM does.
    Number(usize),
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "mix" => Ok(Self::Mix),
            "each" => Ok(Self::Each),
            _ => match text.parse() {
                Ok(number) if number > 0 => Ok(Self::Number(number)),
                _ => Err("it must be mix, each, or a number from 1".to_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_count_from_one() {
        assert_eq!("mix".parse(), Ok(Channel::Mix));
        assert_eq!("each".parse(), Ok(Channel::Each));
        assert_eq!("2".parse(), Ok(Channel::Number(2)));
        for bad in ["0", "-1", "left", "", "1.5"] {
            assert!(bad.parse::<Channel>().is_err(), "{bad}");
        }
    }
}
