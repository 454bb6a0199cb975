//! Settings that change while a stream runs, case by case.

mod common;
#[path = "common/script.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod script;

use common::push;
use script::{HOP, RATE, end, limited, picture, quick, recording, start, stream};
use voiced::{Cut, Event, FrameSpec, SegmentConfig, Segmenter};

/// The events of `before` under the first settings, and of `after` under the others, with the numbers of their frames.
fn changed(first: &SegmentConfig, before: &str, then: &SegmentConfig, after: &str) -> Vec<(usize, Event)> {
    let scores = picture(&[before, after].concat());
    let mut segmenter = Segmenter::new(first, FrameSpec::adjacent(RATE, HOP)).unwrap();
    let mut told = Vec::new();
    for (frame, &score) in scores.iter().enumerate() {
        if frame == picture(before).len() {
            segmenter.set_config(then).unwrap();
        }
        told.extend(segmenter.push(score).into_iter().map(|event| (frame, event)));
    }
    told.extend(segmenter.finish((scores.len() * HOP) as u64).into_iter().map(|event| (scores.len(), event)));
    told.retain(|(_, event)| !matches!(event, Event::Continue { .. }));
    told
}

#[test]
fn to_the_same_changes_nothing() {
    let config = quick(|c| (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (30.0, 10.0, 100.0));
    let text = "..##..####-.#..####....#.####.....";
    for at in 0..text.len() {
        assert_eq!(changed(&config, &text[..at], &config, &text[at..]), changed(&config, text, &config, ""));
    }
}

#[test]
fn while_quiet_they_hold_for_the_next_speech() {
    let patient = quick(|c| c.min_silence_ms = 50.0);
    let told = changed(&quick(|_| ()), "##...", &patient, "##.......");
    assert_eq!(told, [(0, start(0)), (3, end(0, 20)), (5, start(50)), (12, end(50, 70))]);
}

#[test]
fn in_speech_that_is_quiet_a_shorter_silence_ends_it_at_once() {
    let patient = quick(|c| c.min_silence_ms = 100.0);
    let told = changed(&patient, "##.....", &quick(|_| ()), "..");
    assert_eq!(told, [(0, start(0)), (7, end(0, 20))]);
}

#[test]
fn padding_that_grew_puts_no_start_before_the_last_end() {
    let narrow = quick(|c| c.speech_pad_ms = 10.0);
    let wide = quick(|c| (c.speech_pad_ms, c.min_silence_ms) = (500.0, 1000.0));
    let told = changed(&narrow, "##...", &wide, "##");
    assert_eq!(told, [(0, start(0)), (3, end(0, 30)), (5, start(30)), (7, end(30, 70))]);
}

#[test]
fn speech_that_was_sure_stays_sure() {
    let strict = quick(|c| c.min_speech_ms = 500.0);
    let told = changed(&quick(|_| ()), "..##", &strict, "....##....");
    assert_eq!(told, [(2, start(20)), (5, end(20, 40)), (8, start(80)), (11, Event::Misfire { at: 80 })]);
}

#[test]
fn what_speech_told_to_be_longer_than_its_least_is_sure() {
    let strict = quick(|c| c.min_speech_ms = 500.0);
    for (least, sure) in [(19.9, true), (20.0, false)] {
        // 20 samples of speech have been told when the settings change.
        let told = changed(&quick(|c| c.min_speech_ms = least), "..##", &strict, "....");
        let last = if sure { end(20, 40) } else { Event::Misfire { at: 20 } };
        assert_eq!(told.last().map(|(_, event)| *event), Some(last), "{least}");
    }
}

#[test]
fn speech_held_back_waits_no_longer_and_what_was_settled_stays() {
    let wide = quick(|c| (c.min_speech_ms, c.speech_pad_ms) = (100.0, 40.0));
    let narrow = quick(|c| c.speech_pad_ms = 10.0);
    // The first segment ends at 20, and its padding at 60, as it did when it ended; the second begins there.
    let told = changed(&wide, "###########...##", &narrow, "#...");
    assert_eq!(told, [(0, start(0)), (16, end(0, 140)), (16, start(140)), (18, end(140, 180))]);
}

#[test]
fn between_end_and_start_the_end_keeps_its_padding() {
    let wide = quick(|c| (c.min_silence_ms, c.speech_pad_ms) = (10.0, 40.0));
    let told = changed(&wide, "##..", &quick(|_| ()), "..........");
    assert_eq!(told, [(0, start(0)), (6, end(0, 60))], "reported once the audio reaches it");
    let told = changed(&wide, "##..", &quick(|_| ()), ".##....");
    assert_eq!(told[..3], [(0, start(0)), (5, end(0, 50)), (5, start(50))], "or once speech begins in it");
}

#[test]
fn a_limit_that_shrank_cuts_at_once() {
    let told = changed(&quick(|_| ()), "##.###", &limited(50.0, Cut::LongestSilence), "##");
    assert_eq!(told[..3], [(0, start(0)), (6, end(0, 20)), (6, start(30))]);
}

#[test]
fn a_limit_that_shrank_cuts_at_no_silence_of_long_ago() {
    let text = "##.##########";
    let told = changed(&quick(|_| ()), text, &limited(40.0, Cut::LongestSilence), "##");
    assert_eq!(told[..3], [(0, start(0)), (13, end(0, 130)), (14, start(140))], "what came after is too long itself");
}

#[test]
fn after_a_cut_the_rest_goes_on_under_the_new_ones() {
    let told = changed(&limited(60.0, Cut::LongestSilence), "##.####", &quick(|_| ()), "#########..");
    assert_eq!(told, [(0, start(0)), (6, end(0, 20)), (6, start(30)), (17, end(30, 160))]);
}

#[test]
fn another_delay_is_refused_while_speech_is_open_and_else_moves_no_start_before_the_last_end() {
    let late = quick(|c| c.delay_ms = 35.0);
    let mut segmenter = Segmenter::new(&quick(|_| ()), FrameSpec::adjacent(RATE, HOP)).unwrap();
    for score in picture(".##.") {
        segmenter.push(score);
    }
    let before = format!("{segmenter:?}");
    let refused = segmenter.set_config(&late).unwrap_err();
    assert!(refused.to_string().starts_with("delay_ms is 35: it must be what it was"), "{refused}");
    assert_eq!(format!("{segmenter:?}"), before, "nothing has changed");
    assert_eq!(segmenter.push(0.0)[..], [end(10, 30)]);
    segmenter.set_config(&late).unwrap();
    // Frame 5 is at 50, which is now about 15: that lies in what was told already.
    assert!(segmenter.push(0.9).is_empty());
    assert_eq!(segmenter.push(0.9)[..], [start(30)], "frame 6 is about 25..35");
}

#[test]
fn settings_that_are_refused_change_nothing() {
    let config = quick(|c| c.speech_pad_ms = 10.0);
    let mut stream = stream(HOP, &config, 0.0);
    push(&mut stream, &recording(&picture("..###")));
    let before = format!("{stream:?}");
    for bad in [
        quick(|c| c.threshold = 1.5),
        quick(|c| c.min_speech_ms = -1.0),
        quick(|c| c.max_speech_s = f64::NAN),
        quick(|c| c.speech_pad_ms = 30.0),                               // no bound
        quick(|c| (c.speech_pad_ms, c.min_silence_ms) = (100.0, 300.0)), // further back than is kept
        quick(|c| c.delay_ms = 10.0),
    ] {
        assert!(stream.set_config(&bad).is_err(), "{bad:?}");
        assert_eq!(format!("{stream:?}"), before, "{bad:?}");
    }
    assert_eq!(*stream.config(), config);
    let patient = quick(|c| (c.speech_pad_ms, c.min_silence_ms) = (10.0, 300.0));
    stream.set_config(&patient).unwrap();
    assert_eq!(*stream.config(), patient);
}
