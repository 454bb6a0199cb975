//! The sound that the page plays.

use std::fs;
use std::path::Path;

use voiced::Resampler;

use crate::fault::Fault;
use crate::input::is_stdin;

/// Bytes of a file that goes into the page as it is, and of telephone-quality sound, at most.
const MOST_BYTES: u64 = 64 << 20;

/// Seconds of sound that are kept in 16 bits.
const MOST_SECONDS: usize = 600;

/// The rate in Hz of telephone-quality sound.
const TELEPHONE_HZ: u32 = 8000;

/// Sound as browsers play it.
pub(super) struct Sound {
    pub(super) kind: &'static str,
    pub(super) bytes: Vec<u8>,
    /// What people are told that they hear.
    pub(super) words: String,
}

/// The file itself where a browser plays it, and what was heard of it is all of it.
pub(super) fn original(path: &Path) -> Result<Option<Sound>, Fault> {
    let fault = |e: std::io::Error| Fault::io(path, &e);
    if is_stdin(path) || !path.is_file() || path.metadata().map_err(fault)?.len() > MOST_BYTES {
        return Ok(None);
    }
    let bytes = fs::read(path).map_err(fault)?;
    Ok(played(&bytes).map(|(kind, name)| Sound { kind, bytes, words: format!("the {name} file itself") }))
}

/// The media type and the name of a compressed format that browsers play, by how a file of it begins.
fn played(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [b'f', b'L', b'a', b'C', ..] => Some(("audio/flac", "FLAC")),
        [b'O', b'g', b'g', b'S', ..] => Some(("audio/ogg", "Ogg")),
        [b'I', b'D', b'3', ..] | [0xff, 0xe2..=0xe7 | 0xf2..=0xf7 | 0xfa..=0xff, ..] => Some(("audio/mpeg", "MP3")),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(("audio/mp4", "MP4")),
        [0x1a, 0x45, 0xdf, 0xa3, rest @ ..] => {
            let head = &rest[..rest.len().min(64)];
            head.windows(4).any(|word| word == b"webm").then_some(("audio/webm", "WebM"))
        }
        _ => None,
    }
}

/// What was heard, as a WAV file: 16 bits at its own rate, or in telephone quality where it is long; none where even
/// that is too large.
pub(super) fn heard(samples: &[i16], rate: u32) -> Option<Sound> {
    if samples.len() <= MOST_SECONDS * rate as usize {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let words = format!("what the detectors heard, {} kHz in 16 bits", rate / 1000);
        return Some(Sound { kind: "audio/wav", bytes: wav(PCM, rate, 2, &bytes), words });
    }
    let bytes = telephone(samples, rate)?;
    let words = "what the detectors heard, in telephone quality".to_owned();
    let sound = Sound { kind: "audio/wav", bytes: wav(MU_LAW, TELEPHONE_HZ, 1, &bytes), words };
    (sound.bytes.len() as u64 <= MOST_BYTES).then_some(sound)
}

/// The samples at 8 kHz in mu-law.
fn telephone(samples: &[i16], rate: u32) -> Option<Vec<u8>> {
    if rate == TELEPHONE_HZ {
        return Some(samples.iter().map(|&sample| mu_law(sample)).collect());
    }
    let mut resampler = Resampler::new(rate, TELEPHONE_HZ).ok()?;
    let encode = |sample: &f32| mu_law((sample * 32_768.0).round() as i16); // saturates
    let mut bytes = Vec::with_capacity(samples.len() / 2);
    let mut room = [0.0; 4096];
    for mut packet in samples.chunks(room.len()) {
        let written = resampler.push(&mut packet, &mut room); // half as many as it takes in
        bytes.extend(room[..written].iter().map(encode));
    }
    let written = resampler.finish(&mut room);
    bytes.extend(room[..written].iter().map(encode));
    Some(bytes)
}

