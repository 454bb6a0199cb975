//! Which detector, and how its scores become segments.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use voiced::{Cut, FrameSpec, Kernels, Kind, SegmentConfig, Segmenter};

use crate::fault::Stop;

#[derive(Args, Clone, Debug)]
pub(crate) struct Detection {
    /// The detector that scores frames
    #[arg(
        short, long, value_name = "NAME", default_value_t, value_parser = kind(), help_heading = "Detector",
    )]
    pub(crate) detector: Kind,
    #[arg(long, value_name = "SET", default_value = "auto", help = kernels_help(), help_heading = "Detector")]
    pub(crate) kernels: Kernels,
    #[arg(long, value_name = "FILE", help = weights_help(), help_heading = "Detector")]
    pub(crate) weights: Option<PathBuf>,
    /// Of webrtc: aggressiveness, the higher the more evidence speech takes, 0 to 3. Defaults to 0
    #[arg(long, value_name = "MODE", value_parser = clap::value_parser!(u8).range(0..=3), help_heading = "Detector")]
    pub(crate) mode: Option<u8>,
    /// Of webrtc: milliseconds in a frame, 10, 20 or 30. Defaults to 10
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(10..=30), help_heading = "Detector")]
    pub(crate) frame_ms: Option<u32>,
}

impl Detection {
    /// A detector with the defaults of all options.
    pub(crate) fn of(detector: Kind) -> Self {
        Self { detector, kernels: Kernels::best(), weights: None, mode: None, frame_ms: None }
    }
}

/// Reads a detector's name; help and completions list them all.
pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    let names = Kind::ALL.iter().map(|kind| kind.info().name);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Kind>())
}

/// The networks, whose weights can be brought along, in words.
pub(crate) fn networks() -> String {
    let networks = Kind::ALL.iter().map(|kind| kind.info()).filter(|info| info.network);
    networks.map(|info| info.name).collect::<Vec<_>>().join(" or ")
}

fn weights_help() -> String {
    let networks = networks();
    format!(
        "Weights (safetensors) of {networks} to use instead of the built-in ones; recordings are resampled to their rate"
    )
}

fn kernels_help() -> String {
    let available: Vec<_> = Kernels::available().map(Kernels::name).collect();
    format!("The arithmetic to use: {}, or auto, the fastest that this machine has", available.join(", "))
}

#[derive(Args, Clone, Debug)]
pub(crate) struct Segmentation {
    /// A score from here on begins speech, 0 to 1
    #[arg(long, value_name = "SCORE", default_value_t = 0.5, help_heading = "Segments")]
    threshold: f64,
    /// In speech, a score below this is silence, 0 to 1. Defaults to 0.15 below --threshold, and at least 0.01
    #[arg(long, value_name = "SCORE", help_heading = "Segments")]
    neg_threshold: Option<f64>,
    /// Milliseconds: speech that is not longer is dropped
    #[arg(long, value_name = "MS", default_value_t = 250.0, help_heading = "Segments")]
    min_speech_ms: f64,
    /// Milliseconds of silence that end a segment
    #[arg(long, value_name = "MS", default_value_t = 100.0, help_heading = "Segments")]
    min_silence_ms: f64,
    /// Milliseconds by which a segment is widened on each side
    #[arg(long, value_name = "MS", default_value_t = 30.0, help_heading = "Segments")]
    speech_pad_ms: f64,
    /// Seconds, padding included, after which a segment is cut. Defaults to never
    #[arg(long, value_name = "SECONDS", help_heading = "Segments")]
    max_speech_s: Option<f64>,
    /// Milliseconds: a silence must be longer for a segment to be cut at it
    #[arg(long, value_name = "MS", default_value_t = 98.0, help_heading = "Segments")]
    min_silence_at_max_speech_ms: f64,
    /// Where a segment that is too long is cut
    #[arg(long, value_enum, value_name = "WHERE", default_value = "longest-silence", help_heading = "Segments")]
    cut: CutAt,
}

fn delay_help() -> String {
    let delayed = Kind::ALL.iter().map(|kind| kind.info()).filter(|info| info.delay_ms > 0.0);
    let delays: Vec<_> = delayed.map(|info| format!("{} {} ms", info.name, info.delay_ms)).collect();
    format!("Move boundaries to earlier by the detector's known delay: {}; the others have none", delays.join(", "))
}

