//! Any PCM at any rate, in any packets, with ends and restarts: updates are those of one push, their hops tile the recording,
//! scores are sound, and the audio that is kept is the recording's.
//!
//! Bytes that are left over behind the last whole sample say what else happens: settings that change on the way, a clone that
//! goes on in the stream's place, how much audio is kept.

use std::sync::LazyLock;

use crate::config;
use crate::heard::Heard;
use arbitrary::{Result, Unstructured};
use voiced::audio::Sample;
use voiced::webrtc::{WebRtc, WebRtcConfig};
use voiced::{AnyDetector, BATCH, Error, Kind, Loaded, SegmentConfig, Stream, Update};

/// Every kind at 8,000 and at 16,000 Hz, where it has the choice.
static LOADED: LazyLock<Vec<[Loaded; 2]>> = LazyLock::new(|| {
    let load = |kind: &Kind| [8000, 16_000].map(|rate| kind.load(rate).expect("embedded weights"));
    Kind::ALL.iter().map(load).collect()
});

/// The kinds that the first byte chooses among, and those that came later, which left-over bytes choose: so the corpus keeps
/// its meaning.
const FIRST: usize = 10;

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
    if floats {
        let (words, left) = pcm.as_chunks();
        let samples: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
        let extras = Extras::read(left);
        check(&detector(kind, native, &extras), rate, &config, &samples.repeat(times), &mut plan, &extras);
    } else {
        let (words, left) = pcm.as_chunks();
        let samples: Vec<i16> = words.iter().map(|&word| i16::from_le_bytes(word)).collect();
        let extras = Extras::read(left);
        check(&detector(kind, native, &extras), rate, &config, &samples.repeat(times), &mut plan, &extras);
    }
    Ok(())
}

/// A detector at 8,000 or 16,000 Hz, where it has the choice.
fn detector(byte: u8, rate: u32, extras: &Extras) -> AnyDetector {
    let kind = extras.later.unwrap_or(Kind::ALL[usize::from(byte) % FIRST]);
    if kind != Kind::WebRtc {
        return LOADED[kind as usize][usize::from(rate == 16_000)].detector();
    }
    let mut config = WebRtcConfig::default();
    config.mode = byte / 10 % 4;
    config.frame_ms = [10, 20, 30][usize::from(byte / 40 % 3)];
    WebRtc::new(rate, &config).expect("a legal configuration").into()
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

/// What else happens. Nothing does where no bytes are left over.
#[derive(Default)]
struct Extras {
    pre_roll_ms: f64,
    /// Whether segments are kept whole.
    whole: bool,
    /// The update of each recording after which a clone goes on in the stream's place.
    cloned: Option<usize>,
    /// The updates of each recording before which settings change, and from what bytes.
    changes: Vec<(usize, [u8; 64])>,
    /// Another kind than the first byte's.
    later: Option<Kind>,
}

impl Extras {
    /// Draws them at random, from left-over bytes as the seed.
    fn read(left: &[u8]) -> Self {
        if left.is_empty() {
            return Self::default();
        }
        let mut state = left.iter().fold(0x9e37_79b9_7f4a_7c15, |state, &byte| (state << 8 ^ u64::from(byte)) | 1);
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..8 {
            next(); // neighbouring seeds part
        }
        let pre_roll_ms = (next() % 4096) as f64 / 16.0;
        let whole = next() % 2 == 0;
        let cloned = (next() % 2 == 0).then_some(next() as usize % 32);
        let changes = (0..next() % 4).map(|_| (next() as usize % 32, [(); 64].map(|()| next() as u8))).collect();
        let kinds = &Kind::ALL[FIRST..];
        let later = next().checked_rem(4 * kinds.len() as u64).and_then(|at| kinds.get(at as usize).copied());
        Self { pre_roll_ms, whole, cloned, changes, later }
    }

    fn heard<'a, S: Sample>(&self, recording: &'a [S], rate: u32, keeps: bool) -> Heard<'a, S> {
        Heard::new(recording, rate, keeps.then_some((self.pre_roll_ms, self.whole)))
    }

    /// The settings that are to be in force from an update on, where they change there.
    fn change(&self, update: usize, config: &SegmentConfig) -> Option<SegmentConfig> {
        let (_, bytes) = self.changes.iter().find(|(at, _)| *at == update)?;
        config::changed(config, &mut Unstructured::new(bytes)).ok()
    }
}

