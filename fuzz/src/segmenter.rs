//! Any settings and scores: segments are those of the offline rules, in order, apart and inside the audio, and events
//! lead to them.

use crate::{config, offline};
use arbitrary::{Result, Unstructured};
use voiced::{Event, FrameSpec, Segment, Segmenter};

/// Longer hops than these are for the arithmetic alone: no recording has such times.
const LONGEST_HOP: usize = 1 << 20;

pub fn fuzz(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    let config = config::any(bytes)?;
    let rate = match bytes.arbitrary::<u8>()? % 4 {
        0 => bytes.arbitrary()?,
        1 => 8000,
        _ => 16_000,
    };
    let hop = match bytes.arbitrary::<u8>()? % 4 {
        0 => usize::try_from(bytes.arbitrary::<u64>()?).unwrap_or(usize::MAX),
        1 => usize::from(bytes.arbitrary::<u8>()?),
        _ => 512,
    };
    let spec = FrameSpec::adjacent(rate, hop);
    let Ok(mut segmenter) = Segmenter::new(&config, spec) else {
        let legal = |threshold: f64| (0.0..=1.0).contains(&threshold);
        let fine = rate > 0 && hop > 0 && legal(config.threshold) && config.neg_threshold.is_none_or(legal);
        assert!(!(fine && config.max_speech_s > 0.0), "{config:?} refused for {spec:?}");
        return Ok(());
    };
    assert!(rate > 0 && hop > 0, "{spec:?} taken");
    let short = bytes.arbitrary::<u64>()?;
    let scores: Vec<f32> = if bytes.arbitrary()? {
        bytes.arbitrary_iter::<f32>()?.collect::<Result<_>>()?
    } else {
        bytes.bytes(bytes.len())?.iter().map(|&byte| f32::from(byte) / 255.0).collect()
    };
    if hop > LONGEST_HOP {
        for &score in &scores {
            segmenter.push(score).for_each(drop);
        }
        segmenter.finish(short).for_each(drop);
        return Ok(());
    }
    let all = (scores.len() * hop) as u64;
    let length = all.saturating_sub(short % hop as u64);
    let found = checked(&mut segmenter, &scores, length);
    assert_eq!(found, offline::segments(&scores, spec, length, &config), "{config:?} {spec:?} {length}");
    assert_eq!(found, checked(&mut segmenter, &scores, length), "not as new after finish");

    // A length that cannot be: nothing is promised but an answer.
    scores.iter().for_each(|&score| segmenter.push(score).for_each(drop));
    for event in segmenter.finish(short) {
        if let Event::End(Segment { start, end }) = event {
            assert!(start <= end, "{start}..{end} after {short} of {all} samples");
        }
    }
    Ok(())
}

/// The segments that the events tell, each event where it may be.
fn checked(segmenter: &mut Segmenter, scores: &[f32], length: u64) -> Vec<Segment> {
    let mut found: Vec<Segment> = Vec::new();
    let mut started = None;
    let mut take = |event| match event {
        Event::Start { at } => assert_eq!(started.replace(at), None, "a start in speech"),
        Event::Continue { .. } => assert!(started.is_some(), "speech goes on that did not start"),
        Event::Misfire { at } => assert_eq!(started.take(), Some(at), "a misfire of what did not start"),
        Event::End(segment) => {
            assert_eq!(started.take(), Some(segment.start), "an end of what did not start");
            assert!(segment.start <= segment.end && segment.end <= length, "{segment:?} of {length}");
            assert!(found.last().is_none_or(|last| last.end <= segment.start), "{segment:?} after {found:?}");
            found.push(segment);
        }
    };
    for &score in scores {
        segmenter.push(score).for_each(&mut take);
    }
    segmenter.finish(length).for_each(&mut take);
    assert_eq!(started, None, "speech without an end");
    found
}
