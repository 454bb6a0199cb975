//! Figures of many recordings together: for each group, condition and system.

use voiced::metrics::{
    Bootstrap, Confusion, Interval, Latencies, MatchCounts, Matches, OperatingPoint, RankIntervals, RankMeasures,
    Ranking, ScoredSteps,
};

use super::Measured;
use super::hearing::{Answer, Cost, Found, Heard, Plan, Take};
use crate::parallel;
use crate::progress::Progress;

/// Folds over which the threshold of the best F1 is chosen on other recordings than it is measured on.
const FOLDS: usize = 5;

/// Points of a curve at most.
const POINTS: usize = 300;

/// The group of all recordings.
pub(super) const ALL: &str = "all";

/// [`ALL`], and the groups that recordings are in, in the order in which they come.
pub(super) fn groups(measured: &[Measured]) -> Vec<String> {
    let mut groups = vec![ALL.to_owned()];
    for group in measured.iter().filter_map(|one| one.recording.group.as_ref()) {
        if !groups[1..].contains(group) {
            groups.push(group.clone());
        }
    }
    groups
}

/// Which recordings are heard, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Condition {
    /// All of them as they are.
    AsRecorded,
    /// Those with speech, as they are: noise was mixed into these, and is to be compared with them.
    WithSpeech,
    /// Those with noise, at a signal-to-noise ratio in dB.
    Noise(f64),
}

impl Condition {
    /// All conditions; without ratios there is one.
    pub(super) fn all(snrs: &[f64]) -> Vec<Self> {
        let with_speech = if snrs.is_empty() { None } else { Some(Self::WithSpeech) };
        let noisy = snrs.iter().copied().map(Self::Noise);
        std::iter::once(Self::AsRecorded).chain(with_speech).chain(noisy).collect()
    }

    /// What a recording was heard as in the condition at `place` among all; `None` where it was not heard so.
    fn take(place: usize, heard: &Heard) -> Option<&Take> {
        match place {
            0 => heard.takes.first(),
            1 if heard.reference.speech().is_empty() => None,
            _ => heard.takes.get(place - 1),
        }
    }

    /// In a table.
    pub(super) fn name(self) -> String {
        match self {
            Self::AsRecorded => "as recorded".to_owned(),
            Self::WithSpeech => "none added".to_owned(),
            Self::Noise(snr) => format!("{snr} dB"),
        }
    }
}

/// Everything that was measured.
pub(super) struct Results {
    /// The first is [`ALL`].
    pub(super) groups: Vec<String>,
    /// The first is [`Condition::AsRecorded`].
    pub(super) conditions: Vec<Condition>,
    systems: usize,
    figures: Vec<Figures>, // (groups, conditions, systems)
}

/// What is known of a system in one group and condition.
pub(super) struct Figures {
    /// Recordings that it was measured on.
    pub(super) recordings: usize,
    /// `None` for a system without scores.
    pub(super) ranks: Option<Ranks>,
    /// One for each setting.
    pub(super) settings: Vec<AtSetting>,
}

/// What the order of the scores is worth.
pub(super) struct Ranks {
    pub(super) measures: RankMeasures,
    /// Over recordings; of all of them as they are only, for it takes time.
    pub(super) intervals: RankIntervals,
    /// F1 where each recording's threshold was chosen on the other folds.
    pub(super) f1: Option<f64>,
    /// Empty but for all recordings as they are.
    pub(super) curves: Curves,
}

#[derive(Default)]
pub(super) struct Curves {
    pub(super) roc: Vec<OperatingPoint>,
    pub(super) precision_recall: Vec<OperatingPoint>,
    pub(super) det: Vec<OperatingPoint>,
}

/// What one setting of the segmenter gives.
pub(super) struct AtSetting {
    /// Of the scores at its threshold.
    pub(super) frames: Option<Confusion>,
    pub(super) segments: Confusion,
    /// Of the detection error rate, likewise.
    pub(super) error_rate: Option<Interval>,
    pub(super) counts: MatchCounts,
    /// Seconds: the median and the 95th percentile.
    pub(super) onset: [Option<f64>; 2],
    pub(super) offset: [Option<f64>; 2],
}

