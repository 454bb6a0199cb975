//! Several Opus streams in one packet, as surround sound has them (RFC 7845, section 5.1.1; RFC 6716, appendix B).
//!
//! All but the last are self-delimited: one length more than usual. `opus-pure` has a decoder for them, too, but only
//! for the usual arrangements of speakers; a file's header may say any.

use super::decode_stream;
use opus_pure::{Error, MAX_PACKET_SAMPLES, OpusDecoder};

pub(super) struct Multistream {
    decoders: Vec<OpusDecoder>,
    coupled: usize,   // the first ones, with two channels each
    mapping: Vec<u8>, // for each output channel a decoded one; 255 is silence
    packet: Vec<u8>,  // one stream's, as usual
    pcm: Vec<f32>,    // (frames, 1 or 2)
}

const BROKEN: Error = Error::InvalidPacket("streams do not fit together");

/// A mapping entry for a channel without a stream.
const SILENT: u8 = 255;

impl Multistream {
    pub(super) fn new(rate: i32, streams: usize, coupled: usize, mapping: &[u8]) -> Result<Self, Error> {
        let decoded = streams + coupled;
        let legal = streams > 0 && coupled <= streams && decoded <= usize::from(SILENT) && !mapping.is_empty();
        if !legal || mapping.iter().any(|&slot| slot != SILENT && usize::from(slot) >= decoded) {
            return Err(Error::InvalidArgument("channel mapping"));
        }
        let decoder = |stream| OpusDecoder::new(rate, if stream < coupled { 2 } else { 1 });
        let decoders = (0..streams).map(decoder).collect::<Result<_, _>>()?;
        let pcm = vec![0.0; MAX_PACKET_SAMPLES * 2];
        Ok(Self { decoders, coupled, mapping: mapping.to_vec(), packet: Vec::new(), pcm })
    }

    /// Decodes a packet into `output`, shape (frames, channels), which has room for the longest; returns the frames.
    pub(super) fn decode(&mut self, mut data: &[u8], output: &mut [f32]) -> Result<usize, Error> {
        let channels = self.mapping.len();
        output.fill(0.0);
        let mut frames = None;
        let last = self.decoders.len() - 1;
        for (stream, decoder) in self.decoders.iter_mut().enumerate() {
            let packet = if stream == last {
                data
            } else {
                data = delimited(data, &mut self.packet).ok_or(BROKEN)?;
                &self.packet
            };
            let count = decode_stream(decoder, packet, &mut self.pcm)?;
            if *frames.get_or_insert(count) != count {
                return Err(BROKEN);
            }
            // The decoded channels of this stream, as the mapping numbers them, and where they lie in `pcm`.
            let (first, width) = match stream.checked_sub(self.coupled) {
                None => (2 * stream, 2),
                Some(single) => (2 * self.coupled + single, 1),
            };
            for (channel, &slot) in self.mapping.iter().enumerate() {
                let Some(offset) = usize::from(slot).checked_sub(first).filter(|&offset| offset < width) else {
                    continue;
                };
                let decoded = self.pcm.iter().skip(offset).step_by(width).take(count);
                for (sample, decoded) in output.iter_mut().skip(channel).step_by(channels).zip(decoded) {
                    *sample = *decoded;
                }
            }
        }
        Ok(frames.unwrap_or(0))
    }
}

/// Puts the self-delimited packet at the front of `data` into `packet` in its usual form, without the extra length, and
/// returns what follows it; `None` where it is broken.
fn delimited<'a>(data: &'a [u8], packet: &mut Vec<u8>) -> Option<&'a [u8]> {
    let toc = *data.first()?;
    // Where the extra length stands, and how many bytes the frames and the padding take, given that length.
    let (at, frames): (usize, Box<dyn Fn(usize) -> usize>) = match toc & 3 {
        0 => (1, Box::new(|extra| extra)),
        1 => (1, Box::new(|extra| 2 * extra)),
        2 => {
            let (first, used) = length(&data[1..])?;
            (1 + used, Box::new(move |extra| first + extra))
        }
        _ => {
            let count = *data.get(1)?;
            let mut at = 2;
            let mut padding = 0;
            if count & 0x40 != 0 {
                loop {
                    let byte = *data.get(at)?;
                    at += 1;
                    padding += usize::from(byte.min(254));
                    if byte < 255 {
                        break;
                    }
                }
            }
            let frames = usize::from(count & 0x3f);
            if count & 0x80 == 0 {
                (at, Box::new(move |extra| frames * extra + padding))
            } else {
                let mut sum = padding;
                for _ in 1..frames {
                    let (frame, used) = length(data.get(at..)?)?;
                    at += used;
                    sum += frame;
                }
                (at, Box::new(move |extra| sum + extra))
            }
        }
    };
    let (extra, used) = length(data.get(at..)?)?;
    let start = at + used;
    let end = start + frames(extra);
    packet.clear();
    packet.extend(&data[..at]);
    packet.extend(data.get(start..end)?);
    Some(&data[end..])
}

/// A frame's length and the bytes that it is written in (RFC 6716, section 3.2.1).
fn length(data: &[u8]) -> Option<(usize, usize)> {
    match *data {
        [first, second, ..] if first >= 252 => Some((usize::from(first) + 4 * usize::from(second), 2)),
        [first, ..] if first < 252 => Some((first.into(), 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_packing_is_delimited() {
        for (name, delimited_form, usual_form) in [
            ("one frame", &[0x08, 3, 1, 2, 3][..], &[0x08, 1, 2, 3][..]),
            ("two of a size", &[0x09, 2, 1, 2, 3, 4], &[0x09, 1, 2, 3, 4]),
            ("two of any size", &[0x0a, 1, 2, 1, 2, 3], &[0x0a, 1, 1, 2, 3]),
            ("three of a size", &[0x0b, 0x03, 1, 1, 2, 3], &[0x0b, 0x03, 1, 2, 3]),
            ("three of any size", &[0x0b, 0x83, 1, 0, 2, 1, 2, 3], &[0x0b, 0x83, 1, 0, 1, 2, 3]),
            ("padded", &[0x0b, 0x41, 2, 1, 1, 0, 0], &[0x0b, 0x41, 2, 1, 0, 0]),
            ("padded, any size", &[0x0b, 0xc2, 1, 1, 1, 1, 2, 0], &[0x0b, 0xc2, 1, 1, 1, 2, 0]),
        ] {
            let mut packet = Vec::new();
            let data = [delimited_form, &[77, 78]].concat();
            assert_eq!(delimited(&data, &mut packet), Some(&[77, 78][..]), "{name}");
            assert_eq!(packet, usual_form, "{name}");
            for cut in 0..delimited_form.len() {
                assert_eq!(delimited(&data[..cut], &mut packet), None, "{name}, {cut} bytes");
            }
        }
    }

    #[test]
    fn long_lengths_take_two_bytes() {
        assert_eq!(length(&[251]), Some((251, 1)));
        assert_eq!(length(&[252, 0]), Some((252, 2)));
        assert_eq!(length(&[255, 255]), Some((1275, 2)));
        assert_eq!(length(&[252]), None);
        assert_eq!(length(&[]), None);
    }

    #[test]
    fn a_bad_mapping_is_an_error() {
        let new = |streams, coupled, mapping: &[u8]| Multistream::new(48_000, streams, coupled, mapping).is_ok();
        assert!(new(2, 1, &[0, 2, 1]) && new(1, 0, &[0, 255]));
        assert!(!new(0, 0, &[0]) && !new(1, 2, &[0]) && !new(2, 1, &[3]) && !new(1, 0, &[]) && !new(255, 1, &[0]));
    }
}
