//! What a live stream tells, case by case: each is one in which somebody lost words, or could.

mod common;
#[path = "common/script.rs"]
mod script;

use common::{events, finish, push};
use script::{HOP, RATE, Script, bits, end, limited, picture, quick, recording, start, stream, told};
use voiced::{Cut, Error, Event, FrameSpec, Segment, SegmentConfig, Segmenter, Stream};

#[test]
fn an_onset_in_the_first_frame_with_padding_and_delay_beyond_the_start() {
    let config = quick(|c| (c.min_silence_ms, c.speech_pad_ms, c.delay_ms) = (50.0, 30.0, 25.0));
    // The first two frames are about the time before the recording.
    assert_eq!(told(HOP, &config, "###......"), [(2, start(0)), (8, end(0, 35))]);
}

#[test]
fn a_frame_longer_than_the_hop_looks_back_further() {
    for frame in [HOP, 15, 40] {
        let config = quick(|c| (c.min_silence_ms, c.speech_pad_ms) = (50.0, 20.0));
        assert_eq!(config.look_back(FrameSpec::overlapping(RATE, frame, HOP)), Ok(Some(frame as u64 + 20)));
        assert_eq!(told(frame, &config, "...##........"), [(3, start(10)), (10, end(10, 70))]);
    }
}

#[test]
fn a_gap_of_twice_the_padding_is_shared_by_nobody_and_one_less_is() {
    let spoken = "##....####......";
    let config = |pad| quick(|c| (c.min_silence_ms, c.speech_pad_ms) = (10.0, pad));
    // The gap has 40 samples.
    assert_eq!(
        told(HOP, &config(20.0), spoken),
        [(0, start(0)), (5, end(0, 40)), (6, start(40)), (13, end(40, 120))]
    );
    // A padding of 20.25 needs 40.5: the second is held back until it is sure, one frame later.
    assert_eq!(
        told(HOP, &config(20.25), spoken),
        [(0, start(0)), (7, end(0, 40)), (7, start(40)), (14, end(40, 120))]
    );
}

#[test]
fn an_odd_gap_leaves_one_sample_in_neither_segment() {
    let config = quick(|c| (c.min_silence_ms, c.speech_pad_ms) = (0.0, 1000.0));
    let spec = FrameSpec::adjacent(1000, 7);
    let mut segmenter = Segmenter::new(&config, spec).unwrap();
    let mut found: Vec<Event> = [0.9, 0.0, 0.9, 0.9, 0.0, 0.0].into_iter().flat_map(|s| segmenter.push(s)).collect();
    found.extend(segmenter.finish(42));
    let segments: Vec<Segment> = found.into_iter().filter_map(Event::segment).collect();
    // The gap is 7..14: three samples go to either side, and sample 10 to none.
    assert_eq!(segments, [Segment { start: 0, end: 10 }, Segment { start: 11, end: 42 }]);
}

