//! The recordings and golden files in `tests/data`, as the tests need them.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use proptest::prelude::ProptestConfig;
use voiced::audio::Sample;
use voiced::{Detector, Event, Pool, SegmentConfig, Stream, StreamId, Update};

/// The path of a file in `tests/data`.
pub(crate) fn data(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/data", name].iter().collect()
}

/// The samples of the bundled recording at 8,000 or 16,000 Hz, as 16-bit integers.
pub(crate) fn speech_i16(rate: u32) -> Vec<i16> {
    let bytes = std::fs::read(data(&format!("speech_{}k.wav", rate / 1000))).unwrap();
    let header = 44; // canonical, written by tools/export/golden.py
    bytes[header..].as_chunks::<2>().0.iter().map(|&word| i16::from_le_bytes(word)).collect()
}

/// The same recording with full scale at 1.
pub(crate) fn speech(rate: u32) -> Vec<f32> {
    speech_i16(rate).into_iter().map(|sample| f32::from(sample) / 32_768.0).collect()
}

/// White noise at a tenth of full scale, as `tools/export/golden.py` makes it.
pub(crate) fn white_noise(count: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as i32 as f32 / 2_147_483_648.0 * 0.1
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// The default settings but for what `change` changes.
pub(crate) fn settings(change: impl FnOnce(&mut SegmentConfig)) -> SegmentConfig {
    let mut config = SegmentConfig::default();
    change(&mut config);
    config
}

/// What a packet brings.
pub(crate) fn push<D: Detector, S: Sample>(stream: &mut Stream<D, S>, packet: &[S]) -> Vec<Update> {
    let mut rest = packet;
    let updates = std::iter::from_fn(|| stream.push(&mut rest)).collect();
    assert!(rest.is_empty(), "all is taken");
    updates
}

/// What the end of a recording brings.
pub(crate) fn finish<D: Detector, S: Sample>(stream: &mut Stream<D, S>) -> Vec<Update> {
    std::iter::from_fn(|| stream.finish()).collect()
}

/// What the end of a recording in a pool brings.
pub(crate) fn finish_in<S: Sample>(pool: &mut Pool<S>, stream: StreamId) -> Vec<Update> {
    std::iter::from_fn(|| pool.finish(stream).unwrap()).collect()
}

/// The scores of some updates.
pub(crate) fn scores(updates: &[Update]) -> Vec<f32> {
    updates.iter().filter_map(|update| update.score).collect()
}

/// The events of some updates.
pub(crate) fn events(updates: &[Update]) -> Vec<Event> {
    updates.iter().flat_map(|update| update.events).collect()
}

/// So many cases of a property, or as many as `PROPTEST_CASES` says.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_some() { default } else { ProptestConfig { cases: count, ..default } }
}

/// `samples` in packets of the planned lengths, which are repeated.
pub(crate) fn packets<'a, S>(samples: &'a [S], plan: &'a [usize]) -> impl Iterator<Item = &'a [S]> {
    let mut rest = samples;
    plan.iter().cycle().map_while(move |&length| {
        if rest.is_empty() {
            return None;
        }
        let (packet, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        Some(packet)
    })
}

/// A golden file of named tensors.
pub(crate) struct Golden(Vec<u8>);

impl Golden {
    /// Reads a file in `tests/data`.
    pub(crate) fn read(name: &str) -> Self {
        Self(std::fs::read(data(name)).unwrap())
    }

    /// A tensor's numbers.
    pub(crate) fn values(&self, name: &str) -> Vec<f32> {
        let tensors = safetensors::SafeTensors::deserialize(&self.0).unwrap();
        let tensor = tensors.tensor(name).unwrap_or_else(|_| panic!("no golden tensor {name}"));
        tensor.data().as_chunks::<4>().0.iter().map(|&word| f32::from_le_bytes(word)).collect()
    }
}
