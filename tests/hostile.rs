//! What strangers may send, as `SECURITY.md` names it: refused or done with, in memory that does not follow from a claim.
#![cfg(feature = "embedded")]

mod common;

use allocation_counter::measure;
use common::settings;
use voiced::silero::{Model, Silero};
use voiced::webrtc::{WebRtc, WebRtcConfig};
use voiced::{AnyDetector, Cut, Detector, Error, Kernels, Kind, Pool, Resampler, SegmentConfig, Segmenter, Stream};

/// Bytes.
const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;

/// The most bytes that `work` holds at a time, and what it returns.
fn peak<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let mut result = None;
    let allocations = measure(|| result = Some(work()));
    (allocations.bytes_max, result.unwrap())
}

#[test]
fn rates_that_are_not_resampled_are_refused_before_anything_is_reserved() {
    let config = SegmentConfig::default();
    let energy = Kind::Energy.load(16_000).unwrap();
    let mut pool: Pool = Kind::Silero.load(16_000).unwrap().pool(2);
    for rate in [0, 1, 3_999, 384_001, i32::MAX as u32, u32::MAX] {
        let detector = energy.detector();
        let (bytes, errors) = peak(|| {
            [
                Resampler::new(rate, 16_000).err(),
                Resampler::new(16_000, rate).err(),
                Resampler::new(rate, rate).err(),
                Stream::<AnyDetector, f32>::new(detector, rate, &config).err(),
                pool.join(rate, &config).err(),
            ]
        });
        for error in errors {
            let error = error.unwrap();
            let legal = matches!(error, Error::Rate { given, lowest: 4_000, highest: 384_000, .. } if given == rate);
            assert!(legal, "{error}");
        }
        assert!(bytes < KB, "{rate} Hz: {bytes} bytes");
    }
    assert!(pool.is_empty());
}

#[test]
fn a_resampler_is_small_for_every_pair_of_rates() {
    // What its documentation promises: 300 kB, and 10 bytes for each of at most 10,176 taps.
    const MOST: i64 = 300_000 + 10 * 10_176;
    let rates = [4_000, 4_001, 7_919, 8_000, 11_025, 16_000, 44_100, 47_999, 192_000, 383_987, 383_999, 384_000];
    for (from, to) in rates.into_iter().flat_map(|from| rates.map(|to| (from, to))) {
        let mut resampler = None;
        let allocations = measure(|| resampler = Some(Resampler::new(from, to).unwrap()));
        assert!(allocations.bytes_current <= MOST, "{from} to {to} Hz: {} bytes", allocations.bytes_current);
        assert!(allocations.bytes_max < MB, "{from} to {to} Hz: {} bytes at a time", allocations.bytes_max);
    }
}

#[test]
fn a_waiting_room_is_a_quarter_of_a_second_at_any_rate() {
    let mut pool: Pool = Kind::Silero.load(8000).unwrap().pool(2);
    let (bytes, _) = peak(|| pool.join(384_000, &SegmentConfig::default()).unwrap());
    assert!(bytes < 2 * MB, "{bytes} bytes");
}

#[test]
fn webrtc_refuses_frames_of_other_lengths() {
    for frame_ms in [0, 15, u32::MAX] {
        let mut config = WebRtcConfig::default();
        config.frame_ms = frame_ms;
        assert!(WebRtc::new(48_000, &config).is_err());
    }
}

#[cfg(feature = "unstable")]
mod classic {
    use super::{KB, MB, peak};
    use voiced::classic::energy::{Energy, EnergyConfig};
    use voiced::classic::ltsd::{Ltsd, LtsdConfig};
    use voiced::classic::sohn::{Sohn, SohnConfig};
    use voiced::classic::{Timing, combined, entropy, flatness, zcr};

