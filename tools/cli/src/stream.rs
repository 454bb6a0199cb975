//! `voiced stream`: raw PCM on standard input, one JSON event per line out.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read, Write};

use voiced::{Event, Segment};

use crate::args::{Encoding, Stream};
use crate::channel::{Ear, ears, hear};
use crate::detectors::Detectors;
use crate::fault::{Fault, Stop, describe, tell};
use crate::output::time::seconds;

/// Bytes read at most at a time; what is there is taken at once.
const READ: usize = 64 * 1024;

pub(crate) fn run(arguments: &Stream, quiet: bool) -> Result<(), Stop> {
    let config = arguments.delay.compensated(arguments.segmentation.config()?, arguments.detection.detector);
    let &Stream { rate, encoding, with_continue, .. } = arguments;
    let channels = usize::from(arguments.channels);
    let ears = ears(arguments.channel, channels).map_err(|reason| Stop::Usage(format!("--channel: {reason}")))?;
    let detectors = Detectors::new(&arguments.detection)?;
    let stream = || -> Result<voiced::Stream, Stop> {
        let stream = voiced::Stream::new(detectors.make(rate)?, rate, &config);
        stream.map_err(|e| Stop::Usage(format!("--rate: {e}")))
    };
    let mut streams = ears.iter().map(|_| stream()).collect::<Result<Vec<_>, _>>()?;

    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut print = |event: Event, ear: Ear| {
        if matches!(event, Event::Continue { .. }) && !with_continue {
            return Ok(());
        }
        let written = output.write_all(line(event, ear, rate).as_bytes()).and_then(|()| output.flush());
        written.map_err(|e| Stop::stdout(&e))
    };
    let mut pcm = Pcm::new(encoding, channels);
    let mut mono = Vec::new();
    loop {
        let block = match pcm.read(&mut input) {
            Ok(Some(block)) => block,
            Ok(None) => break,
            Err(e) => return Err(Fault::new("standard input", describe(&e)).into()),
        };
        for (stream, &ear) in streams.iter_mut().zip(&ears) {
            hear(ear, block, channels, &mut mono).map_err(|e| Fault::new("standard input", e))?;
            let mut rest = mono.as_slice();
            while let Some(update) = stream.push(&mut rest) {
                update.events.into_iter().try_for_each(|event| print(event, ear))?;
            }
        }
    }
    for (stream, &ear) in streams.iter_mut().zip(&ears) {
        while let Some(update) = stream.finish() {
            update.events.into_iter().try_for_each(|event| print(event, ear))?;
        }
    }
    let stray = pcm.stray();
    if stray > 0 && !quiet {
        let bytes = if stray == 1 { "1 byte is".to_owned() } else { format!("{stray} bytes are") };
        tell(format_args!("voiced: warning: standard input: ends in the middle of a sample: {bytes} left out"));
    }
    Ok(())
}

/// An event as a JSON object, with the line's end.
fn line(event: Event, ear: Ear, rate: u32) -> String {
    let time = |at| seconds(at, rate);
    let mut text = match event {
        Event::Start { at } => format!("{{\"event\":\"start\",\"time\":{}", time(at)),
        Event::Continue { at } => format!("{{\"event\":\"continue\",\"time\":{}", time(at)),
        Event::End(Segment { start, end }) => {
            format!("{{\"event\":\"end\",\"start\":{},\"end\":{}", time(start), time(end))
        }
        Event::Misfire { at } => format!("{{\"event\":\"misfire\",\"time\":{}", time(at)),
    };
    if let Some(number) = ear {
        write!(text, ",\"channel\":{number}").expect("a String takes all text");
    }
    text + "}\n"
}

/// Makes samples of bytes that come in pieces of any length.
struct Pcm {
    encoding: Encoding,
    frame_bytes: usize,
    bytes: Vec<u8>,
    filled: usize,     // bytes that are not decoded yet
    samples: Vec<f32>, // (frames, channels)
}

impl Pcm {
    fn new(encoding: Encoding, channels: usize) -> Self {
        let bytes = match encoding {
            Encoding::S16le => 2,
            Encoding::F32le => 4,
        };
        let frame_bytes = bytes * channels;
        Self { encoding, frame_bytes, bytes: vec![0; READ.max(frame_bytes)], filled: 0, samples: Vec::new() }
    }

    /// What one read gives, as whole frames, perhaps none; `None` at the end.
    fn read(&mut self, input: &mut impl Read) -> io::Result<Option<&[f32]>> {
        let count = loop {
            match input.read(&mut self.bytes[self.filled..]) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        if count == 0 {
            return Ok(None);
        }
        self.filled += count;
        let whole = self.filled - self.filled % self.frame_bytes;
        let bytes = &self.bytes[..whole];
        self.samples.clear();
        match self.encoding {
            Encoding::S16le => {
                let words = bytes.as_chunks().0.iter();
                self.samples.extend(words.map(|&word| f32::from(i16::from_le_bytes(word)) / 32_768.0));
            }
            Encoding::F32le => self.samples.extend(bytes.as_chunks().0.iter().map(|&word| f32::from_le_bytes(word))),
        }
        self.bytes.copy_within(whole..self.filled, 0);
        self.filled -= whole;
        Ok(Some(&self.samples))
    }

    /// Bytes at the end that make no whole frame.
    fn stray(&self) -> usize {
        self.filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that gives `piece` bytes at a time.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    #[test]
    fn pieces_of_any_length_give_the_same_samples() {
        let floats: Vec<f32> = (0_u16..50).map(|n| f32::from(n) / 64.0).collect();
        let f32s: Vec<u8> = floats.iter().flat_map(|n| n.to_le_bytes()).chain([1, 2, 3]).collect();
        let i16s: Vec<u8> =
            floats.iter().flat_map(|n| ((n * 32_768.0) as i16).to_le_bytes()).chain([1, 2, 3]).collect();
        for (encoding, bytes) in [(Encoding::F32le, &f32s), (Encoding::S16le, &i16s)] {
            for piece in (1..20).chain([READ]) {
                let mut pcm = Pcm::new(encoding, 2);
                let mut source = Pieces(bytes, piece);
                let mut samples = Vec::new();
                while let Some(block) = pcm.read(&mut source).unwrap() {
                    assert_eq!(block.len() % 2, 0);
                    samples.extend_from_slice(block);
                }
                assert_eq!(samples.len(), 50, "{encoding:?} in pieces of {piece}");
                assert!(samples.iter().zip(&floats).all(|(a, b)| (a - b).abs() < 1e-4));
                assert_eq!(pcm.stray(), 3);
            }
        }
    }

    #[test]
    fn events_are_objects() {
        let event = |event| line(event, None, 16_000);
        assert_eq!(event(Event::Start { at: 20_000 }), "{\"event\":\"start\",\"time\":1.250}\n");
        assert_eq!(event(Event::Continue { at: 1 }), "{\"event\":\"continue\",\"time\":0.000063}\n");
        assert_eq!(event(Event::Misfire { at: 0 }), "{\"event\":\"misfire\",\"time\":0.000}\n");
        let end = Event::End(Segment { start: 1600, end: 3200 });
        assert_eq!(event(end), "{\"event\":\"end\",\"start\":0.100,\"end\":0.200}\n");
        assert_eq!(line(end, Some(2), 16_000), "{\"event\":\"end\",\"start\":0.100,\"end\":0.200,\"channel\":2}\n");
    }
}
