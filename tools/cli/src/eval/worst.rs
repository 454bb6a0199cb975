//! The stretches that a system gets most wrong.

use voiced::Segment;

use super::Measured;

/// Steps of the grid in a second.
const STEPS_PER_SECOND: u64 = 100;
/// Length of a stretch, in steps: 6 s.
const LENGTH: usize = 600;
/// Steps from one stretch that is looked at to the next.
const HOP: usize = 50;
/// How many are told of each system.
const COUNT: usize = 3;
/// Errors that are too short to show, in steps.
const LEAST: u32 = 20;

/// A stretch of a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    /// The recording's place among those that were measured.
    pub(super) recording: usize,
    /// Seconds.
    pub(super) start: f64,
    pub(super) end: f64,
    /// Seconds in it that are wrong.
    pub(super) wrong: f64,
}

/// The worst stretches of a system in its first setting, worst first, at most one of each recording.
pub(super) fn worst(measured: &[Measured], system: usize) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = measured
        .iter()
        .enumerate()
        .filter_map(|(recording, one)| {
            let answer = one.heard.takes[0].answers[system].as_ref()?;
            let reference = &one.heard.reference;
            let steps = (reference.length() * STEPS_PER_SECOND).div_ceil(u64::from(reference.rate())) as usize;
            let on_grid = |segments: &[Segment]| covered(segments, reference.rate(), steps);
            let (speech, found, scored) =
                (on_grid(reference.speech()), on_grid(&answer.found[0].segments), on_grid(reference.scored()));
            let wrong: Vec<bool> = (0..steps).map(|i| scored[i] && speech[i] != found[i]).collect();
            let (first, count) = densest(&wrong)?;
            let seconds = |steps: usize| steps as f64 / STEPS_PER_SECOND as f64;
            let end = seconds((first + LENGTH).min(steps));
            Some(Stretch { recording, start: seconds(first), end, wrong: f64::from(count) / STEPS_PER_SECOND as f64 })
        })
        .collect();
    stretches.sort_by(|a, b| b.wrong.total_cmp(&a.wrong));
    stretches.truncate(COUNT);
    stretches
}

/// Which steps of 10 ms have their middle in one of the segments.
fn covered(segments: &[Segment], rate: u32, steps: usize) -> Vec<bool> {
    let mut covered = vec![false; steps];
    for segment in segments {
        let step = |sample: u64| ((sample * STEPS_PER_SECOND * 2).div_ceil(u64::from(rate)) / 2) as usize;
        covered[step(segment.start).min(steps)..step(segment.end).min(steps)].fill(true);
    }
    covered
}

/// Where the stretch with the most wrong steps begins, and how many these are; `None` where they are next to none.
fn densest(wrong: &[bool]) -> Option<(usize, u32)> {
    let mut before = vec![0_u32]; // wrong steps before each
    for &wrong in wrong {
        before.push(before[before.len() - 1] + u32::from(wrong));
    }
    let count = |first: usize| before[(first + LENGTH).min(wrong.len())] - before[first];
    let last = wrong.len().saturating_sub(LENGTH);
    let starts = (0..last).step_by(HOP).chain([last]);
    let best =
        starts.map(|first| (first, count(first))).reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.filter(|&(_, count)| count >= LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_densest_stretch_is_found() {
        let mut wrong = vec![false; 3000];
        wrong[100..130].fill(true);
        assert_eq!(densest(&wrong), Some((0, 30)));
        wrong[1900..1950].fill(true);
        wrong[2300..2310].fill(true);
        assert_eq!(densest(&wrong), Some((1750, 60)));
        assert_eq!(densest(&wrong[..110]), None, "too little to show");
        assert_eq!(densest(&[true; 30]), Some((0, 30)), "shorter than a stretch");
        assert_eq!(densest(&[]), None);
    }

    #[test]
    fn a_step_is_covered_where_its_middle_is() {
        let segments = [Segment { start: 80, end: 240 }, Segment { start: 481, end: 700 }];
        assert_eq!(covered(&segments, 16_000, 5), [true, false, false, true, false]);
    }
}
