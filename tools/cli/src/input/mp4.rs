//! The edit list of an MP4 file: which part of its decoded audio is the recording.
//!
//! AAC encoders put some thousand samples before the recording, and the edit list says how many (ISO 14496-12, section
//! 8.6.6). `symphonia` does not apply it, and all times would be late by that: 23 ms at 44.1 kHz, 128 ms at 8 kHz.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

/// The audio that is to be kept, in seconds of what is decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edit {
    pub(super) start: f64,
    /// Without it, to the end.
    pub(super) length: Option<f64>,
}

impl Edit {
    /// Samples at `rate` Hz to leave out, and those to keep after them: `u64::MAX` for all.
    pub(super) fn samples(self, rate: u32) -> (u64, u64) {
        let samples = |seconds: f64| (seconds * f64::from(rate)).round() as u64;
        (samples(self.start), self.length.map_or(u64::MAX, samples))
    }
}

/// Whether a file that begins with these bytes is an MP4 file.
pub(super) fn is_mp4(start: &[u8]) -> bool {
    start.get(4..8) == Some(b"ftyp")
}

/// The edit of the first audio track, where it is a plain one: one stretch, perhaps after an empty one.
pub(super) fn edit(file: &mut (impl Read + Seek)) -> Option<Edit> {
    let end = file.seek(SeekFrom::End(0)).ok()?;
    let moov = find(file, 0..end, *b"moov")?;
    let movie_scale = timescale(file, moov.clone(), *b"mvhd")?;
    let mut tracks = moov;
    while let Some(track) = find(file, tracks.clone(), *b"trak") {
        tracks.start = track.end;
        let media = find(file, track.clone(), *b"mdia")?;
        let handler = find(file, media.clone(), *b"hdlr")?;
        if bytes::<4>(file, handler.start + 8) != Some(*b"soun") {
            continue;
        }
        let scale = timescale(file, media, *b"mdhd")?;
        let list = find(file, track, *b"edts").and_then(|edits| find(file, edits, *b"elst"))?;
        let (duration, start) = last_entry(file, list)?;
        let length = (duration > 0).then(|| duration as f64 / movie_scale);
        return Some(Edit { start: start as f64 / scale, length });
    }
    None
}

/// Duration in the movie's and start in the media's time scale of the last entry; all before it must be empty.
fn last_entry(file: &mut (impl Read + Seek), list: Range<u64>) -> Option<(u64, u64)> {
    let [version, _, _, _, count @ ..] = bytes::<8>(file, list.start)?;
    let count = u32::from_be_bytes(count);
    let size = if version == 1 { 20 } else { 12 };
    let mut at = list.start + 8;
    for index in 1..=count.min(2) {
        let (duration, start) = if version == 1 {
            (u64::from_be_bytes(bytes(file, at)?), i64::from_be_bytes(bytes(file, at + 8)?))
        } else {
            let duration = u32::from_be_bytes(bytes(file, at)?);
            (duration.into(), i32::from_be_bytes(bytes(file, at + 4)?).into())
        };
        if let Ok(start) = u64::try_from(start) {
            return (index == count).then_some((duration, start)); // -1 is an empty edit
        }
        at += size;
    }
    None
}

/// Ticks in a second, from a movie's or a media's header.
fn timescale(file: &mut (impl Read + Seek), inside: Range<u64>, header: [u8; 4]) -> Option<f64> {
    let header = find(file, inside, header)?;
    let [version] = bytes(file, header.start)?;
    let scale = u32::from_be_bytes(bytes(file, header.start + if version == 1 { 20 } else { 12 })?);
    (scale > 0).then_some(f64::from(scale))
}

