//! The speech in a WAV file: `cargo run --release --features wav --example segments -- FILE.wav`

use std::fs::File;

use voiced::audio::mix_down;
use voiced::audio::wav::Reader;
use voiced::{Kind, SegmentConfig, segments};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: segments FILE.wav, for example tests/data/speech_16k.wav");
        std::process::exit(2);
    };
    let mut wav = Reader::new(File::open(path)?)?;
    let (rate, channels) = (wav.rate(), wav.channels());

    let mut mono = Vec::new();
    let mut block = vec![0.0; 4096 * channels];
    loop {
        let count = wav.read(&mut block)?;
        if count == 0 {
            break;
        }
        mix_down(&block[..count], channels, &mut mono);
    }
    let silero = Kind::Silero.load(rate)?;
    for segment in segments(silero.detector(), &mono, rate, &SegmentConfig::default())? {
        let seconds = |at: u64| at as f64 / f64::from(rate);
        println!("{:9.3} {:9.3}", seconds(segment.start), seconds(segment.end));
    }
    Ok(())
}
