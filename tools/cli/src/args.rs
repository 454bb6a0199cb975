//! The command line's words.

mod detection;
mod eval;
mod explain;
mod input;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use voiced::{Kernels, Kind};

pub(crate) use detection::{Delay, Detection, checked, networks};
pub(crate) use eval::{Eval, Outsider, Segmentations};
pub(crate) use explain::Explain;
pub(crate) use input::Input;

use crate::channel::Channel;
use crate::output::Format;

/// Finds speech in recordings and live audio.
#[derive(Debug, Parser)]
#[command(name = "voiced", version, propagate_version = true, after_help = MAIN_EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Show no progress and no warnings; errors are still shown
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

const MAIN_EXAMPLES: &str = "\
Examples:
  voiced detect interview.mp3                       the speech in a recording, as a table
  voiced detect --format srt -o talk.srt talk.m4a   as subtitles
  voiced detect --format json calls/ > calls.jsonl  a folder of recordings, one JSON object a line
  voiced split interview.mp3 -o parts               every stretch of speech as a WAV file
  voiced explain interview.mp3                      how each detector hears it, as a web page
  arecord -q -f S16_LE -r 16000 -t raw | voiced stream --rate 16000 --encoding s16le

Exit status: 0 on success, 1 where a file failed (the others are still done), 2 for bad usage.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Detect(Detect),
    Scores(Scores),
    Stream(Stream),
    Split(Split),
    Eval(Box<Eval>),
    Explain(Explain),
    /// List the detectors with rates, frame, latency, state size, and when to use which
    #[command(after_help = "Examples:\n  voiced detectors\n  voiced detectors --format json | jq -r .detector")]
    Detectors {
        /// How to print them: a table for people, or one JSON object a detector and line
        #[arg(short, long, value_enum, default_value = "text")]
        format: ListFormat,
    },
    Bench(Bench),
    /// Show the version, the weights and their hashes, the processor's features and the kernel set in use
    Info,
    /// Print a shell's completion script
    #[command(after_help = "Example:\n  voiced completions bash > ~/.local/share/bash-completion/completions/voiced")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write those of all commands to a folder
    #[command(after_help = "Examples:\n  voiced man | man -l -\n  voiced man -o /usr/local/share/man/man1")]
    Man {
        /// A folder: writes voiced.1, voiced-detect.1 and so on into it
        #[arg(short, long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
}

/// Measure what detection costs on this machine
///
/// All detectors take turns on one thread, the network with each set of kernels that the machine has: as a stream, frame
/// by frame; over a whole file; and as many streams in a pool.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  voiced bench\n  voiced bench -d silero --kernels avx2 --seconds 5\n  voiced bench --format json call.wav | jq .us_median"
)]
pub(crate) struct Bench {
    /// A recording to listen to, of which 10 s are used. Defaults to syllables that are made up
    pub(crate) file: Option<PathBuf>,
    /// A detector to measure; may be given several times. Defaults to all
    #[arg(short, long, value_name = "NAME", value_parser = detection::kind())]
    pub(crate) detector: Vec<Kind>,
    /// The arithmetic of the network: a set that this machine has, or auto. Defaults to all sets in turn
    #[arg(long, value_name = "SET")]
    pub(crate) kernels: Option<Kernels>,
    /// Seconds to measure for, 1 to 600
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(crate) seconds: u16,
    /// How to print it: a table for people, or one JSON object a line
    #[arg(short, long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
}

/// Print the speech segments of recordings
///
/// Results come in the order of the arguments, each as soon as it and those before it are ready.
#[derive(Args, Debug)]
#[command(after_help = DETECT_EXAMPLES)]
pub(crate) struct Detect {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to print segments. Defaults to a table for people
    #[arg(short, long, value_enum, default_value = "text", hide_default_value = true, help_heading = "Output")]
    pub(crate) format: Format,
    /// Write here instead of to standard output. A file is written whole or not at all. With srt, vtt, textgrid or
    /// audacity and several results this is a folder, which gets one file for each recording
    #[arg(short, long, value_name = "PATH", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) detection: Detection,
    #[command(flatten)]
    pub(crate) segmentation: detection::Segmentation,
    #[command(flatten)]
    pub(crate) delay: detection::Delay,
}

