//! The words of `voiced eval`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use voiced::{Kernels, Kind};

use super::detection::{CutAt, Delay, kind, networks};

/// Measure detectors against labelled recordings
///
/// Every detector hears the same recordings; what other systems made of them, as scores or as segments, is measured by
/// the same rules. Scores of all of them go through the same segmenter.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Eval {
    /// Recordings, or folders, which are searched for them. Labels are found by name: talk.wav has its own in
    /// talk.lab, talk.rttm, talk.TextGrid, talk.csv, talk.scv or, as Audacity writes them, talk.txt; talk.ign and
    /// talk.uem say what to leave out
    #[arg(value_name = "FILE", required_unless_present = "manifest", help_heading = "Recordings")]
    pub(crate) files: Vec<PathBuf>,
    /// A CSV table of recordings, paths relative to it: a column wav, audio, file or path; and, if need be, labels, ignore,
    /// and others to group by
    #[arg(long, value_name = "FILE", conflicts_with = "files", help_heading = "Recordings")]
    pub(crate) manifest: Option<PathBuf>,
    /// Where the labels are: a folder with a file for each recording, or one file about all of them (RTTM, CSV, scv).
    /// Defaults to beside the recordings
    #[arg(long, value_name = "PATH", help_heading = "Recordings")]
    pub(crate) labels: Option<PathBuf>,
    /// The tier of TextGrid labels
    #[arg(long, value_name = "NAME", help_heading = "Recordings")]
    pub(crate) tier: Option<String>,
    /// Report each group by itself, too: by a column of the manifest, or by the recordings' folder (folder)
    #[arg(long, value_name = "COLUMN", help_heading = "Recordings")]
    pub(crate) group_by: Option<String>,
    /// How many recordings to work on at a time. Defaults to the number of processor cores
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = "Recordings")]
    pub(crate) jobs: Option<u16>,

    /// A detector to measure; may be given several times. Defaults to all
    #[arg(short, long, value_name = "NAME", value_parser = kind(), help_heading = "Systems")]
    pub(crate) detector: Vec<Kind>,
    /// Scores of another system: a folder with a CSV file for each recording, with the columns start, end and score as
    /// voiced scores prints them; may be given several times
    #[arg(long, value_name = "NAME=FOLDER", help_heading = "Systems")]
    pub(crate) scores: Vec<Outsider>,
    /// Segments of another system: a folder with a file for each recording in any of the label formats, or one file about all
    /// of them; may be given several times
    #[arg(long, value_name = "NAME=PATH", help_heading = "Systems")]
    pub(crate) segments: Vec<Outsider>,
    /// Of webrtc: the modes to measure, each as a system of its own. Defaults to 0,1,2,3
    #[arg(
        long, value_name = "MODES", value_delimiter = ',', help_heading = "Systems",
        value_parser = clap::value_parser!(u8).range(0..=3),
    )]
    pub(crate) mode: Vec<u8>,
    /// Of webrtc: milliseconds in a frame, 10, 20 or 30. Defaults to 10
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(10..=30), help_heading = "Systems")]
    pub(crate) frame_ms: Option<u32>,
    /// The arithmetic of the network
    #[arg(long, value_name = "SET", default_value = "auto", help_heading = "Systems")]
    pub(crate) kernels: Kernels,
    #[arg(long, value_name = "FILE", help = weights_help(), help_heading = "Systems")]
    pub(crate) weights: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) segmentation: Segmentations,
    #[command(flatten)]
    pub(crate) delay: Delay,
    /// Milliseconds around each edge of the labels that do not count, half on each side, as pyannote counts them
    #[arg(long, value_name = "MS", default_value_t = 0, help_heading = "Segments")]
    pub(crate) collar_ms: u32,

    /// A folder of noises to mix in: each recording with speech is also heard with one of them
    #[arg(long, value_name = "FOLDER", help_heading = "Noise")]
    pub(crate) noise: Option<PathBuf>,
    /// How far the labelled speech is above the noise, in dB
    #[arg(
        long, value_name = "DB,…", value_delimiter = ',', allow_hyphen_values = true, requires = "noise",
        default_values_t = [20.0, 10.0, 5.0, 0.0, -5.0], help_heading = "Noise",
    )]
    pub(crate) snr: Vec<f64>,
    /// Chooses the noises and where in them to begin
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "noise", help_heading = "Noise")]
    pub(crate) seed: u64,

    /// How often recordings are drawn anew for the 95 % intervals; 0 for no intervals
    #[arg(long, value_name = "N", default_value_t = 1000, help_heading = "Output")]
    pub(crate) replicas: usize,
    /// Print one JSON document instead of tables
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// Write tables or JSON to this file instead of standard output, whole or not at all
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Write a report with curves and timelines: one HTML file that needs nothing else
    #[arg(long, value_name = "FILE.html", help_heading = "Output")]
    pub(crate) report: Option<PathBuf>,
}

