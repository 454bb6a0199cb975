//! How far a system's scores lag behind the labels.

use voiced::Segment;
use voiced::metrics::{Ranking, Reference, ScoredSteps};

use super::Measured;
use crate::parallel;
use crate::progress::Progress;

/// Shifts that are tried, in ms: the labels are moved later by so much.
const FIRST: i64 = -100;
const LAST: i64 = 200;
const STEP: usize = 10;

/// The shift of the labels that suits a system's scores best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Delay {
    /// Milliseconds; above 0 where the scores come late.
    pub(super) ms: i64,
    /// The area under the ROC curve with that shift.
    pub(super) auc: f64,
}

fn shifts() -> Vec<i64> {
    (FIRST..=LAST).step_by(STEP).collect()
}

/// Steps of work that there are for each system.
pub(super) fn work() -> usize {
    shifts().len()
}

/// The delay of each system over all recordings as they are; `None` without scores, or without both classes.
pub(super) fn delays(measured: &[Measured], systems: usize, jobs: usize, progress: &Progress) -> Vec<Option<Delay>> {
    let shifts = shifts();
    let shifted: Vec<Vec<Option<Reference>>> =
        shifts.iter().map(|&ms| measured.iter().map(|one| moved(&one.heard.reference, ms)).collect()).collect();
    let cells: Vec<(usize, usize)> =
        (0..systems).flat_map(|system| (0..shifts.len()).map(move |shift| (system, shift))).collect();
    let mut delays: Vec<Option<Delay>> = vec![None; systems];
    let area = |&(system, shift): &(usize, usize)| {
        progress.step();
        let auc = auc(measured, &shifted[shift], system)?;
        Some((system, Delay { ms: shifts[shift], auc }))
    };
    let keep = |found: Option<(usize, Delay)>| {
        if let Some((system, delay)) = found {
            let best = &mut delays[system];
            if best.is_none_or(|best| (delay.auc, -delay.ms.abs()) > (best.auc, -best.ms.abs())) {
                *best = Some(delay);
            }
        }
        Ok::<(), std::convert::Infallible>(())
    };
    let Ok(()) = parallel::in_order(&cells, jobs, area, || {}, keep);
    delays
}

fn auc(measured: &[Measured], references: &[Option<Reference>], system: usize) -> Option<f64> {
    let steps = measured.iter().zip(references).map(|(one, reference)| {
        let scores = one.heard.takes[0].answers[system].as_ref()?.scores.as_ref()?;
        ScoredSteps::from_scores(reference.as_ref()?, &scores.scores, scores.spec).ok()
    });
    Ranking::new(&steps.collect::<Option<Vec<_>>>()?).measures().auc
}

/// Labels moved later by `ms`; what has no label then is left out of scoring.
fn moved(reference: &Reference, ms: i64) -> Option<Reference> {
    let (rate, length) = (reference.rate(), reference.length());
    let by = i64::from(rate) * ms / 1000;
    let place = |sample: u64| (sample as i64 + by).clamp(0, length as i64) as u64;
    let place = |&Segment { start, end }: &Segment| Segment { start: place(start), end: place(end) };
    let speech: Vec<Segment> = reference.speech().iter().map(place).collect();
    let scored: Vec<Segment> = reference.scored().iter().map(place).collect();
    Reference::with_uem(rate, length, &speech, &scored).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_and_what_they_leave_is_not_scored() {
        let segment = |start, end| Segment { start, end };
        let reference = Reference::new(1000, 1000, &[segment(50, 400)], &[segment(600, 700)]).unwrap();
        let later = moved(&reference, 100).unwrap();
        assert_eq!(later.speech(), [segment(150, 500)]);
        assert_eq!(later.scored(), [segment(100, 700), segment(800, 1000)]);
        let earlier = moved(&reference, -100).unwrap();
        assert_eq!(earlier.speech(), [segment(0, 300)]);
        assert_eq!(earlier.scored(), [segment(0, 500), segment(600, 900)]);
    }
}
