//! The words of `voiced explain`.

use std::path::PathBuf;

use clap::Args;
use voiced::Kind;

use super::detection::{Segmentation, kind};
use crate::channel::Channel;

/// Make a web page of a recording that shows how each detector decides
///
/// One file, which needs nothing else, not even the recording: a player, the waveform, the spectrogram, and for each
/// detector what it measures, its score and what the segmenter makes of that, in pictures and in words, with sliders
/// for the segmenter's settings.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    /// The recording (WAV, FLAC, MP3, Ogg Vorbis, Opus, M4A/AAC, AIFF, CAF, Matroska/WebM), or - for standard input
    #[arg(value_name = "FILE", help_heading = "Input")]
    pub(crate) file: PathBuf,
    /// Which channel to listen to: mix (the mean of all) or a number from 1
    #[arg(long, value_name = "mix|N", default_value = "mix", help_heading = "Input")]
    pub(crate) channel: Channel,
    /// When speech is, by hand or by another program: RTTM, Audacity labels, lab, CSV, TextGrid or scv. Defaults to such a
    /// file of the recording's name beside it, if there is one, but no CSV
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(crate) labels: Option<PathBuf>,
    /// The tier of TextGrid labels
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(crate) tier: Option<String>,
    /// Write the page here, - for standard output. Defaults to the recording's name with .html in the current folder,
    /// where only an earlier page of this command is replaced
    #[arg(short, long, value_name = "FILE.html", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// The page's title. Defaults to the recording's file name
    #[arg(long, value_name = "TEXT", help_heading = "Output")]
    pub(crate) title: Option<String>,
    /// Leave the sound out: a smaller page, which cannot play
    #[arg(long, help_heading = "Output")]
    pub(crate) no_audio: bool,
    /// A detector to show; may be given several times. Defaults to all
    #[arg(short, long, value_name = "NAME", value_parser = kind(), help_heading = "Detector")]
    pub(crate) detector: Vec<Kind>,
    /// Of webrtc: aggressiveness, the higher the more evidence speech takes, 0 to 3. Defaults to 0
    #[arg(long, value_name = "MODE", value_parser = clap::value_parser!(u8).range(0..=3), help_heading = "Detector")]
    pub(crate) mode: Option<u8>,
    #[command(flatten)]
    pub(crate) segmentation: Segmentation,
}

const EXAMPLES: &str = "\
Examples:
  voiced explain interview.mp3                          writes interview.html
  voiced explain -d silero -d energy talk.wav -o talk-explained.html
  voiced explain --threshold 0.6 --min-silence-ms 300 lecture.flac
  voiced explain call.wav --labels call-by-hand.rttm
  voiced explain --no-audio long-meeting.wav

The sound in the page is the file itself where browsers play its format (MP3, M4A, Ogg, Opus, WebM,
FLAC) and it has at most 64 MB; otherwise what the detectors heard, as 16-bit WAV at 16 kHz (8 kHz for
recordings at up to that rate) for up to 10 minutes, and in telephone quality (8 kHz, 8 bits) beyond.
An hour of a WAV file with all detectors makes a page of 76 MB, 37 MB with --no-audio; ten minutes 38
and 12 MB, half a minute 2 MB. Recordings of more than 3 hours are refused.

The settings of the segmenter are what the page's sliders begin with.";