    #[test]
    fn a_detector_refuses_settings_that_would_make_it_large() {
        let extreme = [
            Timing { lookahead_ms: u32::MAX, ..Timing::default() },
            Timing { average_ms: u32::MAX / 10 * 10, ..Timing::default() },
            Timing { memory_ms: u32::MAX / 10 * 10, ..Timing::default() },
            Timing { lookahead_ms: 500, average_ms: 1000, memory_ms: 30_000 },
        ];
        for (timing, legal) in extreme.into_iter().zip([false, false, false, true]) {
            for rate in [0, 8000, 16_000, u32::MAX] {
                let legal = legal && matches!(rate, 8000 | 16_000);
                let (bytes, made) = peak(|| {
                    [
                        Energy::new(rate, EnergyConfig { timing, ..Default::default() }).is_ok(),
                        zcr::Zcr::new(rate, zcr::ZcrConfig { timing, ..Default::default() }).is_ok(),
                        entropy::Entropy::new(rate, entropy::EntropyConfig { timing, ..Default::default() }).is_ok(),
                        flatness::Flatness::new(rate, flatness::FlatnessConfig { timing, ..Default::default() })
                            .is_ok(),
                        Sohn::new(rate, SohnConfig { timing, ..Default::default() }).is_ok(),
                        combined::Combined::new(rate, combined::CombinedConfig { timing, ..Default::default() })
                            .is_ok(),
                    ]
                });
                assert_eq!(made, [legal; 6], "{rate} Hz, {timing:?}");
                assert!(bytes < if legal { MB } else { KB }, "{rate} Hz, {timing:?}: {bytes} bytes");
            }
        }
        for config in [
            LtsdConfig { order: usize::MAX, ..Default::default() },
            LtsdConfig { memory_ms: u32::MAX, ..Default::default() },
        ] {
            let (bytes, made) = peak(|| Ltsd::new(16_000, config).is_ok());
            assert!(!made && bytes < KB, "{bytes} bytes");
        }
    }
}

#[test]
fn any_number_of_frames_at_a_time_is_a_bounded_number() {
    let silero = Kind::Silero.load(16_000).unwrap().detector();
    let stream: Stream = Stream::new(silero, 384_000, &SegmentConfig::default()).unwrap();
    let (bytes, stream) = peak(|| stream.with_batches(usize::MAX).is_ok());
    assert!(stream && bytes < 16 * MB, "{bytes} bytes");
}

#[test]
fn audio_is_kept_by_the_settings_and_never_beyond_ten_minutes() {
    let energy = Kind::Energy.load(16_000).unwrap();
    let stream =
        |config: &SegmentConfig| -> Stream<_, i16> { Stream::new(energy.detector(), 48_000, config).unwrap() };
    let usual = stream(&SegmentConfig::default());
    let (bytes, kept) = peak(|| usual.clone().with_audio(0.0).is_ok());
    assert!(kept && bytes < MB, "{bytes} bytes");
    for pre_roll_ms in [600_001.0, 1e300, f64::MAX, -1.0, f64::NAN, f64::INFINITY] {
        let usual = usual.clone();
        let (bytes, refused) = peak(|| usual.with_audio(pre_roll_ms).is_err());
        assert!(refused && bytes < 2 * MB, "{pre_roll_ms}: {bytes} bytes");
    }
    for max_speech_s in [301.0, 1e9, 1e300, f64::MAX, f64::INFINITY] {
        let long = stream(&settings(|config| config.max_speech_s = max_speech_s));
        let (bytes, refused) = peak(|| long.with_segments(0.0).is_err());
        assert!(refused && bytes < 2 * MB, "{max_speech_s}: {bytes} bytes");
    }
    for ms in [1e9, f64::MAX] {
        let patient = settings(|config| (config.min_silence_ms, config.speech_pad_ms) = (f64::MAX, ms));
        assert!(stream(&patient).with_audio(0.0).is_err(), "{ms}");
    }
    let mut pool: Pool<i16> = energy.pool(1).with_audio(1e12);
    assert!(matches!(pool.join(16_000, &SegmentConfig::default()), Err(Error::Audio { .. })));
    for waiting_ms in [600_001.0, f64::INFINITY, -1.0, f64::NAN] {
        let mut pool: Pool<i16> = energy.pool(usize::MAX).with_waiting(waiting_ms);
        let (bytes, joined) = peak(|| pool.join(8000, &SegmentConfig::default()));
        assert!(matches!(joined, Err(Error::Config { field: "waiting_ms", .. })), "{joined:?}");
        assert!(bytes < MB, "{waiting_ms}: {bytes} bytes");
    }
}