/// A sample in the 8 bits of ITU-T G.711 mu-law: sign, exponent of two, four bits of mantissa, all inverted.
fn mu_law(sample: i16) -> u8 {
    const BIAS: u16 = 0x84; // G.711's 33, with its 14 bits shifted to 16
    let size = sample.unsigned_abs().min(32_635) + BIAS;
    let exponent = size.ilog2() - 7; // 0 to 7
    let mantissa = (size >> (exponent + 3)) & 0xf;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | (exponent as u8) << 4 | mantissa as u8)
}

/// Format tags of WAV: linear PCM and mu-law (RFC 2361).
const PCM: u16 = 1;
const MU_LAW: u16 = 7;

/// A WAV file of one channel.
fn wav(format: u16, rate: u32, width: u16, samples: &[u8]) -> Vec<u8> {
    let size = samples.len() as u32; // below MOST_BYTES and MOST_SECONDS
    let mut file = Vec::with_capacity(44 + samples.len());
    file.extend(b"RIFF");
    file.extend((size + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(format.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(width)).to_le_bytes());
    file.extend(width.to_le_bytes());
    file.extend((width * 8).to_le_bytes());
    file.extend(b"data");
    file.extend(size.to_le_bytes());
    file.extend(samples);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample that a byte of mu-law stands for, by G.711's formula.
    fn decoded(byte: u8) -> i32 {
        let byte = !byte;
        let size = (((i32::from(byte & 0xf) << 3) + 0x84) << (byte >> 4 & 7)) - 0x84;
        if byte & 0x80 == 0 { size } else { -size }
    }

    #[test]
    fn mu_law_is_within_half_a_step() {
        assert_eq!([0, -1, i16::MAX, i16::MIN].map(mu_law), [0xff, 0x7f, 0x80, 0x00]);
        for sample in i16::MIN..=i16::MAX {
            let error = (decoded(mu_law(sample)) - i32::from(sample)).abs();
            assert!(error <= 8 + i32::from(sample).abs() / 16, "{sample}: {error}");
        }
    }

    #[test]
    fn long_sound_is_in_telephone_quality() {
        let short = heard(&[1, -2, 3], 16_000).unwrap();
        assert_eq!(short.bytes[44..], [1, 0, 254, 255, 3, 0]);
        let long = heard(&vec![1000; (MOST_SECONDS + 1) * 16_000], 16_000).unwrap();
        assert_eq!(long.bytes.len(), 44 + (MOST_SECONDS + 1) * 8000);
        assert_eq!(long.bytes[20..22], [7, 0]);
        assert!(long.bytes[1044..100_000].iter().all(|&byte| (decoded(byte) - 1000).abs() < 40));
    }

    #[test]
    fn a_wav_file_of_ours_is_read_by_the_engine() {
        let bytes = wav(PCM, 8000, 2, &[1, 0, 2, 0]);
        let mut reader = voiced::audio::wav::Reader::new(&*bytes).unwrap();
        assert_eq!((reader.rate(), reader.channels(), reader.frames()), (8000, 1, Some(2)));
        let mut samples = [0.0; 4];
        assert_eq!(reader.read(&mut samples), Ok(2));
        assert_eq!(samples[..2], [1.0 / 32_768.0, 2.0 / 32_768.0]);
    }

    #[test]
    fn formats_are_told_by_how_they_begin() {
        let kind = |bytes: &[u8]| played(bytes).map(|(kind, _)| kind);
        assert_eq!(kind(b"fLaC...."), Some("audio/flac"));
        assert_eq!(kind(b"\x1a\x45\xdf\xa3\x01\x42\x82\x84webm"), Some("audio/webm"));
        assert_eq!(kind(b"\x1a\x45\xdf\xa3\x01\x42\x82\x88matroska"), None);
        assert_eq!(kind(&[0xff, 0xfb, 0x90, 0]), Some("audio/mpeg"));
        assert_eq!(kind(b"RIFF....WAVE"), None);
        assert_eq!(kind(b""), None);
    }
}
