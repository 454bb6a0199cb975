//! What is measured: detectors and other systems, and the settings of the segmenter.

use std::path::PathBuf;

use voiced::{Kind, SegmentConfig};

use super::outsiders;
use super::recordings::Labelled;
use crate::args::{Detection, Eval, Outsider, Segmentations, checked, networks};
use crate::detectors::Detectors;
use crate::fault::{Fault, Stop};

/// Something that says where speech is.
pub(super) struct System {
    pub(super) name: String,
    pub(super) source: Source,
}

/// Where a system's answers come from.
pub(super) enum Source {
    Detector(Box<Detectors>),
    /// Scores in files.
    Scores(PathBuf),
    /// Segments in files: there is nothing to rank, and no threshold.
    Segments(PathBuf),
}

/// Parameters of the segmenter, and what tells them from the others that are measured.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Empty where there is one setting only.
    pub(super) name: String,
    pub(super) config: SegmentConfig,
}

/// The systems that the command line asks for.
pub(super) fn systems(arguments: &Eval) -> Result<Vec<System>, Stop> {
    let asked = |kind: Kind| arguments.detector.is_empty() || arguments.detector.contains(&kind);
    let own = [("mode", !arguments.mode.is_empty()), ("frame-ms", arguments.frame_ms.is_some())];
    if let Some((option, _)) = own.into_iter().find(|&(_, given)| given && !asked(Kind::WebRtc)) {
        return Err(Stop::Usage(format!("--{option} is for --detector webrtc, which is not measured")));
    }
    let asked_networks = Kind::ALL.iter().filter(|&&kind| kind.info().network && asked(kind));
    if arguments.weights.is_some() && asked_networks.count() != 1 {
        return Err(Stop::Usage(format!("--weights is for one network: name {} with --detector", networks())));
    }
    let modes = if arguments.mode.is_empty() { &[0, 1, 2, 3] } else { &arguments.mode[..] };
    let mut systems: Vec<System> = Vec::new();
    for kind in Kind::ALL.iter().copied().filter(|&kind| asked(kind)) {
        let plain = Detection { kernels: arguments.kernels, ..Detection::of(kind) };
        let mut add = |name: String, choice: &Detection| -> Result<(), Stop> {
            let detectors = Detectors::new(choice)?;
            detectors.make(16_000)?; // what is wrong with an option is told once, not for each recording
            systems.push(System { name, source: Source::Detector(Box::new(detectors)) });
            Ok(())
        };
        if kind == Kind::WebRtc {
            for &mode in modes {
                let choice = Detection { mode: Some(mode), frame_ms: arguments.frame_ms, ..plain.clone() };
                add(format!("{kind}-{mode}"), &choice)?;
            }
        } else {
            let weights = arguments.weights.clone().filter(|_| kind.info().network);
            add(kind.to_string(), &Detection { weights, ..plain })?;
        }
    }
    let outsider = |make: fn(PathBuf) -> Source| {
        move |given: &Outsider| System { name: given.name.clone(), source: make(given.path.clone()) }
    };
    systems.extend(arguments.scores.iter().map(outsider(Source::Scores)));
    systems.extend(arguments.segments.iter().map(outsider(Source::Segments)));
    for (index, System { name, .. }) in systems.iter().enumerate() {
        if systems[..index].iter().any(|other| other.name == *name) {
            return Err(Stop::Usage(format!("two systems are named {name}: give each a name of its own")));
        }
    }
    Ok(systems)
}

/// All combinations of the segmenter's parameters.
pub(super) fn settings(given: &Segmentations) -> Result<Vec<Setting>, Stop> {
    let neg_thresholds: Vec<Option<f64>> = match &given.neg_threshold[..] {
        [] => vec![None],
        given => given.iter().copied().map(Some).collect(),
    };
    let mut settings = Vec::new();
    for &threshold in &given.threshold {
        for &neg_threshold in &neg_thresholds {
            for &min_speech_ms in &given.min_speech_ms {
                for &min_silence_ms in &given.min_silence_ms {
                    for &speech_pad_ms in &given.speech_pad_ms {
                        let mut config = SegmentConfig::default();
                        config.threshold = threshold;
                        config.neg_threshold = neg_threshold;
                        config.min_speech_ms = min_speech_ms;
                        config.min_silence_ms = min_silence_ms;
                        config.speech_pad_ms = speech_pad_ms;
                        config.max_speech_s = given.max_speech_s.unwrap_or(f64::INFINITY);
                        config.cut = given.cut.into();
                        config.min_silence_at_max_speech_ms = given.min_silence_at_max_speech_ms;
                        let config = checked(config)?;
                        settings.push(Setting { name: name(given, &config), config });
                    }
                }
            }
        }
    }
    Ok(settings)
}

/// The parameters of which there are several values.
fn name(given: &Segmentations, config: &SegmentConfig) -> String {
    let parts = [
        (given.threshold.len(), format!("t={}", config.threshold)),
        (given.neg_threshold.len(), format!("n={}", config.neg_threshold.unwrap_or_default())),
        (given.min_speech_ms.len(), format!("speech={}", config.min_speech_ms)),
        (given.min_silence_ms.len(), format!("silence={}", config.min_silence_ms)),
        (given.speech_pad_ms.len(), format!("pad={}", config.speech_pad_ms)),
    ];
    let varied: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 1).map(|(_, part)| part).collect();
    varied.join(" ")
}

impl System {
    /// Whether its scores can be ranked.
    pub(super) fn has_scores(&self) -> bool {
        !matches!(self.source, Source::Segments(_))
    }

    /// The file with its results for a recording; `None` for a detector.
    pub(super) fn file(&self, recording: &Labelled) -> Option<Result<PathBuf, Fault>> {
        match &self.source {
            Source::Detector(..) => None,
            Source::Scores(folder) => Some(outsiders::scores_file(folder, recording)),
            Source::Segments(place) => Some(outsiders::segments_file(place, recording)),
        }
    }

    /// A system that lacks results for a recording must not be compared on fewer: that is told before all work.
    pub(super) fn check(&self, recordings: &[Labelled]) -> Result<(), Fault> {
        let missing: Vec<Fault> = recordings.iter().filter_map(|recording| self.file(recording)?.err()).collect();
        match &missing[..] {
            [] => Ok(()),
            [first, ..] => {
                let count = format!("{} of {} recordings", missing.len(), recordings.len());
                Err(Fault::new(&self.name, format!("has no results for {count}: {first}")))
            }
        }
    }
}
