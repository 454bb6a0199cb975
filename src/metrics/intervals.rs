//! Sets of samples as sorted segments that neither overlap nor touch: what labels, ignored stretches and collars are.

use crate::error::Error;
use crate::segment::Segment;

/// Checks segments against a recording of `length` samples, and unites them: sorted, those that overlap or touch made
/// one, empty ones dropped, what lies up to `slack` samples beyond the end cut off.
pub(super) fn united(
    what: &'static str,
    segments: &[Segment],
    length: u64,
    slack: u64,
) -> Result<Vec<Segment>, Error> {
    let limit = length.saturating_add(slack);
    for &Segment { start, end } in segments {
        let refused = |legal| Err(Error::Interval { what, start, end, legal });
        if end < start {
            return refused("its end must not lie before its start".to_owned());
        }
        if end > limit {
            return refused(format!("the recording has {length} samples, and at most {slack} beyond are forgiven"));
        }
    }
    Ok(union(
        segments.iter().map(|&Segment { start, end }| Segment { start: start.min(length), end: end.min(length) }),
    ))
}

/// Unites segments: sorted, those that overlap or touch made one, empty ones dropped.
pub(super) fn union(segments: impl Iterator<Item = Segment>) -> Vec<Segment> {
    let mut sorted: Vec<Segment> = segments.filter(|segment| segment.start < segment.end).collect();
    sorted.sort_unstable_by_key(|segment| segment.start);
    let mut united: Vec<Segment> = Vec::with_capacity(sorted.len());
    for segment in sorted {
        match united.last_mut() {
            Some(last) if segment.start <= last.end => last.end = last.end.max(segment.end),
            _ => united.push(segment),
        }
    }
    united
}

/// What a united set leaves of the samples from 0 to `length`.
pub(super) fn complement(united: &[Segment], length: u64) -> Vec<Segment> {
    let starts = std::iter::once(0).chain(united.iter().map(|segment| segment.end));
    let ends = united.iter().map(|segment| segment.start).chain([length]);
    let gaps = starts.zip(ends).map(|(start, end)| Segment { start, end: end.min(length) });
    gaps.filter(|gap| gap.start < gap.end).collect()
}

/// What two united sets have in common.
pub(super) fn intersection(a: &[Segment], b: &[Segment]) -> Vec<Segment> {
    overlaps(a, b).map(|(i, j)| common(a[i], b[j])).collect()
}

/// The indices of those segments of two united sets that overlap, in order.
pub(super) fn overlaps(a: &[Segment], b: &[Segment]) -> impl Iterator<Item = (usize, usize)> {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            let pair = (i, j);
            if x.end < y.end {
                i += 1;
            } else {
                j += 1;
            }
            if x.start < y.end && y.start < x.end {
                return Some(pair);
            }
        }
        None
    })
}

/// The samples that two segments have in common; empty or reversed where there are none.
pub(super) fn common(a: Segment, b: Segment) -> Segment {
    Segment { start: a.start.max(b.start), end: a.end.min(b.end) }
}

/// Whether a united set has a sample of `segment`.
pub(super) fn touches(united: &[Segment], segment: Segment) -> bool {
    let next = united.partition_point(|other| other.end <= segment.start);
    segment.start < segment.end && united.get(next).is_some_and(|other| other.start < segment.end)
}

/// Whether a united set has every sample of `segment`.
pub(super) fn covers(united: &[Segment], segment: Segment) -> bool {
    let next = united.partition_point(|other| other.end <= segment.start);
    united.get(next).is_some_and(|other| other.start <= segment.start && segment.end <= other.end)
}

/// How many samples a united set has.
pub(super) fn samples(united: &[Segment]) -> u64 {
    united.iter().map(|segment| segment.end - segment.start).sum()
}
