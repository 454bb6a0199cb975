//! Opus packets, through `opus-pure`; the containers are `symphonia`'s.

mod multistream;

use multistream::Multistream;
use opus_pure::{MAX_PACKET_SAMPLES, OpusDecoder};
use symphonia::core::packet::Packet;

/// Every Opus stream is decoded at this rate, whatever the rate of its source, in Hz.
const RATE: u16 = 48_000;

pub(super) struct Opus {
    streams: Streams,
    channels: usize,
    gain: f32,
    /// Samples of each channel that the encoder put before the recording, by the header.
    pub(super) skip: usize,
}

enum Streams {
    One(Box<OpusDecoder>),
    Many(Multistream),
}

impl Opus {
    /// A decoder from the identification header (RFC 7845, section 5.1); without one, from the number of channels.
    pub(super) fn new(header: &[u8], channels: usize) -> Result<Self, String> {
        let unsupported = |e: opus_pure::Error| format!("its Opus audio cannot be decoded: {e}");
        let Some(header) = header.strip_prefix(b"OpusHead").filter(|rest| rest.len() >= 11) else {
            let streams = Streams::One(Box::new(OpusDecoder::new(RATE.into(), channels).map_err(unsupported)?));
            return Ok(Self { streams, channels, gain: 1.0, skip: 0 });
        };
        // In MP4 the header has version 0, and its numbers are big-endian.
        let short = |at: usize| {
            let bytes = [header[at], header[at + 1]];
            if header[0] == 0 { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
        };
        let channels = usize::from(header[1]);
        let skip = usize::from(short(2));
        let gain = f32::from(short(8) as i16) / 256.0; // dB
        let streams = match (header[10], &header[11..]) {
            (0, _) => Streams::One(Box::new(OpusDecoder::new(RATE.into(), channels).map_err(unsupported)?)),
            (_, [streams, coupled, mapping @ ..]) if mapping.len() >= channels => {
                let (streams, coupled) = (usize::from(*streams), usize::from(*coupled));
                let decoder = Multistream::new(RATE.into(), streams, coupled, &mapping[..channels]);
                Streams::Many(decoder.map_err(unsupported)?)
            }
            _ => return Err("its Opus header lacks the channel mapping".to_owned()),
        };
        Ok(Self { streams, channels, gain: 10.0_f32.powf(gain / 20.0), skip })
    }

    /// Replaces `block` by the packet's samples, shape (frames, channels), less those after the recording's end, and
    /// returns their rate and channels; `None` where the packet is broken.
    pub(super) fn decode(&mut self, packet: &Packet, block: &mut Vec<f32>) -> Option<(u32, usize)> {
        block.clear();
        block.resize(MAX_PACKET_SAMPLES * self.channels, 0.0);
        let decoded = match &mut self.streams {
            Streams::One(decoder) => decode_stream(decoder, &packet.data, block),
            Streams::Many(decoder) => decoder.decode(&packet.data, block),
        };
        let Ok(frames) = decoded else {
            block.clear();
            return None;
        };
        let kept = frames.saturating_sub(packet.trim_end.get() as usize);
        block.truncate(kept * self.channels);
        for sample in block {
            *sample *= self.gain;
        }
        Some((RATE.into(), self.channels))
    }
}

/// Decodes a packet of one stream into `pcm`, which has room for the longest; returns the samples of each channel.
///
/// The length that is asked for matters where the packet holds no frame, as in silence: so much is made up.
fn decode_stream(decoder: &mut OpusDecoder, packet: &[u8], pcm: &mut [f32]) -> Result<usize, opus_pure::Error> {
    let frames = opus_pure::packet::samples_48k(packet)?;
    decoder.decode(packet, frames, pcm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use symphonia::core::units::{Duration, Timestamp};

    /// A header as it lies in Ogg.
    fn header(channels: u8, gain: i16, rest: &[u8]) -> Vec<u8> {
        let mut header = b"OpusHead\x01".to_vec();
        header.push(channels);
        header.extend(312_u16.to_le_bytes());
        header.extend(48_000_u32.to_le_bytes());
        header.extend(gain.to_le_bytes());
        header.extend(rest);
        header
    }

    #[test]
    fn the_header_tells_channels_skip_and_gain() {
        let opus = Opus::new(&header(1, -6 * 256, &[0]), 2).unwrap();
        assert_eq!((opus.channels, opus.skip), (1, 312));
        assert!((opus.gain - 0.501_187).abs() < 1e-5, "{}", opus.gain);
        let surround = Opus::new(&header(3, 0, &[1, 2, 1, 0, 2, 1]), 2).unwrap();
        assert!(matches!(surround.streams, Streams::Many(_)) && surround.channels == 3);
    }

    #[test]
    fn in_mp4_the_header_is_big_endian() {
        let opus = Opus::new(b"OpusHead\x00\x01\x01\x38\x00\x00\xbb\x80\xfa\x00\x00", 2).unwrap();
        assert_eq!((opus.channels, opus.skip), (1, 312));
        assert!((opus.gain - 0.501_187).abs() < 1e-5, "{}", opus.gain);
    }

    #[test]
    fn a_packet_without_a_frame_has_its_length() {
        let mut opus = Opus::new(&header(1, 0, &[0]), 1).unwrap();
        let mut block = Vec::new();
        // Table of contents: SILK, 10, 20, 40 and 60 ms; then CELT, 2.5 ms, twice.
        for (contents, frames) in [(0x00, 480), (0x08, 960), (0x10, 1920), (0x18, 2880), (0x81, 240)] {
            let packet = Packet::new(0, Timestamp::ZERO, Duration::ZERO, [contents]);
            assert_eq!(opus.decode(&packet, &mut block), Some((48_000, 1)));
            assert_eq!(block.len(), frames, "{contents:#x}");
        }
        let empty = Packet::new(0, Timestamp::ZERO, Duration::ZERO, []);
        assert_eq!(opus.decode(&empty, &mut block), None);
        assert!(block.is_empty());
    }

    #[test]
    fn a_bad_header_is_an_error() {
        for rest in [&[1][..], &[1, 2, 1, 0], &[1, 1, 9, 0, 1, 2], &[1, 2, 1, 0, 9, 1]] {
            assert!(Opus::new(&header(3, 0, rest), 2).is_err(), "{rest:?}");
        }
        assert!(Opus::new(&header(0, 0, &[0]), 2).is_err());
        assert!(Opus::new(b"", 6).is_err());
        assert!(Opus::new(b"", 2).is_ok());
    }
}