#[test]
fn settings_of_the_segmenter_have_a_defined_result_at_both_ends() {
    let speech = common::speech_i16(16_000);
    let (short, long) = (0.0, f64::MAX);
    let mut configs = vec![settings(|config| (config.threshold, config.neg_threshold) = (0.0, Some(1.0)))];
    for ms in [short, long] {
        for max_speech_s in [f64::MIN_POSITIVE, 0.03, f64::MAX, f64::INFINITY] {
            let cut = Cut::LastSilence;
            configs.extend([
                settings(|c| (c.min_speech_ms, c.max_speech_s) = (ms, max_speech_s)),
                settings(|c| (c.min_silence_ms, c.max_speech_s, c.cut) = (ms, max_speech_s, cut)),
                settings(|c| (c.speech_pad_ms, c.max_speech_s) = (ms, max_speech_s)),
                settings(|c| (c.delay_ms, c.max_speech_s, c.cut) = (ms, max_speech_s, cut)),
                settings(|c| (c.min_silence_at_max_speech_ms, c.max_speech_s) = (ms, max_speech_s)),
            ]);
        }
    }
    for config in configs {
        let energy = Kind::Energy.load(16_000).unwrap();
        let mut stream: Stream<_, i16> = Stream::new(energy.detector(), 16_000, &config).unwrap();
        let (bytes, ()) = peak(|| {
            for packet in speech.chunks(1600) {
                let mut rest = packet;
                while let Some(update) = stream.push(&mut rest) {
                    std::hint::black_box(update);
                }
            }
            while stream.finish().is_some() {}
        });
        assert_eq!(bytes, 0, "{config:?}");
    }
    for bad in [f64::NAN, f64::INFINITY, -f64::MIN_POSITIVE, 1.0 + f64::EPSILON] {
        let spec = Kind::Silero.load(16_000).unwrap().spec();
        for config in [settings(|config| config.threshold = bad), settings(|config| config.neg_threshold = Some(bad))]
        {
            assert!(matches!(Segmenter::new(&config, spec), Err(Error::Config { .. })), "{config:?}");
        }
    }
}

/// A safetensors file whose header claims a length and says a text, followed by `numbers` bytes.
fn safetensors(claimed: u64, header: &str, numbers: usize) -> Vec<u8> {
    [&claimed.to_le_bytes()[..], header.as_bytes(), &vec![0; numbers]].concat()
}

#[test]
fn a_weights_file_reserves_nothing_by_claim() {
    let tensor = |shape: &str, from: u64, to: u64| {
        format!("{{\"conv1.weight\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{from},{to}]}}}}")
    };
    let headers = [
        tensor("[18446744073709551615]", 0, 8),
        tensor("[4294967296,4294967296,4294967296]", 0, 8),
        tensor("[1152921504606846976,16]", 0, 0),
        tensor("[128,129,3]", 0, u64::MAX),
        tensor("[128,129,3]", u64::MAX - 8, u64::MAX),
        tensor("[128,129,3]", 8, 0),
        tensor("[2]", 0, 8),
        tensor("[-1]", 0, 8),
        tensor("[1e400]", 0, 8),
        tensor("[]", 0, 8),
        "[".repeat(900),
        "{\"__metadata__\":{\"rate\":\"4294967295\"}}".to_owned(),
    ];
    let mut files: Vec<Vec<u8>> = headers.iter().map(|header| safetensors(header.len() as u64, header, 8)).collect();
    for claimed in [100_000_000, 100_000_001, i64::MAX as u64, u64::MAX - 8, u64::MAX] {
        files.push(safetensors(claimed, "{}", 8));
    }
    for file in files {
        let (bytes, model) = peak(|| Model::from_bytes(&file));
        assert!(model.is_err());
        assert!(bytes < 16 * KB, "{bytes} bytes for {:?}", String::from_utf8_lossy(&file));
    }
}