fn weights_help() -> String {
    format!("Weights (safetensors) of the network, {}, to use instead of the built-in ones", networks())
}

/// Segment parameters, several values each; all their combinations are measured.
#[derive(Args, Clone, Debug)]
pub(crate) struct Segmentations {
    /// A score from here on begins speech, 0 to 1
    #[arg(long, value_name = "SCORE,…", value_delimiter = ',', default_values_t = [0.5], help_heading = "Segments")]
    pub(crate) threshold: Vec<f64>,
    /// In speech, a score below this is silence, 0 to 1. Defaults to 0.15 below --threshold, and at least 0.01
    #[arg(long, value_name = "SCORE,…", value_delimiter = ',', help_heading = "Segments")]
    pub(crate) neg_threshold: Vec<f64>,
    /// Milliseconds: speech that is not longer is dropped
    #[arg(long, value_name = "MS,…", value_delimiter = ',', default_values_t = [250.0], help_heading = "Segments")]
    pub(crate) min_speech_ms: Vec<f64>,
    /// Milliseconds of silence that end a segment
    #[arg(long, value_name = "MS,…", value_delimiter = ',', default_values_t = [100.0], help_heading = "Segments")]
    pub(crate) min_silence_ms: Vec<f64>,
    /// Milliseconds by which a segment is widened on each side
    #[arg(long, value_name = "MS,…", value_delimiter = ',', default_values_t = [30.0], help_heading = "Segments")]
    pub(crate) speech_pad_ms: Vec<f64>,
    /// Seconds, padding included, after which a segment is cut. Defaults to never
    #[arg(long, value_name = "SECONDS", help_heading = "Segments")]
    pub(crate) max_speech_s: Option<f64>,
    /// Milliseconds: a silence must be longer for a segment to be cut at it
    #[arg(long, value_name = "MS", default_value_t = 98.0, help_heading = "Segments")]
    pub(crate) min_silence_at_max_speech_ms: f64,
    /// Where a segment that is too long is cut
    #[arg(long, value_enum, value_name = "WHERE", default_value = "longest-silence", help_heading = "Segments")]
    pub(crate) cut: CutAt,
}

/// Another system's name, and where its results are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outsider {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl FromStr for Outsider {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, path)) if !name.is_empty() && !path.is_empty() => {
                Ok(Self { name: name.to_owned(), path: path.into() })
            }
            _ => Err("it must be NAME=PATH, as silero-6=scores/silero".to_owned()),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  voiced eval calls/                                all detectors against the labels beside the recordings
  voiced eval --manifest test.csv --group-by room --report report.html
  voiced eval -d silero -d webrtc --threshold 0.3,0.5,0.7 calls/
  voiced eval --noise noises/ --snr 20,10,0 --json -o result.json calls/
  voiced eval --scores ten=ten-scores/ --segments mine=mine.rttm calls/

Scores are measured on a grid of 10 ms, segments to the sample. A recording whose label file is empty has no
speech: it counts for false alarms. Results of recordings that fail are left out, and the exit status is 1.
docs/eval.md says what every column and JSON field means. Ctrl-C reports on the recordings that were done.";
