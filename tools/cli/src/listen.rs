//! One recording through as many engine streams as channels are listened to.

use voiced::{BATCH, Event, Segment, SegmentConfig, Stream, Update};

use crate::channel::{Channel, Ear, ears, hear};
use crate::detectors::Detectors;
use crate::fault::Fault;
use crate::input::Recording;
use crate::progress::Task;

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

/// Plays a recording to the end through a stream for each ear: `take` is given each update, and the ear's position.
/// Returns the ears, and the length in samples of each channel.
pub(crate) fn listen<E: From<Fault>>(
    recording: &mut Recording,
    channel: Channel,
    detectors: &Detectors,
    config: &SegmentConfig,
    task: &mut Task<'_>,
    mut take: impl FnMut(usize, Update) -> Result<(), E>,
) -> Result<(Vec<Ear>, u64), E> {
    let fault = |reason: String| Fault::new(&recording.name, reason);
    let ears = ears(channel, recording.channels).map_err(fault)?;
    let stream = || -> Result<Stream, Fault> {
        let stream = Stream::new(detectors.make(recording.rate)?, recording.rate, config);
        stream.and_then(|stream| stream.with_batches(BATCH)).map_err(|e| fault(e.to_string()))
    };
    let mut streams = ears.iter().map(|_| stream()).collect::<Result<Vec<_>, _>>()?;
    let length = play(recording, &ears, task, |position, mut samples| {
        while let Some(update) = streams[position].push(&mut samples) {
            take(position, update)?;
        }
        Ok::<_, E>(())
    })?;
    for (position, stream) in streams.iter_mut().enumerate() {
        while let Some(update) = stream.finish() {
            take(position, update)?;
        }
    }
    Ok((ears, length))
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
    let mut found: Vec<(usize, Segment)> = Vec::new(); // each with its ear's position
    let (ears, length) = listen(recording, channel, detectors, config, task, |position, update| {
        found.extend(update.events.into_iter().filter_map(Event::segment).map(|segment| (position, segment)));
        Ok::<_, Fault>(())
    })?;
    let heard = ears.iter().enumerate().map(|(position, &ear)| {
        let own = found.iter().filter(|(by, _)| *by == position);
        Heard { ear, segments: own.map(|&(_, segment)| segment).collect() }
    });
    Ok((heard.collect(), length))
}
