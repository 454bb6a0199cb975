//! What stands before the samples.

use std::io::{self, Read};

use super::error;
use crate::error::Error;

/// Bytes of an extensible format chunk; what other formats add to their 16 tells nothing about PCM.
const FORMAT_BYTES: usize = 40;
/// Format tags: integers, floats, and "see the sub-format".
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// A size that says: not known. `ffmpeg` writes it into pipes, and RF64 files keep the size elsewhere.
const UNKNOWN: u32 = u32::MAX;
/// The size that `sox` writes into pipes, rounded down to whole frames (`MS_UNSPEC` in its `wav.c`).
const UNKNOWN_SOX: u32 = 0x7fff_f000;
/// Chunks that are known by name where one of odd length lacks its padding; what a name is not, is padding.
const KNOWN: [[u8; 4]; 16] = [
    *b"fmt ", *b"data", *b"LIST", *b"fact", *b"bext", *b"JUNK", *b"junk", *b"PAD ", *b"FLLR", *b"PEAK", *b"cue ",
    *b"smpl", *b"iXML", *b"id3 ", *b"ID3 ", *b"ds64",
];

/// How a sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Unsigned bytes around 128.
    U8,
    I16,
    I24,
    I32,
    /// 24 bits in the low bytes of four, as `hound` writes them. (An extensible file that declares 24 valid bits of 32
    /// has them in the high bytes, and is read as [`Encoding::I32`].)
    I24Low,
    F32,
    F64,
}

impl Encoding {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::I24Low | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// What the header tells.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) rate: u32,
    pub(super) channels: u16,
    pub(super) encoding: Encoding,
    /// Bytes of samples that there should be; `None` where the writer could not know.
    pub(super) claimed: Option<u64>,
    /// Bytes after the header that were read already.
    pub(super) peeked: Vec<u8>,
}

impl Header {
    /// Reads up to the first sample.
    pub(super) fn read<R: Read>(reader: &mut R) -> Result<Self, Error> {
        let [id, size, form] = words(reader)?;
        if !matches!(&id, b"RIFF" | b"RF64" | b"BW64") || &form != b"WAVE" {
            return Err(error("the file does not begin with a RIFF/WAVE header"));
        }
        let riff_size = u32::from_le_bytes(size);

        let mut position = 4_u64; // of what `riff_size` counts
        let mut format: Option<(u32, u16, Encoding)> = None;
        let mut size_in_ds64 = None;
        let mut odd = false; // the chunk before has an odd length
        loop {
            let (id, size, padding) = chunk_head(reader, odd)?;
            odd = size % 2 == 1;
            let mut skip = u64::from(size);
            position += padding + 8 + skip;
            match &id {
                b"data" => {
                    let (rate, channels, encoding) =
                        format.ok_or_else(|| error("no format chunk before the data"))?;
                    let frame = encoding.bytes() as u32 * u32::from(channels);
                    let mut peeked = Vec::new();
                    let claimed = match size {
                        UNKNOWN => size_in_ds64,
                        0 => {
                            reader.by_ref().take(8).read_to_end(&mut peeked).map_err(|e| unreadable(&e))?;
                            let room = u64::from(riff_size).saturating_sub(position);
                            is_chunk(&peeked, room).then_some(0)
                        }
                        _ if size / frame == UNKNOWN_SOX / frame => None,
                        _ => Some(u64::from(size)),
                    };
                    return Ok(Self { rate, channels, encoding, claimed, peeked });
                }
                b"fmt " => {
                    let mut chunk = [0; FORMAT_BYTES];
                    let length = FORMAT_BYTES.min(size as usize);
                    fill(reader, &mut chunk[..length])?;
                    skip -= length as u64;
                    let parsed = parse_format(chunk, length)?;
                    if format.is_some_and(|before| before != parsed) {
                        return Err(error("there are two format chunks, and they differ"));
                    }
                    format = Some(parsed);
                }
                b"ds64" if skip >= 16 => {
                    let [_riff, data]: [[u8; 8]; 2] = words(reader)?;
                    skip -= 16;
                    size_in_ds64 = Some(u64::from_le_bytes(data)).filter(|&size| size > 0 && size < u64::MAX);
                }
                _ => {}
            }
            io::copy(&mut reader.by_ref().take(skip), &mut io::sink()).map_err(|e| unreadable(&e))?;
        }
    }
}

/// The next chunk's name and size, and how many bytes stood before it. After a chunk of odd length a byte of padding
/// belongs there, which old writers leave out.
fn chunk_head<R: Read>(reader: &mut R, odd: bool) -> Result<([u8; 4], u32, u64), Error> {
    let mut head = [0; 8];
    fill(reader, &mut head)?;
    let padded = odd && !KNOWN.iter().any(|name| head.starts_with(name));
    if padded {
        head.copy_within(1.., 0);
        fill(reader, &mut head[7..])?;
    }
    let [a, b, c, d, size @ ..] = head;
    Ok(([a, b, c, d], u32::from_le_bytes(size), padded.into()))
}