/// Whether boundaries move to where speech is.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Delay {
    #[arg(long, help = delay_help(), help_heading = "Segments")]
    pub(crate) compensate_delay: bool,
}

impl Delay {
    /// The configuration for a detector.
    pub(crate) fn compensated(self, mut config: SegmentConfig, detector: Kind) -> SegmentConfig {
        if self.compensate_delay {
            config.delay_ms = detector.info().delay_ms;
        }
        config
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CutAt {
    /// At the longest silence in it
    LongestSilence,
    /// At the last silence in it
    LastSilence,
}

impl Segmentation {
    /// The engine's configuration, checked.
    pub(crate) fn config(&self) -> Result<SegmentConfig, Stop> {
        let mut config = SegmentConfig::default();
        config.threshold = self.threshold;
        config.neg_threshold = self.neg_threshold;
        config.min_speech_ms = self.min_speech_ms;
        config.min_silence_ms = self.min_silence_ms;
        config.speech_pad_ms = self.speech_pad_ms;
        config.max_speech_s = self.max_speech_s.unwrap_or(f64::INFINITY);
        config.cut = self.cut.into();
        config.min_silence_at_max_speech_ms = self.min_silence_at_max_speech_ms;
        checked(config)
    }
}

impl From<CutAt> for Cut {
    fn from(at: CutAt) -> Self {
        match at {
            CutAt::LongestSilence => Self::LongestSilence,
            CutAt::LastSilence => Self::LastSilence,
        }
    }
}

/// A configuration whose fields are all in their ranges, or what is wrong in the command line's words.
pub(crate) fn checked(config: SegmentConfig) -> Result<SegmentConfig, Stop> {
    let any = FrameSpec::adjacent(16_000, 512); // the fields' ranges depend on no rate
    match Segmenter::new(&config, any) {
        Ok(_) => Ok(config),
        Err(voiced::Error::Config { field, given, legal, .. }) => {
            Err(Stop::Usage(format!("--{} is {given}: it must be {legal}", field.replace('_', "-"))))
        }
        Err(error) => Err(Stop::Usage(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        segmentation: Segmentation,
    }

    fn config(line: &[&str]) -> Result<SegmentConfig, Stop> {
        Line::parse_from(["voiced"].iter().chain(line)).segmentation.config()
    }

    #[test]
    fn the_defaults_are_the_engine_s() {
        assert_eq!(config(&[]).unwrap(), SegmentConfig::default());
    }

    #[test]
    fn the_defaults_are_told_as_whole_numbers() {
        let help = Line::command().render_help().to_string();
        for default in [250, 100, 30, 98] {
            assert!(help.contains(&format!("[default: {default}]")), "{help}");
        }
    }

    #[test]
    fn every_option_reaches_its_field() {
        let line = "--threshold 0.6 --neg-threshold 0.2 --min-speech-ms 1 --min-silence-ms 2.5 --speech-pad-ms 3 \
                    --max-speech-s 4.5 --cut last-silence --min-silence-at-max-speech-ms 5";
        let line: Vec<_> = line.split_whitespace().collect();
        let mut expected = SegmentConfig::default();
        expected.threshold = 0.6;
        expected.neg_threshold = Some(0.2);
        expected.min_speech_ms = 1.0;
        expected.min_silence_ms = 2.5;
        expected.speech_pad_ms = 3.0;
        expected.max_speech_s = 4.5;
        expected.cut = Cut::LastSilence;
        expected.min_silence_at_max_speech_ms = 5.0;
        assert_eq!(config(&line).unwrap(), expected);
    }

    #[test]
    fn a_bad_value_names_its_option() {
        for (line, expected) in [
            (["--threshold", "1.5"], "--threshold is 1.5: it must be from 0 to 1"),
            (["--neg-threshold", "NaN"], "--neg-threshold is NaN"),
            (["--max-speech-s", "0"], "--max-speech-s is 0: it must be above 0 seconds"),
            (["--min-speech-ms=-1", "--threshold=0.5"], "--min-speech-ms is -1: it must be from 0 milliseconds"),
            (["--speech-pad-ms", "NaN"], "--speech-pad-ms is NaN"),
        ] {
            match config(&line) {
                Err(Stop::Usage(message)) => assert!(message.starts_with(expected), "{message}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
