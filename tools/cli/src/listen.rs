//! One recording through as many engine streams as channels are listened to.

use voiced::audio::channels::{mix_down, pick};
use voiced::{BATCH, Event, Segment, SegmentConfig, Stream};

use crate::args::Channel;
use crate::detectors::{Boxed, Detectors};
use crate::fault::Fault;
use crate::input::Recording;
use crate::progress::Task;

/// What one stream of audio listens to: all channels, or one, counted from 1.
pub(crate) type Ear = Option<usize>;

/// Which streams a choice of channels makes of a recording with this many.
pub(crate) fn ears(channel: Channel, channels: usize) -> Result<Vec<Ear>, String> {
    match channel {
        Channel::Mix => Ok(vec![None]),
        Channel::Each => Ok((1..=channels).map(Some).collect()),
        Channel::Number(number) if number <= channels => Ok(vec![Some(number)]),
        Channel::Number(number) => {
            Err(format!("there is no channel {number}: the recording has {channels}, counted from 1"))
        }
    }
}

/// Replaces `mono` by what an ear hears of `block`, shape (frames, channels).
pub(crate) fn hear(ear: Ear, block: &[f32], channels: usize, mono: &mut Vec<f32>) -> Result<(), voiced::Error> {
    mono.clear();
    match ear {
        None => {
            mix_down(block, channels, mono);
            Ok(())
        }
        Some(number) => pick(block, channels, number - 1, mono),
    }
}

/// Plays a recording to the end: `take` is given what each ear, by its position in `ears`, hears of each block.
/// Returns the length in samples of each channel.
pub(crate) fn play<E: From<Fault>>(
    recording: &mut Recording,
    ears: &[Ear],
    task: &mut Task<'_>,
    mut take: impl FnMut(usize, &[f32]) -> Result<(), E>,
) -> Result<u64, E> {
    let mut block = Vec::new(); // (frames, channels)
    let mut mono = Vec::new(); // (frames)
    let mut length = 0;
    loop {
        if task.progress().is_cancelled() {
            return Err(Fault::new(&recording.name, "given up").into());
        }
        recording.next(&mut block)?;
        if block.is_empty() {
            return Ok(length);
        }
        let frames = (block.len() / recording.channels) as u64;
        length += frames;
        for (position, &ear) in ears.iter().enumerate() {
            hear(ear, &block, recording.channels, &mut mono).map_err(|e| Fault::new(&recording.name, e))?;
            take(position, &mono)?;
        }
        task.advance(frames, recording);
    }
}

/// The segments that one ear hears.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) ear: Ear,
    pub(crate) segments: Vec<Segment>,
}

/// The speech in a recording, for every ear, and its length in samples of each channel.
pub(crate) fn segments(
    recording: &mut Recording,
    channel: Channel,
    detectors: &Detectors,
    config: &SegmentConfig,
    task: &mut Task<'_>,
) -> Result<(Vec<Heard>, u64), Fault> {
    let fault = |reason: String| Fault::new(&recording.name, reason);
    let ears = ears(channel, recording.channels).map_err(fault)?;
    let rate = recording.rate;
    let stream = || -> Result<Stream<Boxed>, Fault> {
        let detector = detectors.make(rate)?;
        Stream::with_batches(detector, rate, config, BATCH).map_err(|e| Fault::new(&recording.name, e))
    };
    let mut streams = ears.iter().map(|_| stream()).collect::<Result<Vec<_>, _>>()?;
    let mut heard: Vec<Heard> = ears.iter().map(|&ear| Heard { ear, segments: Vec::new() }).collect();
    let length = play(recording, &ears, task, |position, samples| {
        heard[position].segments.extend(streams[position].push(samples).filter_map(ended));
        Ok::<_, Fault>(())
    })?;
    for (stream, heard) in streams.iter_mut().zip(&mut heard) {
        heard.segments.extend(stream.finish().filter_map(ended));
    }
    Ok((heard, length))
}

fn ended(event: Event) -> Option<Segment> {
    match event {
        Event::End(segment) => Some(segment),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_beyond_the_last_is_an_error() {
        assert_eq!(ears(Channel::Mix, 2), Ok(vec![None]));
        assert_eq!(ears(Channel::Each, 2), Ok(vec![Some(1), Some(2)]));
        assert_eq!(ears(Channel::Number(2), 2), Ok(vec![Some(2)]));
        let reason = ears(Channel::Number(3), 2).unwrap_err();
        assert!(reason.contains("no channel 3") && reason.contains("has 2"), "{reason}");
    }

    #[test]
    fn an_ear_hears_its_channel() {
        let mut mono = vec![9.0];
        hear(None, &[0.5, -0.5, 1.0, 0.0], 2, &mut mono).unwrap();
        assert_eq!(mono, [0.0, 0.5]);
        hear(Some(2), &[0.5, -0.5, 1.0, 0.0], 2, &mut mono).unwrap();
        assert_eq!(mono, [-0.5, 0.0]);
    }
}