const DETECT_EXAMPLES: &str = "\
Examples:
  voiced detect interview.mp3
  voiced detect --format json calls/ -o calls.jsonl
  voiced detect --format rttm --channel each stereo-call.wav
  voiced detect --format srt talks/*.m4a -o subtitles/
  ffmpeg -v error -i film.mkv -f wav - | voiced detect --threshold 0.6 --min-silence-ms 500 -

Samples count at the recording's own rate, times are in seconds. JSON has one object per recording
and line:
  {\"file\":\"a.wav\",\"sample_rate\":16000,\"duration\":60.000,\"detector\":\"silero\",
   \"segments\":[{\"start\":0.100,\"end\":1.200,\"start_sample\":1600,\"end_sample\":19200}]}
With --channel each, or a number, it has \"channel\":N after the file, and CSV a column for it.
In RTTM a recording goes by its file name without folder and extension, blanks replaced by '_'.
Hidden files in a folder are left out. Of a folder's tree, -o makes the same tree of documents.
A WAV file that is shorter than its header says is used as far as it goes, with a warning.";

/// Print a speech score for every frame of recordings
#[derive(Args, Debug)]
#[command(after_help = SCORES_EXAMPLES)]
pub(crate) struct Scores {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to print scores; csv takes one recording
    #[arg(short, long, value_enum, default_value = "csv", help_heading = "Output")]
    pub(crate) format: ScoreFormat,
    /// Write to this file instead of standard output, whole or not at all
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) detection: Detection,
    /// Of webrtc: print its decision, 0 or 1, held after speech as the original holds it, in place of the score
    #[arg(long, help_heading = "Detector")]
    pub(crate) decisions: bool,
}

const SCORES_EXAMPLES: &str = "\
Examples:
  voiced scores talk.wav > talk.csv
  voiced scores --format json calls/ -o scores.jsonl
  voiced scores -d webrtc --mode 2 --frame-ms 20 --decisions talk.wav

CSV has the columns start,end,score. JSON has one object per recording and line:
  {\"file\":\"a.wav\",\"detector\":\"silero\",\"sample_rate\":16000,\"hop\":512,
   \"frames\":[[0.000,0.032,0.0123456789],…]}
sample_rate and hop are the detector's. Frame i covers i*hop/sample_rate to (i+1)*hop/sample_rate
seconds; the last one, completed with silence, may end after the recording does.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScoreFormat {
    Csv,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}

/// Print speech events of raw PCM on standard input, as they happen
#[derive(Args, Debug)]
#[command(after_help = STREAM_EXAMPLES)]
pub(crate) struct Stream {
    /// Samples per second and channel, in Hz: 4000 to 384000
    #[arg(long, value_name = "HZ", help_heading = "Input")]
    pub(crate) rate: u32,
    /// How samples are stored: 16-bit integers or 32-bit floats, little-endian
    #[arg(long, value_enum, help_heading = "Input")]
    pub(crate) encoding: Encoding,
    /// How many channels are interleaved
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..), help_heading = "Input")]
    pub(crate) channels: u16,
    /// Which channel to listen to: mix (the mean of all), each (events then have "channel":N), or a number from 1
    #[arg(long, value_name = "mix|each|N", default_value = "mix", help_heading = "Input")]
    pub(crate) channel: Channel,
    /// Print an event for every further frame of speech, too
    #[arg(long = "continue", help_heading = "Output")]
    pub(crate) with_continue: bool,
    #[command(flatten)]
    pub(crate) detection: Detection,
    #[command(flatten)]
    pub(crate) segmentation: detection::Segmentation,
    #[command(flatten)]
    pub(crate) delay: detection::Delay,
}

const STREAM_EXAMPLES: &str = "\
Examples:
  arecord -q -f S16_LE -r 16000 -t raw | voiced stream --rate 16000 --encoding s16le
  ffmpeg -v error -i rtsp://camera/1 -f f32le -ac 1 -ar 48000 - |
    voiced stream --rate 48000 --encoding f32le

One JSON object a line, flushed at each; times are in seconds from the start:
  {\"event\":\"start\",\"time\":1.250}             speech began
  {\"event\":\"continue\",\"time\":1.312}          it goes on (only with --continue)
  {\"event\":\"end\",\"start\":1.250,\"end\":2.500}  it ended, and was this segment
  {\"event\":\"misfire\",\"time\":1.250}           it was too short: the start at that time is taken back
The segments are those that detect gives for the same audio.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Encoding {
    /// 16-bit signed integers
    S16le,
    /// 32-bit floats, full scale at 1
    F32le,
}

/// Write every speech segment of a recording as a WAV file
#[derive(Args, Debug)]
#[command(after_help = SPLIT_EXAMPLES)]
pub(crate) struct Split {
    /// The recording; it is read twice, so standard input will not do
    #[arg(value_name = "FILE", help_heading = "Input")]
    pub(crate) file: PathBuf,
    /// Which channel to listen to: mix (the mean of all) or a number from 1, where files keep all channels; or each,
    /// where each channel is split by itself into files with one channel
    #[arg(long, value_name = "mix|each|N", default_value = "mix", help_heading = "Input")]
    pub(crate) channel: Channel,
    /// The folder to write to; it is made where there is none, and files of the same names are replaced
    #[arg(short, long, value_name = "FOLDER", help_heading = "Output")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) detection: Detection,
    #[command(flatten)]
    pub(crate) segmentation: detection::Segmentation,
    #[command(flatten)]
    pub(crate) delay: detection::Delay,
}

const SPLIT_EXAMPLES: &str = "\
Examples:
  voiced split interview.mp3 -o parts
  voiced split --speech-pad-ms 200 --max-speech-s 30 lecture.m4a -o lecture/

Files have 16-bit samples at the recording's own rate and are named by number, start and end in seconds:
  parts/interview_0001_12.345-15.678.wav
With --channel each: parts/interview_ch1_0001_12.345-15.678.wav. Their paths are printed, one a line.";