#[test]
fn a_weights_file_of_many_tensors_takes_memory_by_its_length() {
    let tensors: Vec<String> = (0..20_000)
        .map(|n| format!("\"{n}\":{{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[{},{}]}}", 4 * n, 4 * n + 4))
        .collect();
    let header = format!("{{{}}}", tensors.join(","));
    let file = safetensors(header.len() as u64, &header, 80_000);
    let (bytes, model) = peak(|| Model::from_bytes(&file));
    let error = model.unwrap_err();
    assert!(matches!(&error, Error::TensorMissing { name, .. } if name == "conv1.weight"), "{error}");
    assert!(bytes < 10 * file.len() as u64, "{bytes} bytes for a file of {}", file.len());
}

/// The 16 kHz weights with every number replaced.
fn weights(number: impl Fn(usize) -> f32) -> Vec<u8> {
    let mut bytes = include_bytes!("../weights/silero_16k.safetensors").to_vec();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    for (n, word) in bytes[8 + header..].as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *word = number(n).to_le_bytes();
    }
    bytes
}

#[test]
fn scores_of_senseless_weights_are_scores() {
    let samples = &common::speech(16_000)[..5120];
    let files = [
        weights(|_| f32::MAX),
        weights(|_| f32::MIN),
        weights(|n| if n % 3 == 0 { f32::MAX } else { f32::MIN }),
        weights(|n| if n % 2 == 0 { 1e20 } else { -1e20 }),
        weights(|_| 1e-42),
    ];
    for (which, file) in files.iter().enumerate() {
        for kernels in Kernels::available() {
            let mut silero = Silero::new(&Model::from_bytes_with(file, kernels).unwrap());
            let mut scores = Vec::new();
            silero.score_all(samples, &mut scores);
            let legal = scores.iter().all(|score| (0.0..=1.0).contains(score));
            assert!(legal, "{kernels}, weights {which}: {scores:?}");
        }
    }
}

#[cfg(feature = "metrics")]
mod metrics {
    use super::{KB, peak};
    use voiced::metrics::{Reference, ScoredSteps};
    use voiced::{Error, FrameSpec, Segment};

    #[test]
    fn labels_of_any_length_are_refused_or_counted() {
        let most = u64::MAX;
        let whole = [Segment { start: 0, end: most }];
        let (bytes, ()) = peak(|| {
            for (rate, length) in [(1, most), (u32::MAX, most), (16_000, 0), (384_000, 1)] {
                let reference = Reference::new(rate, length, &[], &[]).unwrap();
                assert!(reference.scored_s() >= 0.0);
                let labelled = Reference::new(rate, length, &whole, &whole);
                assert_eq!(labelled.is_ok(), length == most);
                for found in [&whole[..], &[Segment { start: most, end: 0 }], &[Segment { start: most, end: most }]] {
                    let _ = (reference.confusion(found, u32::MAX), reference.matches(found));
                }
            }
            assert!(Reference::new(0, 1, &[], &[]).is_err());
        });
        assert!(bytes < 16 * KB, "{bytes} bytes");
    }

    #[test]
    fn scores_for_more_hops_than_can_be_counted_are_missing() {
        // At 2 Hz the recording has 2^64 hops, and 2^64 as a 64-bit number is 0.
        let reference = Reference::new(1, 1 << 63, &[], &[]).unwrap();
        let spec = FrameSpec::adjacent(2, 1);
        let refused = ScoredSteps::from_scores(&reference, &[0.5], spec);
        assert!(matches!(refused, Err(Error::Scores { given: 1, wanted: usize::MAX, .. })), "{refused:?}");

        // Three hops, the last of which would begin beyond what 64 bits count.
        let reference = Reference::new(1, u64::MAX, &[], &[]).unwrap();
        let spec = FrameSpec::adjacent(1, usize::MAX / 2 + 1);
        if size_of::<usize>() == 8 {
            let steps = ScoredSteps::from_scores(&reference, &[0.25, 0.5, 0.75], spec).unwrap();
            assert!(!steps.is_empty());
        }
    }
}

