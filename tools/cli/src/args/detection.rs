//! Which detector, and how its scores become segments.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use voiced::{Cut, FrameSpec, Kernels, SegmentConfig, Segmenter};

use crate::detectors;
use crate::fault::Stop;

#[derive(Args, Clone, Debug)]
pub(crate) struct Detection {
    /// The detector that scores frames
    #[arg(
        short, long, value_name = "NAME", default_value = detectors::DEFAULT, help_heading = "Detector",
        value_parser = PossibleValuesParser::new(detectors::names()),
    )]
    pub(crate) detector: String,
    #[arg(long, value_name = "SET", default_value = "auto", help = kernels_help(), help_heading = "Detector")]
    pub(crate) kernels: Kernels,
    /// Weights (safetensors) of silero or gru to use instead of the built-in ones; recordings are resampled to their rate
    #[arg(long, value_name = "FILE", help_heading = "Detector")]
    pub(crate) weights: Option<PathBuf>,
    /// Of webrtc: aggressiveness, the higher the more evidence speech takes, 0 to 3. Defaults to 0
    #[arg(long, value_name = "MODE", value_parser = clap::value_parser!(u8).range(0..=3), help_heading = "Detector")]
    pub(crate) mode: Option<u8>,
    /// Of webrtc: milliseconds in a frame, 10, 20 or 30. Defaults to 10
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u32).range(10..=30), help_heading = "Detector")]
    pub(crate) frame_ms: Option<u32>,
}

impl Detection {
    /// A detector by its name, with the defaults of all options.
    pub(crate) fn of(detector: &str) -> Self {
        Self { detector: detector.to_owned(), kernels: Kernels::best(), weights: None, mode: None, frame_ms: None }
    }
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
    #[arg(long, value_name = "MS", default_value_t = 250, help_heading = "Segments")]
    min_speech_ms: u32,
    /// Milliseconds of silence that end a segment
    #[arg(long, value_name = "MS", default_value_t = 100, help_heading = "Segments")]
    min_silence_ms: u32,
    /// Milliseconds by which a segment is widened on each side
    #[arg(long, value_name = "MS", default_value_t = 30, help_heading = "Segments")]
    speech_pad_ms: u32,
    /// Seconds, padding included, after which a segment is cut. Defaults to never
    #[arg(long, value_name = "SECONDS", help_heading = "Segments")]
    max_speech_s: Option<f64>,
    /// Milliseconds: a silence must be longer for a segment to be cut at it
    #[arg(long, value_name = "MS", default_value_t = 98, help_heading = "Segments")]
    min_silence_at_max_speech_ms: u32,
    /// Where a segment that is too long is cut
    #[arg(long, value_enum, value_name = "WHERE", default_value = "longest-silence", help_heading = "Segments")]
    cut: CutAt,
}

fn delay_help() -> String {
    let delayed = detectors::DETECTORS.iter().filter(|entry| entry.delay > 0);
    let delays: Vec<_> = delayed.map(|entry| format!("{} {} ms", entry.name, entry.delay)).collect();
    format!("Move boundaries to earlier by the detector's known delay: {}; the others have none", delays.join(", "))
}

/// Whether boundaries move to where speech is.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Delay {
    #[arg(long, help = delay_help(), help_heading = "Segments")]
    pub(crate) compensate_delay: bool,
}

impl Delay {
    /// The configuration for a detector, by its name.
    pub(crate) fn compensated(self, config: SegmentConfig, detector: &str) -> SegmentConfig {
        let known = detectors::DETECTORS.iter().find(|entry| entry.name == detector).map_or(0, |entry| entry.delay);
        SegmentConfig { delay_ms: if self.compensate_delay { known } else { config.delay_ms }, ..config }
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
        checked(SegmentConfig {
            threshold: self.threshold,
            neg_threshold: self.neg_threshold,
            min_speech_ms: self.min_speech_ms,
            min_silence_ms: self.min_silence_ms,
            speech_pad_ms: self.speech_pad_ms,
            max_speech_s: self.max_speech_s.unwrap_or(f64::INFINITY),
            cut: self.cut.into(),
            min_silence_at_max_speech_ms: self.min_silence_at_max_speech_ms,
            ..SegmentConfig::default()
        })
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
        Err(voiced::Error::Config { field, given, legal }) => {
            Err(Stop::Usage(format!("--{} is {given}: it must be {legal}", field.replace('_', "-"))))
        }
        Err(error) => Err(Stop::Usage(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

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
    fn every_option_reaches_its_field() {
        let line = "--threshold 0.6 --neg-threshold 0.2 --min-speech-ms 1 --min-silence-ms 2 --speech-pad-ms 3 \
                    --max-speech-s 4.5 --cut last-silence --min-silence-at-max-speech-ms 5";
        let line: Vec<_> = line.split_whitespace().collect();
        let expected = SegmentConfig {
            threshold: 0.6,
            neg_threshold: Some(0.2),
            min_speech_ms: 1,
            min_silence_ms: 2,
            speech_pad_ms: 3,
            max_speech_s: 4.5,
            cut: Cut::LastSilence,
            min_silence_at_max_speech_ms: 5,
            delay_ms: 0,
        };
        assert_eq!(config(&line).unwrap(), expected);
    }

    #[test]
    fn a_bad_value_names_its_option() {
        for (line, expected) in [
            (["--threshold", "1.5"], "--threshold is 1.5: it must be from 0 to 1"),
            (["--neg-threshold", "NaN"], "--neg-threshold is NaN"),
            (["--max-speech-s", "0"], "--max-speech-s is 0: it must be above 0 seconds"),
        ] {
            match config(&line) {
                Err(Stop::Usage(message)) => assert!(message.starts_with(expected), "{message}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
