//! A voice agent's ears: `cargo run --release --features wav --example voice_agent -- FILE.wav [FOLDER [CHANNEL]]`
//!
//! A recogniser gets speech while it is said, and each turn ends after a silence that suits the speaker. The file is read in
//! packets of 20 ms, as a microphone gives them, at any rate and with any number of channels. Heard is their mean, or the one
//! with the number CHANNEL, counted from 0. Each utterance is written to FOLDER.

use std::error::Error;
use std::fs::File;
use std::path::PathBuf;

use voiced::audio::wav::{Format, Reader, Writer};
use voiced::audio::{mix_down, pick};
use voiced::{AnyDetector, Event, Kind, SegmentConfig, Stream, Update};

/// Milliseconds before each start that the recogniser gets too: a first consonant is often too weak to be found.
const PRE_ROLL_MS: f64 = 300.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("usage: voice_agent FILE.wav [FOLDER [CHANNEL]], for example tests/data/speech_16k.wav");
        std::process::exit(2);
    };
    let folder = arguments.next().map(PathBuf::from);
    let channel = arguments.next().map(|number| number.parse::<usize>()).transpose()?;
    let mut microphone = Reader::new(File::open(path)?)?;
    let (rate, channels) = (microphone.rate(), microphone.channels());

    let silero = Kind::Silero.load(rate)?; // once: all of a server's calls share it
    let mut agent = Agent::new(silero.detector(), rate, folder)?;
    let mut block = vec![0.0; rate as usize / 50 * channels];
    let mut mono = Vec::new();
    loop {
        let count = microphone.read(&mut block)?;
        if count == 0 {
            break;
        }
        mono.clear();
        match channel {
            Some(channel) => pick(&block[..count], channels, channel, &mut mono)?,
            None => mix_down(&block[..count], channels, &mut mono),
        }
        let mut packet = mono.as_slice();
        while let Some(update) = agent.stream.push(&mut packet) {
            agent.hear(update)?;
        }
    }
    while let Some(update) = agent.stream.finish() {
        agent.hear(update)?;
    }
    Ok(())
}

/// One call.
struct Agent {
    stream: Stream<AnyDetector, f32>,
    recogniser: Recogniser,
    patience: Patience,
    rate: u32,
    begin: u64,    // where the audio of this utterance begins, pre-roll included
    sent: u64,     // up to here the recogniser has it
    last_end: u64, // of the utterance before
    spoken: u64,   // how long the speech had been going on at the last update
}

impl Agent {
    fn new(detector: AnyDetector, rate: u32, folder: Option<PathBuf>) -> Result<Self, voiced::Error> {
        let patience = Patience::default();
        let stream = Stream::new(detector, rate, &patience.config())?.with_audio(PRE_ROLL_MS)?;
        let recogniser = Recogniser { rate, folder, heard: Vec::new(), utterances: 0 };
        Ok(Self { stream, recogniser, patience, rate, begin: 0, sent: 0, last_end: 0, spoken: 0 })
    }

    fn hear(&mut self, update: Update) -> Result<(), Box<dyn Error>> {
        let now = self.seconds(update.end);
        // A `Start` may be taken back, speech beyond `min_speech_ms` is not: a cough stops no agent.
        let sure = self.samples(self.stream.config().min_speech_ms);
        if self.spoken <= sure && update.speech > sure {
            println!("{now:7.3} s  sure: if the agent is speaking, it stops");
        }
        // Once speech goes on after a pause, the pause counts as speech too: it is what is added beyond this hop.
        let pause = update.speech.saturating_sub(self.spoken + (update.end - update.start));
        if self.spoken > 0 && pause > 0 {
            self.patience.paused(self.seconds(pause));
        }
        self.spoken = update.speech;

        for event in update.events {
            match event {
                Event::Start { at } => {
                    println!("{now:7.3} s  speech from {:.3} s", self.seconds(at));
                    if self.last_end > 0 {
                        self.patience.paused(self.seconds(at - self.last_end));
                    }
                    self.begin = at.saturating_sub(self.samples(PRE_ROLL_MS)).max(self.last_end);
                    self.sent = self.begin;
                    self.recogniser.begin();
                }
                Event::Continue { at } => self.send(at),
                Event::Misfire { .. } => self.recogniser.begin(),
                Event::End(segment) => {
                    self.send(segment.end);
                    let length = self.recogniser.end(segment.end - self.begin)?;
                    let (start, end) = (self.seconds(segment.start), self.seconds(segment.end));
                    println!(
                        "{now:7.3} s  an utterance from {start:.3} to {end:.3} s, {length:.3} s of audio with its pre-roll"
                    );
                    self.patience.ended(end - start);
                    self.last_end = segment.end;
                }
            }
        }
        let config = self.patience.config();
        if config != *self.stream.config() {
            self.stream.set_config(&config)?;
            println!("{now:7.3} s  a turn ends after {:.0} ms of silence from now on", config.min_silence_ms);
        }
        Ok(())
    }

    /// Gives the recogniser the caller's audio up to `end`, unless it has that already.
    fn send(&mut self, end: u64) {
        if let Some(audio) = self.stream.audio(self.sent..end) {
            self.recogniser.send(audio);
            self.sent = end;
        }
    }

    fn samples(&self, ms: f64) -> u64 {
        (f64::from(self.rate) * ms / 1000.0) as u64
    }

    fn seconds(&self, samples: u64) -> f64 {
        samples as f64 / f64::from(self.rate)
    }
}

/// How much silence ends a turn: more for somebody who makes long pauses, and after a few words ("Well …").
#[derive(Default)]
struct Patience {
    pause: f64, // seconds: the longest of late
    was_short: bool,
}

impl Patience {
    /// A pause within a turn, or a turn that went on soon after it seemed to be over.
    fn paused(&mut self, seconds: f64) {
        if seconds < 1.0 {
            self.pause = self.pause.max(seconds);
        }
    }

    fn ended(&mut self, seconds: f64) {
        self.pause *= 0.9; // forgotten in time
        self.was_short = seconds < 1.0;
    }

    fn config(&self) -> SegmentConfig {
        let few_words = if self.was_short { 300.0 } else { 0.0 };
        let mut config = SegmentConfig::default();
        config.min_silence_ms = (1.5 * 1000.0 * self.pause).clamp(400.0, 900.0) + few_words;
        config
    }
}

/// Stands in for a recogniser that takes audio as it comes.
struct Recogniser {
    rate: u32,
    folder: Option<PathBuf>,
    heard: Vec<f32>,
    utterances: usize,
}

impl Recogniser {
    /// Forgets what was sent: another utterance begins, or there was none.
    fn begin(&mut self) {
        self.heard.clear();
    }

    fn send(&mut self, audio: &[f32]) {
        self.heard.extend_from_slice(audio);
    }

    /// The utterance is over, and had so many samples: what was sent beyond them is silence. Returns its seconds.
    fn end(&mut self, samples: u64) -> Result<f64, Box<dyn Error>> {
        self.heard.truncate(samples as usize);
        self.utterances += 1;
        if let Some(folder) = &self.folder {
            let file = File::create(folder.join(format!("utterance_{}.wav", self.utterances)))?;
            let mut wav = Writer::new(file, self.rate, 1, Format::I16)?;
            wav.write(&self.heard)?;
            wav.finish()?;
        }
        Ok(self.heard.len() as f64 / f64::from(self.rate))
    }
}
