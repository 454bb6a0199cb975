//! Any bytes as a WAV file: what is read does not depend on how, and comes back when it is written.

use std::io::{Cursor, Read};

use voiced::audio::wav::{Format, Reader, Writer};

/// Samples of a block: more than any file here has, if it has not many thousands of channels.
const BLOCK: usize = 1 << 16;

pub fn fuzz(bytes: &[u8]) {
    let Ok(whole) = read(bytes, BLOCK) else { return };
    assert!(whole.rate > 0 && whole.channels > 0);
    assert!(whole.samples.len() <= bytes.len() && whole.samples.len() % whole.channels == 0);
    let frames = (whole.samples.len() / whole.channels) as u64;
    if let Some(claimed) = whole.claimed {
        assert!(frames <= claimed);
        assert!(frames == claimed || whole.truncated, "{frames} of {claimed}");
    }

    let slow = read(Drip(bytes), whole.channels).expect("was read before");
    assert_eq!((slow.claimed, slow.truncated), (whole.claimed, whole.truncated));
    assert_eq!(bits(&slow.samples), bits(&whole.samples));

    let Ok(floats) = write(&whole, Format::F32) else { return };
    let back = read(&floats[..], BLOCK).expect("what was written is read");
    assert_eq!((back.rate, back.channels, back.truncated), (whole.rate, whole.channels, false));
    assert_eq!(back.claimed, Some(frames).filter(|&frames| frames > 0), "nothing may be what a pipe could not count");
    assert_eq!(bits(&back.samples), bits(&whole.samples));

    let integers = write(&whole, Format::I16).expect("fewer bytes than before");
    let back = read(&integers[..], BLOCK).expect("what was written is read");
    assert_eq!(back.samples.len(), whole.samples.len());
    for (&read, &written) in back.samples.iter().zip(&whole.samples) {
        let wanted = if written.is_finite() { written.clamp(-1.0, 1.0 - 1.0 / 32_768.0) } else { 0.0 };
        assert!((read - wanted).abs() <= 0.5 / 32_768.0, "{written} as {read}");
    }
}

struct Audio {
    rate: u32,
    channels: usize,
    claimed: Option<u64>, // frames
    samples: Vec<f32>,    // (frames, channels)
    truncated: bool,
}

/// Reads all, a block at a time, with room for one sample of each channel at least.
fn read(source: impl Read, block: usize) -> Result<Audio, voiced::Error> {
    let mut reader = Reader::new(source)?;
    let (rate, channels, claimed) = (reader.rate(), reader.channels(), reader.frames());
    let mut block = vec![0.0; block.max(channels)];
    let mut samples = Vec::new();
    loop {
        let count = reader.read(&mut block)?;
        if count == 0 {
            break;
        }
        samples.extend_from_slice(&block[..count]);
    }
    assert_eq!(reader.read(&mut block)?, 0, "samples after the end");
    Ok(Audio { rate, channels, claimed, samples, truncated: reader.truncated() })
}

fn write(audio: &Audio, format: Format) -> Result<Vec<u8>, voiced::Error> {
    let mut file = Cursor::new(Vec::new());
    let mut writer = Writer::new(&mut file, audio.rate, audio.channels, format)?;
    writer.write(&audio.samples)?;
    writer.finish()?;
    Ok(file.into_inner())
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

/// Gives a byte at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}