/// Whether these bytes begin a chunk that ends within `room` bytes, rather than being samples.
fn is_chunk(bytes: &[u8], room: u64) -> bool {
    let ([id, size], []) = bytes.as_chunks::<4>() else { return false };
    id.iter().all(|&byte| byte == b' ' || byte.is_ascii_alphanumeric())
        && 8 + u64::from(u32::from_le_bytes(*size)) <= room
}

/// Rate, channels and encoding from a format chunk of which `length` bytes were there.
fn parse_format(mut chunk: [u8; FORMAT_BYTES], length: usize) -> Result<(u32, u16, Encoding), Error> {
    if length < 16 {
        return Err(error(format!("the format chunk has {length} bytes: 16 or more are needed")));
    }
    let short = |at: usize| u16::from_le_bytes([chunk[at], chunk[at + 1]]);
    let (tag, channels, align, bits) = (short(0), short(2), short(12), short(14));
    let rate = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
    if channels == 0 {
        return Err(error("the header says 0 channels: at least 1 is needed"));
    }
    if rate == 0 {
        return Err(error("the header says a sample rate of 0 Hz"));
    }
    if tag == FLOAT && !matches!(bits, 32 | 64) {
        return Err(unsupported(tag, bits));
    }

    // Hound refuses what does not matter to us: a wrong byte rate, and extra bytes after what is needed.
    let needed = if tag == EXTENSIBLE { FORMAT_BYTES } else { 16 };
    if tag == EXTENSIBLE && length < needed {
        return Err(error(format!("the extensible format chunk has {length} bytes: {needed} are needed")));
    }
    let mut align_for_hound = align;
    if bits == 64 && usize::from(align) == 8 * usize::from(channels) {
        // Nor does it know the wider floats: that these are floats it tells of half as wide ones.
        align_for_hound /= 2;
        chunk[12..14].copy_from_slice(&align_for_hound.to_le_bytes());
        chunk[14..16].copy_from_slice(&32_u16.to_le_bytes());
        chunk[18..20].copy_from_slice(&32_u16.to_le_bytes());
    }
    chunk[4..8].copy_from_slice(&1_u32.to_le_bytes());
    chunk[8..12].copy_from_slice(&u32::from(align_for_hound).to_le_bytes());
    chunk[16..18].copy_from_slice(&22_u16.to_le_bytes());
    let mut file = Vec::from(*b"RIFF\0\0\0\0WAVEfmt ");
    file.extend((needed as u32).to_le_bytes());
    file.extend(&chunk[..needed]);
    file.extend(b"data\0\0\0\0");
    let spec = match hound::WavReader::new(&*file) {
        Ok(reader) => reader.spec(),
        Err(hound::Error::Unsupported) => return Err(unsupported(tag, bits)),
        Err(e) => return Err(error(format!("bad format chunk: {e}"))),
    };

    let encoding = match (spec.sample_format, align / channels, bits) {
        (hound::SampleFormat::Int, 1, 8) => Encoding::U8,
        (hound::SampleFormat::Int, 2, 16) => Encoding::I16,
        (hound::SampleFormat::Int, 3, 24) => Encoding::I24,
        (hound::SampleFormat::Int, 4, 32) => Encoding::I32,
        (hound::SampleFormat::Int, 4, 24) => Encoding::I24Low,
        (hound::SampleFormat::Float, 4, 32) => Encoding::F32,
        (hound::SampleFormat::Float, 8, 64) => Encoding::F64,
        _ => return Err(unsupported(tag, bits)),
    };
    if usize::from(align) != encoding.bytes() * usize::from(channels) {
        return Err(error(format!(
            "bad format chunk: frames of {align} bytes for {channels} channels of {bits} bits"
        )));
    }
    Ok((rate, channels, encoding))
}

fn unsupported(tag: u16, bits: u16) -> Error {
    let kind = match tag {
        PCM | EXTENSIBLE => "integer PCM",
        FLOAT => "float PCM",
        2 => "ADPCM",
        6 => "A-law",
        7 => "mu-law",
        _ => "unknown",
    };
    error(format!(
        "samples of format {tag:#06x} ({kind}, {bits} bits) are not read: 8, 16, 24 and 32-bit integers and 32 and \
         64-bit floats are"
    ))
}

/// The next words of `N` bytes each.
fn words<R: Read, const N: usize, const COUNT: usize>(reader: &mut R) -> Result<[[u8; N]; COUNT], Error> {
    let mut words = [[0; N]; COUNT];
    fill(reader, words.as_flattened_mut())?;
    Ok(words)
}

fn fill<R: Read>(reader: &mut R, bytes: &mut [u8]) -> Result<(), Error> {
    reader.read_exact(bytes).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => error("the file ends within its header"),
        _ => unreadable(&e),
    })
}

pub(super) fn unreadable(e: &io::Error) -> Error {
    error(format!("cannot be read: {e}"))
}
