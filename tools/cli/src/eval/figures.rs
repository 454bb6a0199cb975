//! Figures of many recordings together: for each group, each take and each system.

use voiced::metrics::{
    Bootstrap, Confusion, Interval, Latencies, MatchCounts, Matches, OperatingPoint, RankIntervals, RankMeasures,
    Ranking, ScoredSteps,
};

use super::Measured;
use super::hearing::{Answer, Cost, Found};
use crate::parallel;

/// Folds over which the threshold of the best F1 is chosen on other recordings than it is measured on.
const FOLDS: usize = 5;

/// Points of a curve at most.
const POINTS: usize = 300;

/// The group of all recordings.
pub(super) const ALL: &str = "all";

/// Everything that was measured.
pub(super) struct Results {
    /// The first is [`ALL`].
    pub(super) groups: Vec<String>,
    /// The first is as it was recorded; then signal-to-noise ratios in dB.
    pub(super) takes: Vec<Option<f64>>,
    systems: usize,
    figures: Vec<Figures>, // (groups, takes, systems)
}

/// What is known of a system in one group and take.
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
    /// Over recordings; of all recordings only, for it takes time.
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
    /// Of the detection error rate, over recordings; of all recordings only.
    pub(super) error_rate: Option<Interval>,
    pub(super) counts: MatchCounts,
    /// Seconds: the median and the 95th percentile.
    pub(super) onset: [Option<f64>; 2],
    pub(super) offset: [Option<f64>; 2],
}

impl Results {
    pub(super) fn new(measured: &[Measured], snrs: &[f64], systems: usize, jobs: usize) -> Self {
        let mut groups = vec![ALL.to_owned()];
        for group in measured.iter().filter_map(|one| one.recording.group.as_ref()) {
            if !groups[1..].contains(group) {
                groups.push(group.clone());
            }
        }
        let takes: Vec<Option<f64>> = std::iter::once(None).chain(snrs.iter().copied().map(Some)).collect();
        let cells: Vec<[usize; 3]> = (0..groups.len())
            .flat_map(|group| {
                (0..takes.len()).flat_map(move |take| (0..systems).map(move |system| [group, take, system]))
            })
            .collect();
        let mut figures = Vec::with_capacity(cells.len());
        let cell = |&[group, take, system]: &[usize; 3]| {
            let inside =
                measured.iter().filter(|one| group == 0 || one.recording.group.as_ref() == Some(&groups[group]));
            let answers = inside.filter_map(|one| one.heard.takes.get(take)?.answers[system].as_ref()).collect();
            Figures::new(answers, group == 0, group == 0 && take == 0)
        };
        let keep = |cell| {
            figures.push(cell);
            Ok::<(), std::convert::Infallible>(())
        };
        let Ok(()) = parallel::in_order(&cells, jobs, cell, || {}, keep);
        Self { groups, takes, systems, figures }
    }

    pub(super) fn at(&self, group: usize, take: usize, system: usize) -> &Figures {
        &self.figures[(group * self.takes.len() + take) * self.systems + system]
    }
}

impl Figures {
    fn new(answers: Vec<&Answer>, with_intervals: bool, with_curves: bool) -> Self {
        let settings = answers.first().map_or(0, |answer| answer.found.len());
        let setting = |index: usize| {
            let found: Vec<&Found> = answers.iter().map(|answer| &answer.found[index]).collect();
            AtSetting::new(&found, with_intervals)
        };
        Self {
            recordings: answers.len(),
            settings: (0..settings).map(setting).collect(),
            ranks: answers
                .iter()
                .map(|answer| answer.steps.clone())
                .collect::<Option<Vec<ScoredSteps>>>()
                .filter(|steps| !steps.is_empty())
                .map(|steps| Ranks::new(&steps, with_intervals, with_curves)),
        }
    }
}

impl Ranks {
    fn new(steps: &[ScoredSteps], with_intervals: bool, with_curves: bool) -> Self {
        let ranking = Ranking::new(steps);
        let intervals = if with_intervals { ranking.intervals(&Bootstrap::default()).ok() } else { None };
        let crossed = ranking.cross_validated(FOLDS);
        Self {
            measures: ranking.measures(),
            intervals: intervals.unwrap_or_default(),
            f1: crossed.and_then(|crossed| crossed.confusions.into_iter().sum::<Confusion>().f1()),
            curves: if with_curves {
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
    fn new(found: &[&Found], with_intervals: bool) -> Self {
        let confusions: Vec<Confusion> = found.iter().map(|found| found.confusion).collect();
        let error_rate = if with_intervals {
            Bootstrap::default().interval_of_sum(&confusions, Confusion::error_rate).ok().flatten()
        } else {
            None
        };
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
