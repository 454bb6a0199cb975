//! `voiced split`: every speech segment of a recording as a WAV file.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use voiced::Segment;
use voiced::audio::wav::{Format, Writer};

use crate::args::Split;
use crate::batch::guarded;
use crate::channel::{Channel, Ear, hear};
use crate::detectors::Detectors;
use crate::fault::{Fault, Stop};
use crate::input::{Recording, is_stdin};
use crate::inputs::Inputs;
use crate::listen::{Heard, segments};
use crate::output::time::millis;
use crate::progress::Progress;
use crate::sink::{self, Sink, WholeFile};

pub(crate) fn run(arguments: &Split, quiet: bool) -> Result<(), Stop> {
    let config = arguments.delay.compensated(arguments.segmentation.config()?, arguments.detection.detector);
    let path = arguments.file.as_path();
    if is_stdin(path) {
        let message = "split reads its recording twice, which standard input cannot: write it to a file first";
        return Err(Stop::Usage(message.to_owned()));
    }
    let detectors = Detectors::new(&arguments.detection)?;
    let progress = Progress::new([path, path], quiet); // the recording is read twice
    guarded(path, || {
        if path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let reason = "split reads its recording twice, which a pipe cannot: write it to a file first";
            return Err(Fault::new(path.display().to_string(), reason).into());
        }
        let mut recording = Recording::open(path)?;
        let channel = arguments.channel;
        let (heard, _) = segments(&mut recording, channel, &detectors, &config, &mut progress.task(path))?;
        if let Some(warning) = recording.warning() {
            progress.warn(&warning);
        }
        let parts = Parts { folder: &arguments.output, source: path, rate: recording.rate };
        let lanes: Vec<Lane> = heard.into_iter().map(|heard| Lane::new(heard, channel)).collect();
        let inputs = Inputs::new([Some(path), arguments.detection.weights.as_deref()].into_iter().flatten());
        lanes.iter().flat_map(|lane| lane.places(&parts)).try_for_each(|place| inputs.refuse(&place))?;
        sink::folder(&arguments.output)?;
        write_all(path, lanes, &parts, &progress)
    })
}

/// The second reading: what lies in a segment is written.
fn write_all(path: &Path, mut lanes: Vec<Lane>, parts: &Parts<'_>, progress: &Progress) -> Result<(), Stop> {
    let mut recording = Recording::open(path)?;
    let mut task = progress.task(path);
    let mut list = Some(Sink::new(None)?); // until nobody reads it any more
    let mut block = Vec::new(); // (frames, channels)
    let mut position = 0;
    loop {
        recording.next(&mut block)?;
        let frames = (block.len() / recording.channels) as u64;
        if frames == 0 {
            return list.map_or(Ok(()), Sink::finish);
        }
        for lane in &mut lanes {
            for written in lane.write(&block, position, recording.channels, parts)? {
                let Some(out) = &mut list else { continue };
                let line = format!("{}\n", written.display());
                match progress.suspend(|| out.write(&line).and_then(|()| out.flush())) {
                    Err(Stop::ClosedPipe) => list = None,
                    done => done?,
                }
            }
        }
        position += frames;
        task.advance(frames, &recording);
    }
}

/// Where parts go, and what they are cut from.
struct Parts<'a> {
    folder: &'a Path,
    source: &'a Path,
    rate: u32,
}

impl Parts<'_> {
    /// `NAME_0001_12.345-15.678.wav`, by number from 1, start and end in seconds.
    fn place(&self, channel: Ear, number: usize, segment: Segment) -> PathBuf {
        let mut name = self.source.file_stem().unwrap_or_default().to_owned();
        if let Some(channel) = channel {
            name.push(format!("_ch{channel}"));
        }
        let (start, end) = (millis(segment.start, self.rate), millis(segment.end, self.rate));
        name.push(format!("_{number:04}_{start}-{end}.wav"));
        self.folder.join(name)
    }
}

/// The segments that one ear heard, on their way into files.
struct Lane {
    /// The one channel that is written; `None` writes them all.
    channel: Ear,
    segments: Vec<Segment>,
    next: usize,
    open: Option<Part>,
    mono: Vec<f32>,
}

/// A file that is being written.
struct Part {
    place: PathBuf,
    file: WholeFile,
    writer: Writer<BufWriter<File>>,
}

impl Lane {
    fn new(heard: Heard, channel: Channel) -> Self {
        let channel = heard.ear.filter(|_| channel == Channel::Each);
        Self { channel, segments: heard.segments, next: 0, open: None, mono: Vec::new() }
    }

    /// Where its files go.
    fn places(&self, parts: &Parts<'_>) -> impl Iterator<Item = PathBuf> {
        (1..).zip(&self.segments).map(|(number, &segment)| parts.place(self.channel, number, segment))
    }