/// The content of the first box of this kind.
fn find(file: &mut (impl Read + Seek), mut inside: Range<u64>, wanted: [u8; 4]) -> Option<Range<u64>> {
    while inside.start + 8 <= inside.end {
        let [a, b, c, d, kind @ ..] = bytes::<8>(file, inside.start)?;
        let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, inside.end - inside.start), // to the end
            1 => (16, u64::from_be_bytes(bytes(file, inside.start + 8)?)),
            size => (8, size.into()),
        };
        if size < header {
            return None;
        }
        // Of a pipe there is only the beginning, but what is wanted stands at the front of its boxes.
        let end = inside.start.saturating_add(size).min(inside.end);
        if kind == wanted {
            return Some(inside.start + header..end);
        }
        inside.start = end;
    }
    None
}

fn bytes<const N: usize>(file: &mut (impl Read + Seek), at: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        [&(8 + content.len() as u32).to_be_bytes()[..], &kind, content].concat()
    }

    /// A header box whose time scale is `scale`.
    fn scaled(kind: [u8; 4], scale: u32) -> Vec<u8> {
        boxed(kind, &[&[0; 12][..], &scale.to_be_bytes()].concat())
    }

    fn track(handler: [u8; 4], entries: &[(u32, i32)]) -> Vec<u8> {
        let handler = boxed(*b"hdlr", &[&[0; 8][..], &handler].concat());
        let media = boxed(*b"mdia", &[scaled(*b"mdhd", 16_000), handler].concat());
        let mut list = vec![0; 4];
        list.extend((entries.len() as u32).to_be_bytes());
        for (duration, start) in entries {
            list.extend(duration.to_be_bytes());
            list.extend(start.to_be_bytes());
            list.extend([0, 1, 0, 0]);
        }
        boxed(*b"trak", &[boxed(*b"edts", &boxed(*b"elst", &list)), media].concat())
    }

    fn file(tracks: &[Vec<u8>]) -> Vec<u8> {
        let movie = boxed(*b"moov", &[scaled(*b"mvhd", 1000), tracks.concat()].concat());
        [boxed(*b"ftyp", b"M4A "), boxed(*b"mdat", &[7; 30]), movie].concat()
    }

    fn read(file: Vec<u8>) -> Option<Edit> {
        edit(&mut Cursor::new(file))
    }

    #[test]
    fn the_audio_track_s_edit_is_found() {
        let expected = Some(Edit { start: 0.064, length: Some(2.0) });
        assert_eq!(read(file(&[track(*b"soun", &[(2000, 1024)])])), expected);
        assert_eq!(read(file(&[track(*b"vide", &[(9, 9)]), track(*b"soun", &[(2000, 1024)])])), expected);
        assert_eq!(read(file(&[track(*b"soun", &[(500, -1), (2000, 1024)])])), expected);
        assert_eq!(read(file(&[track(*b"soun", &[(0, 1024)])])), Some(Edit { start: 0.064, length: None }));
    }

    #[test]
    fn what_is_no_plain_edit_is_left_alone() {
        assert_eq!(read(file(&[track(*b"soun", &[])])), None);
        assert_eq!(read(file(&[track(*b"soun", &[(1000, 0), (1000, 16_000)])])), None, "two stretches");
        assert_eq!(read(file(&[track(*b"vide", &[(2000, 1024)])])), None);
        assert_eq!(read(file(&[])), None);
    }

    #[test]
    fn a_cut_file_ends_the_search() {
        let whole = file(&[track(*b"soun", &[(2000, 1024)])]);
        for length in 0..whole.len() {
            assert_eq!(read(whole[..length].to_vec()), None, "{length} bytes");
        }
        let mut endless = whole.clone();
        endless[..4].fill(0); // the first box claims all the rest
        assert_eq!(read(endless), None);
        let mut long = whole;
        let movie = long.windows(4).position(|bytes| bytes == b"moov").unwrap();
        long[movie - 4..movie].fill(0x7f); // the movie claims more than there is, as in the beginning of a long file
        assert_eq!(read(long), Some(Edit { start: 0.064, length: Some(2.0) }));
    }
}