fn check<S: Sample>(
    detector: &AnyDetector,
    rate: u32,
    config: &SegmentConfig,
    samples: &[S],
    plan: &mut Plan,
    extras: &Extras,
) {
    let stream = match Stream::new(detector.clone(), rate, config) {
        Ok(stream) => stream,
        Err(Error::Rate { given, lowest, highest, .. }) => {
            assert!(given == rate && !(lowest..=highest).contains(&rate), "{rate} Hz refused");
            return;
        }
        Err(Error::Config { .. }) => return,
        Err(other) => panic!("{other}"),
    };
    let (mut stream, keeps) = keeping(stream, rate, extras);
    let mut rest = samples;
    let recordings: Vec<_> = plan.recordings.drain(..).chain([(u16::MAX, true)]).collect();
    for (length, ends) in recordings {
        let (recording, behind) = rest.split_at(usize::from(length).min(rest.len()));
        rest = behind;
        let begin = *stream.config();
        let mut heard = extras.heard(recording, rate, keeps);
        let mut changes = Vec::new(); // those that were not refused
        let mut left = recording;
        change(&mut stream, 0, extras, &mut changes);
        while let Some(mut packet) = plan.packet(&mut left) {
            while let Some(update) = stream.push(&mut packet) {
                heard.take(&stream, update);
                go_on(&mut stream, heard.updates.len(), extras, &mut changes);
            }
            assert!(packet.is_empty(), "{} samples were not taken", packet.len());
            heard.keeps_its_promise(&stream);
        }
        assert_eq!(stream.received(), recording.len() as u64);
        if ends {
            while let Some(update) = stream.finish() {
                heard.take(&stream, update);
                go_on(&mut stream, heard.updates.len(), extras, &mut changes);
            }
            heard.end();
            assert_eq!(stream.received(), 0, "not as new after finish");
        } else {
            stream.reset();
        }
        let expected = at_once(detector, rate, &begin, recording, ends, &changes, extras);
        assert_eq!(heard.updates, expected);
        let bits =
            |updates: &[Update]| updates.iter().map(|update| update.score.map(f32::to_bits)).collect::<Vec<_>>();
        assert_eq!(bits(&heard.updates), bits(&expected));
    }
}

/// The stream, and whether it keeps audio now: it does not where nothing bounds it, or it is much.
fn keeping<S: Sample>(stream: Stream<AnyDetector, S>, rate: u32, extras: &Extras) -> (Stream<AnyDetector, S>, bool) {
    let (config, spec) = (*stream.config(), stream.spec());
    let look_back = config.look_back(spec).expect("a stream was made of the same");
    let kept = if extras.whole {
        stream.clone().with_segments(extras.pre_roll_ms)
    } else {
        stream.clone().with_audio(extras.pre_roll_ms)
    };
    match kept {
        Ok(stream) => (stream, true),
        Err(Error::Config { field: "max_speech_s", .. }) if extras.whole => (stream, false),
        Err(Error::Config { field: "speech_pad_ms", .. }) if look_back.is_none() && !extras.whole => (stream, false),
        Err(Error::Audio { needed, most, .. }) => {
            assert!(needed > most && most >= 600 * u64::from(rate), "{needed} samples refused, {most} are the most");
            (stream, false)
        }
        Err(other) => panic!("{config:?}: {other}"),
    }
}

/// What happens between an update and the next, so many of which have been.
fn go_on<S: Sample>(
    stream: &mut Stream<AnyDetector, S>,
    updates: usize,
    extras: &Extras,
    changes: &mut Vec<(usize, SegmentConfig)>,
) {
    if extras.cloned == Some(updates) {
        *stream = stream.clone();
    }
    change(stream, updates, extras, changes);
}

/// Changes the settings where that is to be, and notes it; refused, they stay what they were.
fn change<S: Sample>(
    stream: &mut Stream<AnyDetector, S>,
    update: usize,
    extras: &Extras,
    changes: &mut Vec<(usize, SegmentConfig)>,
) {
    let before = *stream.config();
    let Some(config) = extras.change(update, &before) else { return };
    match stream.set_config(&config) {
        Ok(()) => {
            changes.push((update, config));
            assert_eq!(*stream.config(), config);
        }
        Err(Error::Config { .. } | Error::Audio { .. }) => {
            assert_eq!(*stream.config(), before, "a change that was refused was made");
        }
        Err(other) => panic!("{other}"),
    }
}

/// What a recording in one packet brings, with these changes of the settings.
fn at_once<S: Sample>(
    detector: &AnyDetector,
    rate: u32,
    config: &SegmentConfig,
    recording: &[S],
    ends: bool,
    changes: &[(usize, SegmentConfig)],
    extras: &Extras,
) -> Vec<Update> {
    let stream = Stream::new(detector.clone(), rate, config).and_then(|stream| stream.with_batches(BATCH));
    let stream = stream.expect("a stream was made of the same");
    // With batches more is kept, and rounding may then refuse a change that was taken before.
    let (mut stream, keeps) = if changes.is_empty() { keeping(stream, rate, extras) } else { (stream, false) };
    let change = |stream: &mut Stream<AnyDetector, S>, update| {
        for (_, config) in changes.iter().filter(|(at, _)| *at == update) {
            stream.set_config(config).expect("was not refused before");
        }
    };
    let mut heard = extras.heard(recording, rate, keeps);
    let mut packet = recording;
    change(&mut stream, 0);
    while let Some(update) = stream.push(&mut packet) {
        heard.take(&stream, update);
        change(&mut stream, heard.updates.len());
    }
    while ends && let Some(update) = stream.finish() {
        heard.take(&stream, update);
        change(&mut stream, heard.updates.len());
    }
    heard.updates
}