#[test]
fn held_speech_that_is_dropped_has_no_start_and_takes_no_padding() {
    let config = quick(|c| (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (20.0, 10.0, 50.0));
    let told = told(HOP, &config, "####..##..............");
    assert_eq!(told, [(0, start(0)), (13, end(0, 90))], "the padding reaches over what was dropped");
}

#[test]
fn least_speech_of_nothing_of_whole_hops_and_of_others() {
    let config = |ms| quick(|c| c.min_speech_ms = ms);
    assert_eq!(told(HOP, &config(0.0), "#..."), [(0, start(0)), (2, end(0, 10))]);
    assert_eq!(told(HOP, &config(9.999), "#..."), [(0, start(0)), (2, end(0, 10))]);
    assert_eq!(told(HOP, &config(10.0), "#..."), [(0, start(0)), (2, Event::Misfire { at: 0 })], "not longer");
    assert_eq!(told(HOP, &config(10.001), "##.."), [(0, start(0)), (3, end(0, 20))]);
    assert_eq!(told(HOP, &config(19.5), "##.."), [(0, start(0)), (3, end(0, 20))]);
    assert_eq!(told(HOP, &config(20.0), "##..")[1], (3, Event::Misfire { at: 0 }));
}

#[test]
fn least_silence_with_a_fraction_is_never_cut_short() {
    let config = |ms| quick(|c| c.min_silence_ms = ms);
    assert_eq!(told(HOP, &config(20.0), "##.....")[1], (4, end(0, 20)), "as long is enough");
    assert_eq!(told(HOP, &config(20.01), "##.....")[1], (5, end(0, 20)));
}

#[test]
fn hovering_scores_hold_speech_before_its_end_and_hold_back_a_start() {
    // Before an end they hold the speech: nothing ends it.
    let config = quick(|_| ());
    assert_eq!(told(HOP, &config, "##-----.."), [(0, start(0)), (8, end(0, 70))]);
    // After the first quiet frame they hold the quiet: it goes on, and ends nothing until a frame is quiet itself.
    assert_eq!(told(HOP, &config, "##.-----."), [(0, start(0)), (8, end(0, 20))]);

    // Speech that is held back for its padding, and has fallen quiet, waits for as long as they last.
    let config = quick(|c| (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (30.0, 10.0, 100.0));
    assert_eq!(config.look_back(FrameSpec::adjacent(RATE, HOP)), Ok(None), "so there is no bound");
    let text = format!("####..##.{}####......................", "-".repeat(200));
    let told = told(HOP, &config, &text);
    assert_eq!(told[..3], [(0, start(0)), (209, end(0, 50)), (209, start(50))]);
}

#[test]
fn audio_that_may_be_asked_for_any_time_later_is_refused_with_the_reason() {
    // Two quiet hops end speech, and the shortest gap has as many samples as the padding of both sides.
    let padded = |pad| quick(|c| c.speech_pad_ms = pad);
    let stream = |config: &SegmentConfig| Stream::<_, f32>::new(Script { frame: HOP }, RATE, config).unwrap();
    assert_eq!(padded(10.0).look_back(FrameSpec::adjacent(RATE, HOP)), Ok(Some(20)));
    assert!(stream(&padded(10.0)).with_audio(0.0).is_ok());
    let text = stream(&padded(10.001)).with_audio(0.0).unwrap_err().to_string();
    assert!(text.contains("speech_pad_ms is 10.001") && text.contains("min_silence_ms"), "{text}");
    let config = quick(|_| ());
    let refused =
        Stream::<_, f32>::new(Script { frame: HOP }, RATE, &config).unwrap().with_segments(0.0).unwrap_err();
    assert!(refused.to_string().contains("max_speech_s is inf"), "{refused}");
    for pre_roll_ms in [-1.0, f64::NAN, f64::INFINITY] {
        let refused = stream(&config).with_audio(pre_roll_ms);
        assert!(matches!(refused, Err(Error::Config { field: "pre_roll_ms", .. })), "{refused:?}");
    }
    let refused = stream(&config).with_audio(601e3);
    assert!(matches!(refused, Err(Error::Audio { most: 600_000, .. })), "{refused:?}");
}

#[test]
fn both_cuts_end_and_begin_in_one_update() {
    let text = "##..####.######........";
    // The longest silence is 20..40, the last one 80..90. More than 100 samples of speech are too many.
    let longest = told(HOP, &limited(110.0, Cut::LongestSilence), text);
    assert_eq!(longest, [(0, start(0)), (11, end(0, 20)), (11, start(40)), (15, end(40, 150))]);
    let last = told(HOP, &limited(110.0, Cut::LastSilence), "##..####..#####........");
    assert_eq!(last, [(0, start(0)), (11, end(0, 80)), (11, start(100)), (20, end(100, 150))]);
}

#[test]
fn after_a_cut_audio_is_given_out_again() {
    let samples = recording(&picture("##..####.######........"));
    let mut stream = stream(HOP, &limited(110.0, Cut::LongestSilence), 0.0);
    let mut rest = &samples[..];
    let (mut sent, mut cuts) = (0, 0);
    while let Some(update) = stream.push(&mut rest) {
        for event in update.events {
            match event {
                Event::Start { at } => {
                    cuts += u32::from(at < sent);
                    assert!(stream.audio(at..update.end).is_some(), "the rest's start lies before what was sent");
                    sent = update.end;
                }
                Event::Continue { at } => {
                    assert_eq!(bits(stream.audio(sent..at).unwrap()), bits(&samples[sent as usize..at as usize]));
                    sent = at;
                }
                _ => {}
            }
        }
    }
    assert_eq!(cuts, 1);
}

#[test]
fn a_last_silence_cut_while_quiet_leaves_no_rest() {
    let told = told(HOP, &limited(60.0, Cut::LastSilence), "####.....###.......");
    assert_eq!(told, [(0, start(0)), (6, end(0, 40)), (9, start(90)), (15, end(90, 120))]);
}

#[test]
fn steady_speech_is_cut_without_padding() {
    // A segment and the hop that outgrows it: 50 samples, and the next frame begins anew.
    let told = told(HOP, &limited(50.0, Cut::LongestSilence), "################");
    assert_eq!(told[..4], [(0, start(0)), (5, end(0, 50)), (6, start(60)), (11, end(60, 110))]);
}

#[test]
fn a_limit_below_the_hop_and_its_padding_cuts_every_frame() {
    for max_ms in [0.001, 9.0, 29.0] {
        let config = quick(|c| (c.max_speech_s, c.speech_pad_ms) = (max_ms / 1000.0, 10.0));
        let told = told(HOP, &config, "........######....");
        assert!(told.iter().any(|(_, event)| matches!(event, Event::End(_))), "{told:?}");
    }
}

#[test]
fn the_end_while_speech_is_held_back_and_in_a_partial_hop() {
    let config = quick(|c| (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (12.0, 10.0, 40.0));
    for (samples, expected) in [
        (73, vec![end(0, 50), start(50), end(50, 73)]), // 13 samples of speech are enough
        (72, vec![end(0, 72)]),                         // 12 are not, and the padding of the first reaches over them
    ] {
        let mut stream = Stream::new(Script { frame: HOP }, RATE, &config).unwrap();
        let audio = recording(&picture("####..##"));
        let mut told = events(&push(&mut stream, &audio[..samples]));
        let last = finish(&mut stream);
        assert_eq!(last.last().unwrap().score, None);
        assert_eq!(last[last.len() - 2].end, samples as u64, "a hop that is not whole ends with the recording");
        told.extend(events(&last));
        told.retain(|event| !matches!(event, Event::Continue { .. }));
        assert_eq!(told[0], start(0));
        assert_eq!(told[1..], expected, "{samples}");
    }
}

#[test]
fn a_delay_beyond_the_recording_hears_nothing() {
    let config = quick(|c| c.delay_ms = 1000.0);
    assert_eq!(told(HOP, &config, "##############"), []);
}

#[test]
fn packets_of_nothing_of_one_sample_and_longer_than_what_is_kept() {
    let config = quick(|c| (c.min_silence_ms, c.speech_pad_ms) = (60.0, 30.0));
    let samples = recording(&picture(&"......####........".repeat(20)));
    let mut whole = stream(HOP, &config, 0.0);
    let expected = [push(&mut whole, &samples), finish(&mut whole)].concat();
    assert!(samples.len() > 1000, "many times what is kept");
    for length in [1, 3, 10, 11, 500] {
        let mut stream = stream(HOP, &config, 0.0);
        let mut updates = Vec::new();
        for packet in samples.chunks(length) {
            assert_eq!(push(&mut stream, &[]), []);
            updates.extend(push(&mut stream, packet));
        }
        updates.extend(finish(&mut stream));
        assert_eq!(updates, expected, "packets of {length}");
    }
}

#[test]
fn pulling_may_stop_in_mid_packet_and_go_on() {
    let config = quick(|_| ());
    let samples = recording(&picture("..###...###...##"));
    let mut stream = stream(HOP, &config, 0.0);
    let mut rest = &samples[..];
    let first = stream.push(&mut rest).unwrap();
    assert_eq!((first.start, first.end, stream.received()), (0, 10, 10), "no more is taken than told of");
    assert_eq!(rest.len(), samples.len() - 10);
    let kept = rest;
    rest = &[];
    assert_eq!(stream.push(&mut rest), None, "nothing was offered");
    rest = kept;
    let second = stream.push(&mut rest).unwrap();
    assert_eq!((second.start, second.end), (10, 20));
    let others = std::iter::from_fn(|| stream.push(&mut rest)).count();
    assert_eq!((others, rest.len()), (14, 0));
    assert!(stream.finish().is_some());

    // A packet after the end has begun is the next recording's, whatever was left of the one before.
    let mut batched = stream.clone().with_batches(8).unwrap();
    for stream in [&mut batched, &mut stream] {
        let mut rest = &samples[..];
        assert!(stream.push(&mut rest).is_some());
        assert!(stream.finish().is_some());
        let mut rest = &samples[..];
        assert_eq!(stream.push(&mut rest).map(|update| update.start), Some(0));
        assert!(stream.finish().is_some());
    }
    let first = push(&mut stream, &samples);
    assert_eq!((first[0].start, first.len()), (0, 16));
    assert_eq!(finish(&mut stream).len(), 1);
    assert_eq!((stream.finish(), stream.received()), (None, 0), "as new");
}

#[test]
fn an_empty_recording_has_no_updates() {
    let mut stream = stream(HOP, &quick(|_| ()), 0.0);
    assert_eq!(push(&mut stream, &[]), []);
    assert_eq!(stream.finish(), None);
}

#[test]
fn after_a_reset_old_audio_is_gone_and_a_clone_goes_on_in_mid_speech() {
    let config = quick(|_| ());
    let samples = recording(&picture("..#####.."));
    let mut stream = stream(HOP, &config, 20.0);
    push(&mut stream, &samples[..45]);
    let mut clone = stream.clone();
    assert!(stream.audio(20..45).is_some());
    stream.reset();
    assert_eq!(stream.audio(20..45), None);
    assert_eq!(stream.audio(0..1), None);
    assert_eq!(stream.audio(0..0), Some(&[][..]));

    let told = events(&[push(&mut clone, &samples[45..]), finish(&mut clone)].concat());
    assert_eq!(told.last(), Some(&end(20, 70)));
    assert_eq!(clone.received(), 0);
    let told = events(&[push(&mut stream, &samples[10..]), finish(&mut stream)].concat());
    assert_eq!(told.last(), Some(&end(10, 60)), "the one that was reset begins at 0");
}

#[test]
fn the_oldest_kept_sample_is_there_and_one_older_is_not() {
    let config = quick(|c| (c.min_silence_ms, c.speech_pad_ms) = (60.0, 30.0));
    let mut stream = stream(HOP, &config, 7.0);
    let samples = recording(&[0.0; 100]);
    push(&mut stream, &samples);
    // Look-back 40, two hops, 7 of pre-roll, and one for rounding.
    let kept = 40 + 20 + 7 + 1;
    assert_eq!(bits(stream.audio(1000 - kept..1000).unwrap()), bits(&samples[1000 - kept as usize..]));
    assert_eq!(stream.audio(999 - kept..1000), None);
    assert_eq!(stream.audio(990..1001), None, "not yet");
    #[allow(clippy::reversed_empty_ranges, reason = "that is the case")]
    let reversed = 995..990;
    assert_eq!(stream.audio(reversed), Some(&[][..]), "nothing is always there");
    let mut keeps_nothing: Stream<_, f32> = Stream::new(Script { frame: HOP }, RATE, &config).unwrap();
    push(&mut keeps_nothing, &samples);
    assert_eq!(keeps_nothing.audio(999..1000), None);
}

#[test]
fn an_offset_threshold_above_the_onsets() {
    let config = quick(|c| (c.threshold, c.neg_threshold) = (0.3, Some(0.6)));
    // Hovering scores begin speech and are quiet at once.
    assert_eq!(told(HOP, &config, "..----...."), [(2, start(20)), (6, end(20, 50))]);
    assert_eq!(told(HOP, &config, "##-#-#..."), [(0, start(0)), (7, end(0, 60))]);
}

#[test]
fn no_number_changes_nothing_but_the_time() {
    let config = quick(|_| ());
    assert_eq!(told(HOP, &config, "?..##?#.?."), [(3, start(30)), (9, end(30, 70))]);
}

#[test]
fn positions_beyond_32_bits() {
    // Two days at 48 kHz, told in hops of a minute and a half.
    let hop = 1 << 22;
    let spec = FrameSpec::adjacent(48_000, hop);
    let config = quick(|_| ());
    let mut segmenter = Segmenter::new(&config, spec).unwrap();
    for _ in 0..2000 {
        assert!(segmenter.push(0.0).is_empty());
    }
    let at = 2000 * hop as u64;
    assert!(at > 1 << 32);
    assert_eq!(segmenter.push(0.9)[..], [start(at)]);
    assert_eq!(segmenter.speech(), hop as u64);
    assert_eq!(segmenter.push(0.0)[..], [Event::Continue { at: at + 2 * hop as u64 }]);
    assert_eq!(segmenter.push(0.0)[..], [end(at, at + hop as u64)]);
}

#[test]
fn speech_is_known_at_once_and_for_as_long_as_it_lasts() {
    // Held back for its padding: there is no start, and speech is told of all the same.
    let config = quick(|c| (c.min_speech_ms, c.min_silence_ms, c.speech_pad_ms) = (30.0, 10.0, 100.0));
    let mut stream: Stream<_, f32> = Stream::new(Script { frame: HOP }, RATE, &config).unwrap();
    let updates = push(&mut stream, &recording(&picture("..##..####-.#....")));
    let speech: Vec<u64> = updates.iter().map(|update| update.speech).collect();
    assert_eq!(speech, [0, 0, 10, 20, 20, 0, 10, 20, 30, 40, 50, 50, 70, 70, 0, 0, 0]);
}
