//! Any bytes as a weights file, and the published files with bytes changed: an error, or a network that runs.

use arbitrary::{Result, Unstructured};
use voiced::{Detector, Kind};

const PUBLISHED: [&[u8]; 3] = [
    include_bytes!("../../weights/silero_8k.safetensors"),
    include_bytes!("../../weights/silero_16k.safetensors"),
    include_bytes!("../../weights/gru_16k.safetensors"),
];

pub fn fuzz(bytes: &[u8]) {
    let Some((&kind, rest)) = bytes.split_first() else { return };
    let published = PUBLISHED[usize::from(kind) / 4 % PUBLISHED.len()];
    match kind % 4 {
        0 => load(rest),
        1 => load(&with_header(published, rest)),
        2 => load(&patched(published, &mut Unstructured::new(rest)).unwrap_or_else(|_| published.to_vec())),
        _ => load(&shuffled(published, rest)),
    }
}

/// The file with another header before its numbers; the size that says how long it is begins the bytes given.
fn with_header(published: &[u8], header: &[u8]) -> Vec<u8> {
    [header, &published[8 + header_of(published).len()..]].concat()
}

/// The file with some words of its header in each other's place: names, sizes, types and offsets. A pair of bytes says which
/// word, another where it goes.
fn shuffled(published: &[u8], bytes: &[u8]) -> Vec<u8> {
    let header = header_of(published);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    let mut parts: Vec<&[u8]> = header.chunk_by(|&a, &b| is_word(a) == is_word(b)).collect();
    let words: Vec<usize> = (0..parts.len()).filter(|&at| is_word(parts[at][0])).collect();
    for &[a, b, c, d] in bytes.as_chunks().0 {
        let [one, other] = [[a, b], [c, d]].map(|pair| words[usize::from(u16::from_be_bytes(pair)) % words.len()]);
        parts.swap(one, other);
    }
    [&published[..8], &parts.concat(), &published[8 + header.len()..]].concat()
}

/// The header of a file, which its size comes before.
fn header_of(published: &[u8]) -> &[u8] {
    let (size, rest) = published.split_first_chunk().expect("a whole file");
    &rest[..usize::try_from(u64::from_le_bytes(*size)).expect("a whole file")]
}

/// The file with some bytes changed, and perhaps its end cut off.
fn patched(published: &[u8], bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut file = published.to_vec();
    if bytes.arbitrary::<u8>()? % 8 == 0 {
        file.truncate(bytes.int_in_range(0..=file.len())?);
    }
    while !bytes.is_empty() && !file.is_empty() {
        let reach = if bytes.arbitrary()? { file.len().min(2048) } else { file.len() }; // the header, or anything
        let at = bytes.int_in_range(0..=reach - 1)?;
        let count = bytes.int_in_range(0..=8)?.min(file.len() - at);
        file[at..at + count].copy_from_slice(bytes.bytes(count)?);
    }
    Ok(file)
}

/// What a file holds is for each network to say.
fn load(file: &[u8]) {
    for &kind in Kind::ALL {
        let Ok(loaded) = kind.load_from(file) else { continue };
        assert!(kind.info().network);
        let spec = loaded.spec();
        assert!(kind != Kind::Silero || [(8000, 256), (16_000, 512)].contains(&(spec.rate, spec.frame)));
        run(loaded.detector());
    }
}

fn run(mut detector: impl Detector) {
    let frame: Vec<f32> = (0..detector.spec().frame).map(|n| (n as f32 / 7.0).sin()).collect();
    for _ in 0..2 {
        let score = detector.score(&frame);
        assert!((0.0..=1.0).contains(&score), "a score of {score}");
    }
}