impl Results {
    pub(super) fn new(
        measured: &[Measured],
        plan: &Plan,
        groups: Vec<String>,
        jobs: usize,
        progress: &Progress,
    ) -> Self {
        let systems = plan.systems.len();
        let conditions = Condition::all(&plan.snrs);
        let cells: Vec<[usize; 3]> = (0..groups.len())
            .flat_map(|group| {
                (0..conditions.len()).flat_map(move |place| (0..systems).map(move |system| [group, place, system]))
            })
            .collect();
        let mut figures = Vec::with_capacity(cells.len());
        let cell = |&[group, place, system]: &[usize; 3]| {
            let inside =
                measured.iter().filter(|one| group == 0 || one.recording.group.as_ref() == Some(&groups[group]));
            let answers: Vec<&Answer> =
                inside.filter_map(|one| Condition::take(place, &one.heard)?.answers[system].as_ref()).collect();
            let whole = (group == 0 && place == 0).then_some(plan.replicas);
            progress.step();
            Figures::new(&answers, whole)
        };
        let keep = |cell| {
            figures.push(cell);
            Ok::<(), std::convert::Infallible>(())
        };
        let Ok(()) = parallel::in_order(&cells, jobs, cell, || {}, keep);
        Self { groups, conditions, systems, figures }
    }

    pub(super) fn at(&self, group: usize, condition: usize, system: usize) -> &Figures {
        &self.figures[(group * self.conditions.len() + condition) * self.systems + system]
    }
}

impl Figures {
    /// `whole` tells that these are all recordings as they are, and how many replicas there are for intervals.
    fn new(answers: &[&Answer], whole: Option<usize>) -> Self {
        let settings = answers.first().map_or(0, |answer| answer.found.len());
        let setting = |index: usize| {
            let found: Vec<&Found> = answers.iter().map(|answer| &answer.found[index]).collect();
            AtSetting::new(&found, whole)
        };
        Self {
            recordings: answers.len(),
            settings: (0..settings).map(setting).collect(),
            ranks: answers
                .iter()
                .map(|answer| answer.steps.clone())
                .collect::<Option<Vec<ScoredSteps>>>()
                .filter(|steps| !steps.is_empty())
                .map(|steps| Ranks::new(&steps, whole)),
        }
    }
}

impl Ranks {
    fn new(steps: &[ScoredSteps], whole: Option<usize>) -> Self {
        let ranking = Ranking::new(steps);
        // Without replicas there are no intervals.
        let intervals = whole.and_then(|replicas| ranking.intervals(&bootstrap(replicas)).ok());
        let crossed = ranking.cross_validated(FOLDS);
        Self {
            measures: ranking.measures(),
            intervals: intervals.unwrap_or_default(),
            f1: crossed.and_then(|crossed| crossed.confusions.into_iter().sum::<Confusion>().f1()),
            curves: if whole.is_some() {
                Curves {
                    roc: ranking.roc(POINTS),
                    precision_recall: ranking.precision_recall(POINTS),
                    det: ranking.det(POINTS),
                }
            } else {
                Curves::default()
            },
        }
    }
}

impl AtSetting {
    fn new(found: &[&Found], whole: Option<usize>) -> Self {
        let confusions: Vec<Confusion> = found.iter().map(|found| found.confusion).collect();
        let error_rate = whole
            .and_then(|replicas| bootstrap(replicas).interval_of_sum(&confusions, Confusion::error_rate).ok())
            .flatten();
        let quantiles = |edges: fn(&Matches) -> &Vec<f64>| {
            let latencies = Latencies::new(found.iter().map(|found| &edges(&found.matches)[..]));
            [0.5, 0.95].map(|share| latencies.quantile(share))
        };
        Self {
            frames: found
                .iter()
                .map(|found| found.frames)
                .collect::<Option<Vec<_>>>()
                .map(|all| all.into_iter().sum()),
            segments: confusions.into_iter().sum(),
            error_rate,
            counts: found.iter().map(|found| found.matches.counts).sum(),
            onset: quantiles(|matches| &matches.onsets),
            offset: quantiles(|matches| &matches.offsets),
        }
    }
}

fn bootstrap(replicas: usize) -> Bootstrap {
    Bootstrap { replicas, ..Bootstrap::default() }
}

/// What scoring all recordings as they are took a system; `None` where files told its answers.
pub(super) fn cost(measured: &[Measured], system: usize) -> Option<Cost> {
    let costs = measured.iter().filter_map(|one| one.heard.takes[0].answers[system].as_ref()?.cost);
    costs.reduce(|a, b| Cost {
        worked: a.worked + b.worked,
        frames: a.frames + b.frames,
        audio: a.audio + b.audio,
        spec: a.spec,
    })
}

impl Cost {
    /// Microseconds a frame.
    pub(super) fn us_per_frame(&self) -> f64 {
        self.worked.as_secs_f64() * 1e6 / self.frames.max(1) as f64
    }

    /// Time that scoring takes over the time that the audio lasts.
    pub(super) fn real_time_factor(&self) -> f64 {
        self.worked.as_secs_f64() / self.audio.max(f64::MIN_POSITIVE)
    }
}