#[cfg(feature = "wav")]
mod wav {
    use super::{KB, peak};
    use voiced::audio::wav::Reader;

    fn chunk(id: [u8; 4], claimed: u32, content: &[u8]) -> Vec<u8> {
        [&id[..], &claimed.to_le_bytes(), content].concat()
    }

    /// A format chunk of 32-bit floats.
    fn format(channels: u16, rate: u32) -> Vec<u8> {
        let align = channels.wrapping_mul(4);
        let words = [3_u16.to_le_bytes(), channels.to_le_bytes()].concat();
        let rest = [&rate.to_le_bytes()[..], &0_u32.to_le_bytes(), &align.to_le_bytes(), &32_u16.to_le_bytes()];
        chunk(*b"fmt ", 16, &[&words[..], &rest.concat()].concat())
    }

    fn file(form: [u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
        [chunk(form, u32::MAX, b"WAVE"), chunks.concat()].concat()
    }

    /// Reads all that there is in blocks of 1,024 samples; how many samples there were.
    fn read(bytes: &[u8]) -> Result<usize, voiced::Error> {
        let mut reader = Reader::new(bytes)?;
        let (mut block, mut samples) = ([0.0; 1024], 0);
        loop {
            match reader.read(&mut block)? {
                0 => return Ok(samples),
                count => samples += count,
            }
        }
    }

    #[test]
    fn a_file_reserves_nothing_by_claim() {
        let mono = format(1, u32::MAX);
        let ds64 = |size: u64| chunk(*b"ds64", 28, &[[0; 8], size.to_le_bytes(), [0; 8]].concat());
        let short = [1, 2, 3, 4].repeat(2);
        let claims = [1 << 20, i32::MAX as u32, u32::MAX - 3, u32::MAX - 1, u32::MAX];
        let mut files = Vec::new();
        for claimed in claims {
            files.push(file(*b"RIFF", &[mono.clone(), chunk(*b"data", claimed, &short)]));
            files.push(file(*b"RIFF", &[chunk(*b"JUNK", claimed, &short)]));
            files.push(file(*b"RIFF", &[chunk(*b"fmt ", claimed, &mono[8..])]));
            files.push(file(*b"RF64", &[chunk(*b"ds64", claimed, &[0xff; 16])]));
            let size = u64::from(claimed) << 32 | u64::from(claimed);
            let data = chunk(*b"data", u32::MAX, &short);
            files.push(file(*b"RF64", &[ds64(size), mono.clone(), data]));
        }
        for channels in [0, 1023, 1024, 1025, 16_383, 16_384, u16::MAX] {
            files.push(file(*b"RIFF", &[format(channels, 1), chunk(*b"data", u32::MAX - 3, &[0; 8192])]));
        }
        for file in files {
            let (bytes, read) = peak(|| read(&file));
            assert!(bytes < 32 * KB, "{bytes} bytes for {:?}", &file[..60.min(file.len())]);
            assert!(read.is_err() || read == Ok(2) || read == Ok(2048) || read == Ok(2046), "{read:?}");
        }
    }

    #[test]
    fn many_chunks_take_no_memory() {
        let mut chunks = vec![chunk(*b"JUNK", 0, &[]); 100_000];
        chunks.extend([format(1, 16_000), chunk(*b"data", 4, &[0; 4])]);
        let file = file(*b"RIFF", &chunks);
        let (bytes, read) = peak(|| read(&file));
        assert_eq!(read, Ok(1));
        assert!(bytes < 32 * KB, "{bytes} bytes");
    }
}
