//! All other formats, through `symphonia`.

use std::io::ErrorKind;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, MediaInfo, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase};

use super::mp4::Edit;
use super::opus::Opus;
use super::{Opened, Source};

const LEGAL: &str = "WAV, FLAC, MP3, Ogg Vorbis, Opus, M4A/AAC, AIFF, CAF and Matroska/WebM can be read";

/// Samples of each channel that a packet may have: more than any encoder puts into one, and few enough that a decoder can make
/// room for what a header claims.
const MOST_FRAMES: u64 = 1 << 20;

/// Opens what is no WAV file. `edit` says which part of what is decoded is the recording, where a container does.
pub(super) fn open(
    bytes: Box<dyn MediaSource>,
    extension: Option<&str>,
    edit: Option<Edit>,
) -> Result<Opened, String> {
    let mut hint = Hint::new();
    if let Some(extension) = extension {
        hint.with_extension(extension);
    }
    let stream = MediaSourceStream::new(bytes, symphonia::core::io::MediaSourceStreamOptions::default());
    let format = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|e| match e {
            Error::IoError(e) if e.kind() != ErrorKind::UnexpectedEof => format!("cannot be read: {e}"),
            Error::SeekError(_) => "this file cannot be read from a pipe: give its path".to_owned(),
            _ => format!("not a readable audio file: {LEGAL}"),
        })?;

    let (track, codec) = select(&*format)?;
    let mut source = Compressed {
        track: track.id,
        skip: codec.skip(),
        codec,
        edit,
        room: u64::MAX,
        expected: None,
        pending: Vec::new(),
        shape: None,
        frames: 0,
        damaged: 0,
        usual: 0,
        ended_early: None,
        format,
    };
    let expected = expected_length(&track, source.format.media_info());
    source.decode_next()?;
    let Some((rate, channels)) = source.shape else {
        return Err(match source.damaged {
            0 => "there is no audio in it".to_owned(),
            damaged => format!("none of its {damaged} packets could be decoded"),
        });
    };
    let frames = expected.map(|expected| match expected {
        Expected::Frames(frames) => frames,
        Expected::Seconds(seconds) => (seconds * f64::from(rate)) as u64,
    });
    let frames = edit.map(|edit| edit.samples(rate).1).filter(|&frames| frames < u64::MAX).or(frames);
    source.expected = frames;
    Ok(Opened { rate, channels, frames, source: Box::new(source) })
}

/// How long the track or the whole file should be, by what they say.
enum Expected {
    Frames(u64),
    Seconds(f64),
}

fn expected_length(track: &Track, file: &MediaInfo) -> Option<Expected> {
    let seconds = |base: Option<TimeBase>, duration: Option<Duration>| {
        let (base, duration) = (base?, duration?);
        Some(Expected::Seconds(duration.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get())))
    };
    let of_track = || seconds(track.time_base, track.duration);
    track.num_frames.map(Expected::Frames).or_else(of_track).or_else(|| seconds(file.time_base, file.duration))
}

/// The track to listen to, and a decoder for it.
fn select(format: &dyn FormatReader) -> Result<(Track, Codec), String> {
    let track = format.default_track(TrackType::Audio).ok_or("there is no audio track in it")?;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
    let parameters = parameters.ok_or("the codec of its audio track is unknown")?;
    Ok((track.clone(), Codec::new(parameters)?))
}

enum Codec {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Box<Opus>),
}

impl Codec {
    fn new(parameters: &AudioCodecParameters) -> Result<Self, String> {
        if parameters.codec == CODEC_ID_OPUS {
            let channels = parameters.channels.as_ref().map_or(2, Channels::count);
            let header = parameters.extra_data.as_deref().unwrap_or_default();
            return Ok(Self::Opus(Box::new(Opus::new(header, channels)?)));
        }
        if let Some(frames) = parameters.max_frames_per_packet.filter(|&frames| frames > MOST_FRAMES) {
            return Err(format!("its packets have {frames} samples, it says: at most {MOST_FRAMES} can be read"));
        }
        let decoder =
            symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default());
        decoder.map(Self::Symphonia).map_err(|e| format!("its audio cannot be decoded: {e}"))
    }

    /// Samples of each channel before the recording, of which the decoder does not know.
    fn skip(&self) -> u64 {
        match self {
            Self::Symphonia(_) => 0,
            Self::Opus(opus) => opus.skip as u64,
        }
    }

    /// Replaces `block` by a packet's samples, less what an encoder added before and after the recording, and returns
    /// their rate and channels; `None` where the packet is broken.
    fn decode(&mut self, packet: &Packet, block: &mut Vec<f32>) -> Result<Option<(u32, usize)>, String> {
        match self {
            Self::Opus(opus) => Ok(opus.decode(packet, block)),
            Self::Symphonia(decoder) => match decoder.decode(packet) {
                Ok(audio) => {
                    let (rate, channels) = (audio.spec().rate(), audio.num_planes());
                    if rate == 0 || channels == 0 {
                        return Err(format!("its audio has {rate} Hz and {channels} channels: neither may be 0"));
                    }
                    audio.copy_to_vec_interleaved(block);
                    Ok(Some((rate, channels)))
                }
                Err(Error::DecodeError(_)) => Ok(None),
                Err(Error::IoError(e)) if e.kind() == ErrorKind::UnexpectedEof => Ok(None),
                Err(e) => Err(format!("cannot be decoded: {e}")),
            },
        }
    }
}

struct Compressed {
    format: Box<dyn FormatReader>,
    track: u32,
    codec: Codec,
    pending: Vec<f32>,           // decoded when the recording was opened, to know its shape
    shape: Option<(u32, usize)>, // rate and channels of all blocks
    edit: Option<Edit>,          // until the rate is known
    skip: u64,                   // samples of each channel still to be left out
    room: u64,                   // and those that may follow
    frames: u64,
    expected: Option<u64>, // of frames
    damaged: u64,          // packets
    usual: usize,          // samples of the last good packet, all channels together
    ended_early: Option<String>,
}