    /// Writes what of `block`, shape (frames, channels), that begins at `position`, lies in segments; returns the files
    /// that it completed.
    fn write(
        &mut self,
        block: &[f32],
        position: u64,
        channels: usize,
        parts: &Parts<'_>,
    ) -> Result<Vec<PathBuf>, Fault> {
        let end = position + (block.len() / channels) as u64;
        let mut written = Vec::new();
        while let Some(&segment) = self.segments.get(self.next).filter(|segment| segment.start < end) {
            let mut part = match self.open.take() {
                Some(part) => part,
                None => Part::create(parts, self.channel, self.next + 1, segment, channels)?,
            };
            let frame = |at: u64| (at.clamp(position, end) - position) as usize * channels;
            let samples = &block[frame(segment.start)..frame(segment.end)];
            let samples = match self.channel {
                None => samples,
                ear => {
                    hear(ear, samples, channels, &mut self.mono).map_err(|e| part.fault(&e))?;
                    &self.mono
                }
            };
            part.writer.write(samples).map_err(|e| part.fault(&e))?;
            if segment.end > end {
                self.open = Some(part);
                break;
            }
            written.push(part.finish()?);
            self.next += 1;
        }
        Ok(written)
    }
}

impl Part {
    fn create(
        parts: &Parts<'_>,
        channel: Ear,
        number: usize,
        segment: Segment,
        channels: usize,
    ) -> Result<Self, Fault> {
        let place = parts.place(channel, number, segment);
        let file = WholeFile::create(&place)?;
        let channels = channel.map_or(channels, |_| 1);
        let writer = Writer::new(BufWriter::new(file.handle()?), parts.rate, channels, Format::I16);
        let writer = writer.map_err(|e| Fault::new(place.display().to_string(), e))?;
        Ok(Self { place, file, writer })
    }

    fn finish(self) -> Result<PathBuf, Fault> {
        let Self { place, file, writer } = self;
        writer.finish().map_err(|e| Fault::new(place.display().to_string(), e))?;
        file.commit()?;
        Ok(place)
    }

    fn fault(&self, error: &voiced::Error) -> Fault {
        Fault::new(self.place.display().to_string(), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voiced::audio::wav::Reader;

    /// What the files hold when a recording with these channels arrives in blocks of these many frames.
    fn split(samples: &[f32], channels: usize, channel: Ear, segments: &[Segment], block: usize) -> Vec<Vec<f32>> {
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts { folder: folder.path(), source: Path::new("x/talk.mp3"), rate: 1000 };
        let (ear, choice) = (channel, channel.map_or(Channel::Mix, |_| Channel::Each));
        let mut lane = Lane::new(Heard { ear, segments: segments.to_vec() }, choice);
        let mut position = 0;
        let mut files = Vec::new();
        for block in samples.chunks(block * channels) {
            files.extend(lane.write(block, position, channels, &parts).unwrap());
            position += (block.len() / channels) as u64;
        }
        assert_eq!(files.len(), segments.len());
        let read = |path: &PathBuf| {
            let mut reader = Reader::new(File::open(path).unwrap()).unwrap();
            assert_eq!((reader.rate(), reader.channels()), (1000, channel.map_or(channels, |_| 1)));
            let mut samples = vec![0.0; 10_000];
            let count = reader.read(&mut samples).unwrap();
            samples.truncate(count);
            samples
        };
        files.iter().map(read).collect()
    }

    #[test]
    fn files_hold_their_segments_whatever_the_blocks() {
        let samples: Vec<f32> = (0_u16..2000).map(|n| f32::from(n) / 32_768.0).collect();
        let segments = [(0, 3), (3, 500), (700, 1000)].map(|(start, end)| Segment { start, end });
        for block in [1, 7, 250, 1000, 5000] {
            let stereo = split(&samples, 2, None, &segments, block);
            let right = split(&samples, 2, Some(2), &segments, block);
            for (i, Segment { start, end }) in segments.into_iter().enumerate() {
                let expected = &samples[start as usize * 2..end as usize * 2];
                assert_eq!(stereo[i], expected, "blocks of {block}");
                let expected: Vec<f32> = expected.iter().skip(1).step_by(2).copied().collect();
                assert_eq!(right[i], expected, "blocks of {block}");
            }
        }
    }

    #[test]
    fn names_tell_number_and_times() {
        let parts = Parts { folder: Path::new("out"), source: Path::new("x/talk.1.mp3"), rate: 16_000 };
        let segment = Segment { start: 1600, end: 160_008 };
        assert_eq!(parts.place(None, 7, segment), Path::new("out/talk.1_0007_0.100-10.001.wav"));
        assert_eq!(parts.place(Some(2), 7, segment), Path::new("out/talk.1_ch2_0007_0.100-10.001.wav"));
    }
}
