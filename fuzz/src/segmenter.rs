//! Any settings and scores: segments are those of the offline rules, in order, apart and inside the audio, and events
//! lead to them, also where settings change on the way.
//!
//! The input's last bytes, which are scores, say too by which fractions of a millisecond its times are longer in a second run,
//! and what changes in a third.

use crate::{config, offline};
use arbitrary::{Result, Unstructured};
use voiced::{Event, FrameSpec, Segment, SegmentConfig, Segmenter};

/// Longer hops than these are for the arithmetic alone: no recording has such times.
const LONGEST_HOP: usize = 1 << 20;

/// Bytes at the end that are read once more.
const AGAIN: usize = 64;

pub fn fuzz(bytes: &[u8]) {
    let again = &bytes[bytes.len().saturating_sub(AGAIN)..];
    let _ = run(&mut Unstructured::new(bytes), &mut Unstructured::new(again));
}

fn run(bytes: &mut Unstructured<'_>, again: &mut Unstructured<'_>) -> Result<()> {
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
            segmenter.push(score);
        }
        segmenter.finish(short);
        return Ok(());
    }
    let all = (scores.len() * hop) as u64;
    let length = all.saturating_sub(short % hop as u64);
    let offline = offline::segments(&scores, spec, length, &config);
    let found = checked(&mut segmenter, &scores, length, None);
    assert_eq!(found, offline, "{config:?} {spec:?} {length}");
    assert_eq!(found, checked(&mut segmenter, &scores, length, None), "not as new after finish");

    // A length that cannot be: nothing is promised but an answer.
    for &score in &scores {
        segmenter.push(score);
    }
    for event in segmenter.finish(short) {
        if let Event::End(Segment { start, end }) = event {
            assert!(start <= end, "{start}..{end} after {short} of {all} samples");
        }
    }

    let with_fractions = config::with_fractions(config, again)?;
    let mut other = Segmenter::new(&with_fractions, spec).expect("legal, and longer");
    let found = checked(&mut other, &scores, length, None);
    let offline = offline::segments(&scores, spec, length, &with_fractions);
    assert_eq!(found, offline, "{with_fractions:?} {spec:?} {length}");

    let changed = config::changed(&config, again)?;
    let at = again.int_in_range(0..=scores.len())?;
    checked(&mut segmenter, &scores, length, Some((at, &changed)));
    Ok(())
}

/// The segments that the events tell, each event where it may be; before a score the settings may change.
fn checked(
    segmenter: &mut Segmenter,
    scores: &[f32],
    length: u64,
    change: Option<(usize, &SegmentConfig)>,
) -> Vec<Segment> {
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
    for (at, &score) in scores.iter().enumerate() {
        if let Some((_, config)) = change.filter(|&(change, _)| change == at) {
            let _ = segmenter.set_config(config); // refused, it changes nothing
        }
        segmenter.push(score).into_iter().for_each(&mut take);
    }
    segmenter.finish(length).into_iter().for_each(&mut take);
    assert_eq!(started, None, "speech without an end");
    found
}