impl Compressed {
    /// Decodes into `self.pending` until there is a sample in it; it stays empty at the end.
    fn decode_next(&mut self) -> Result<(), String> {
        self.pending.clear();
        while self.pending.is_empty() {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(()),
                Err(Error::ResetRequired) => {
                    // Another recording begins in the same file, as where internet radio changes the song.
                    let (track, codec) = select(&*self.format)?;
                    (self.track, self.skip, self.codec) = (track.id, codec.skip(), codec);
                    continue;
                }
                Err(Error::IoError(e)) if e.kind() != ErrorKind::UnexpectedEof => {
                    return Err(format!("cannot be read: {e}"));
                }
                Err(Error::IoError(_)) => {
                    self.ended_early = Some("ends in the middle of a packet".to_owned());
                    return Ok(());
                }
                Err(e) => {
                    self.ended_early = Some(e.to_string());
                    return Ok(());
                }
            };
            if packet.track_id != self.track {
                continue;
            }
            match (self.codec.decode(&packet, &mut self.pending)?, self.shape) {
                (Some(found), None) => {
                    self.shape = Some(found);
                    self.usual = self.pending.len();
                    let silence = self.usual * self.damaged as usize;
                    self.pending.splice(..0, std::iter::repeat_n(0.0, silence));
                    if let Some(edit) = self.edit.take() {
                        (self.skip, self.room) = edit.samples(found.0);
                    }
                }
                (Some(found), Some(shape)) if found != shape => {
                    let ((rate, channels), (now, channels_now)) = (shape, found);
                    return Err(format!(
                        "changes from {rate} Hz and {channels} channels to {now} Hz and {channels_now} channels after \
                         {} samples: a recording must stay the same throughout",
                        self.frames
                    ));
                }
                (Some(_), Some(_)) => self.usual = self.pending.len(),
                (None, shape) => {
                    self.damaged += 1;
                    // Silence takes its place, so that what follows keeps its time.
                    if let Some((rate, channels)) = shape {
                        let told = self.frames_in(packet.dur, rate) * channels;
                        self.pending.resize(if told > 0 { told } else { self.usual }, 0.0);
                    }
                }
            }
            self.trim();
        }
        let channels = self.shape.map_or(1, |(_, channels)| channels);
        self.frames += (self.pending.len() / channels) as u64;
        Ok(())
    }

    /// Leaves out what lies before and after the recording.
    fn trim(&mut self) {
        let Some((_, channels)) = self.shape else { return };
        let frames = (self.pending.len() / channels) as u64;
        let skipped = self.skip.min(frames);
        let kept = self.room.min(frames - skipped);
        self.pending.truncate((skipped + kept) as usize * channels);
        self.pending.drain(..skipped as usize * channels);
        self.skip -= skipped;
        self.room -= kept;
    }

    /// A time of the track in samples of each channel.
    fn frames_in(&self, duration: Duration, rate: u32) -> usize {
        let base = self.format.tracks().iter().find(|track| track.id == self.track).and_then(|track| track.time_base);
        let Some(base) = base else { return 0 };
        let ticks = u128::from(duration.get()) * u128::from(base.numer.get());
        let frames = ticks * u128::from(rate) / u128::from(base.denom.get());
        frames.min(u128::from(rate)) as usize // packets are shorter than a second, whatever a broken one says
    }
}

impl Source for Compressed {
    fn next(&mut self, block: &mut Vec<f32>) -> Result<(), String> {
        block.clear();
        std::mem::swap(block, &mut self.pending);
        if block.is_empty() {
            self.decode_next()?;
            std::mem::swap(block, &mut self.pending);
        }
        Ok(())
    }

    fn warning(&self) -> Option<String> {
        let damaged = match self.damaged {
            0 => None,
            1 => Some("a damaged packet was replaced by silence".to_owned()),
            count => Some(format!("{count} damaged packets were replaced by silence")),
        };
        // Matroska ends so in a pipe though it is whole; lengths are told to about a packet, which is at most 0.1 s.
        let slack = self.shape.map_or(0, |(rate, _)| u64::from(rate) / 10);
        let whole = self.expected.is_some_and(|expected| expected > 0 && self.frames + slack >= expected);
        let early = self.ended_early.as_ref().filter(|_| !whole);
        let early = early.map(|why| format!("{why}: the {} samples before are used", self.frames));
        match (damaged, early) {
            (Some(damaged), Some(early)) => Some(format!("{damaged}; {early}")),
            (damaged, early) => damaged.or(early),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn refused(file: Vec<u8>) -> String {
        open(Box::new(Cursor::new(file)), None, None).err().expect("a file that claims what cannot be")
    }

    /// An Apple CAF file of 102 bytes with packets of this many samples.
    fn caf(format: [u8; 4], frames: u32) -> Vec<u8> {
        let mut file = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
        file.extend(16_000.0_f64.to_be_bytes());
        file.extend(format);
        for number in [0, 34, frames, 1, 16] {
            file.extend(u32::to_be_bytes(number)); // flags, bytes of a packet, its samples, channels, bits
        }
        file.extend(b"data\0\0\0\0\0\0\0\x26\0\0\0\0");
        file.resize(102, 0);
        file
    }

    #[test]
    fn a_packet_that_claims_a_day_is_refused_before_there_is_room_for_it() {
        for frames in [1 << 21, u32::MAX] {
            let message = refused(caf(*b"ima4", frames));
            assert_eq!(message, format!("its packets have {frames} samples, it says: at most 1048576 can be read"));
        }
    }
}
