//! Any PCM at any rate, in any packets, with ends and restarts: the events are those of one push, and all scores are sound.

use std::sync::{Arc, LazyLock};

use crate::config;
use arbitrary::{Result, Unstructured};
use voiced::audio::Sample;
use voiced::detector::classic::{combined, energy, entropy, flatness, ltsd, sohn, zcr};
use voiced::{
    BATCH, Detector, Error, Event, Gru, Kernels, ScoreStream, SegmentConfig, Silero, Stream, WebRtc, WebRtcConfig,
    gru, silero,
};

const EMBEDDED: &str = "the embedded weights";

static MODELS: LazyLock<[Arc<silero::Model>; 2]> = LazyLock::new(|| {
    [8000, 16_000].map(|rate| Arc::new(silero::Model::embedded(rate, Kernels::best()).expect(EMBEDDED)))
});
static GRU: LazyLock<Arc<gru::Model>> =
    LazyLock::new(|| Arc::new(gru::Model::embedded(Kernels::best()).expect(EMBEDDED)));

pub fn fuzz(bytes: &[u8]) {
    let _ = run(&mut Unstructured::new(bytes));
}

fn run(bytes: &mut Unstructured<'_>) -> Result<()> {
    let kind = bytes.arbitrary::<u8>()?;
    let native = if bytes.arbitrary()? { 8000 } else { 16_000 };
    let rate = match bytes.arbitrary::<u8>()? % 8 {
        0 => bytes.arbitrary()?,
        1 => u32::from(bytes.arbitrary::<u16>()?) * 6,
        2 => 44_100,
        3 => 48_000,
        4 => 11_025,
        _ => native,
    };
    let config = config::any(bytes)?;
    let floats: bool = bytes.arbitrary()?;
    let times = bytes.int_in_range(1..=8)?;
    let mut plan = Plan::read(bytes)?;
    let pcm = bytes.bytes(bytes.len())?;
    let make = || detector(kind, native);
    if floats {
        let (words, _) = pcm.as_chunks();
        let samples: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
        check(make, rate, &config, &samples.repeat(times), &mut plan);
    } else {
        let (words, _) = pcm.as_chunks();
        let samples: Vec<i16> = words.iter().map(|&word| i16::from_le_bytes(word)).collect();
        check(make, rate, &config, &samples.repeat(times), &mut plan);
    }
    Ok(())
}

/// A detector at 8,000 or 16,000 Hz, where it has the choice.
fn detector(kind: u8, rate: u32) -> Box<dyn Detector> {
    const LEGAL: &str = "a legal configuration";
    let webrtc = |mode, frame_ms| WebRtc::new(rate, &WebRtcConfig { mode, frame_ms }).expect(LEGAL);
    match kind % 10 {
        0 => Box::new(Silero::new(MODELS[usize::from(rate == 16_000)].clone())),
        1 => Box::new(Gru::new(GRU.clone())),
        2 => Box::new(webrtc(kind / 10 % 4, [10, 20, 30][usize::from(kind / 40 % 3)])),
        3 => Box::new(energy::Energy::new(rate, Default::default()).expect(LEGAL)),
        4 => Box::new(zcr::Zcr::new(rate, Default::default()).expect(LEGAL)),
        5 => Box::new(entropy::Entropy::new(rate, Default::default()).expect(LEGAL)),
        6 => Box::new(flatness::Flatness::new(rate, Default::default()).expect(LEGAL)),
        7 => Box::new(ltsd::Ltsd::new(rate, Default::default()).expect(LEGAL)),
        8 => Box::new(sohn::Sohn::new(rate, Default::default()).expect(LEGAL)),
        _ => Box::new(combined::Combined::new(rate, Default::default()).expect(LEGAL)),
    }
}

/// How a recording arrives.
struct Plan {
    packets: Vec<usize>, // samples of one after the other, over and over
    next: usize,
    recordings: Vec<(u16, bool)>, // samples of each before the last, and whether it is ended or broken off
}

impl Plan {
    fn read(bytes: &mut Unstructured<'_>) -> Result<Self> {
        let mut packets = Vec::new();
        for _ in 0..bytes.int_in_range(1..=4)? {
            packets.push(if bytes.arbitrary()? {
                bytes.arbitrary::<u8>()?.into()
            } else {
                bytes.arbitrary::<u16>()?.into()
            });
        }
        packets.push(1 + usize::from(bytes.arbitrary::<u8>()?)); // some of them must hold samples
        let mut recordings = Vec::new();
        for _ in 0..bytes.int_in_range(0..=3)? {
            recordings.push((bytes.arbitrary::<u16>()? % 4096, bytes.arbitrary()?));
        }
        Ok(Self { packets, next: 0, recordings })
    }

    /// The front of `rest` as the next packet.
    fn packet<'a, S>(&mut self, rest: &mut &'a [S]) -> Option<&'a [S]> {
        if rest.is_empty() {
            return None;
        }
        let length = self.packets[self.next % self.packets.len()];
        self.next += 1;
        let (packet, behind) = rest.split_at(length.min(rest.len()));
        *rest = behind;
        Some(packet)
    }
}

fn check<S: Sample>(
    make: impl Fn() -> Box<dyn Detector>,
    rate: u32,
    config: &SegmentConfig,
    samples: &[S],
    plan: &mut Plan,
) {
    let mut stream = match Stream::new(make(), rate, config) {
        Ok(stream) => stream,
        Err(Error::Rate { given, lowest, highest }) => {
            assert!(given == rate && !(lowest..=highest).contains(&rate), "{rate} Hz refused");
            return;
        }
        Err(Error::Config { .. }) => return,
        Err(other) => panic!("{other}"),
    };
    let mut scored = ScoreStream::new(make(), rate).expect("a stream was made of the same");
    let mut rest = samples;
    let recordings: Vec<_> = plan.recordings.drain(..).chain([(u16::MAX, true)]).collect();
    for (length, whole) in recordings {
        let (recording, behind) = rest.split_at(usize::from(length).min(rest.len()));
        rest = behind;
        let mut found = Vec::new();
        let mut scores = Vec::new();
        let mut left = recording;
        while let Some(mut packet) = plan.packet(&mut left) {
            found.extend(stream.push(packet));
            scores.extend(std::iter::from_fn(|| scored.push(&mut packet)));
        }
        assert_eq!(stream.received(), recording.len() as u64);
        if whole {
            found.extend(stream.finish());
            scores.extend(std::iter::from_fn(|| scored.finish()));
        } else {
            stream.reset();
        }
        scored.reset();
        let (expected, expected_scores) = at_once(&make, rate, config, recording, whole);
        assert_eq!(found, expected);
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
        let bits = |scores: &[f32]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&scores), bits(&expected_scores));
    }
}

/// Events and scores of a recording in one packet.
fn at_once<S: Sample>(
    make: impl Fn() -> Box<dyn Detector>,
    rate: u32,
    config: &SegmentConfig,
    recording: &[S],
    whole: bool,
) -> (Vec<Event>, Vec<f32>) {
    let mut stream = Stream::with_batches(make(), rate, config, BATCH).expect("a stream was made of the same");
    let mut scored = ScoreStream::with_batches(make(), rate, BATCH).expect("a stream was made of the same");
    let mut events: Vec<Event> = stream.push(recording).collect();
    let mut packet = recording;
    let mut scores: Vec<f32> = std::iter::from_fn(|| scored.push(&mut packet)).collect();
    if whole {
        events.extend(stream.finish());
        scores.extend(std::iter::from_fn(|| scored.finish()));
    }
    (events, scores)
}
