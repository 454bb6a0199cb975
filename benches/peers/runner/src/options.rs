//! A process's arguments, the same for every peer.

use std::path::PathBuf;

use crate::Error;

/// The arguments of a process, as `race.py` writes them.
#[derive(Debug)]
pub struct Options {
    /// What is run: the first argument.
    pub mode: String,
    /// A 16-bit mono WAV file, which is repeated to [`SECONDS`](Options::SECONDS).
    pub recording: PathBuf,
    /// Rate at which the peer hears the recording, in Hz: the file's or a multiple of it. Defaults to 16,000.
    pub rate: u32,
    /// The file of a network, where the peer reads one.
    pub model: PathBuf,
    /// The kernel set that this engine is to use. Defaults to `auto`.
    pub kernels: String,
    /// Streams that are stepped together. Defaults to 1.
    pub streams: usize,
    /// Frames in a call of the sequence model. Defaults to 512, as in the official package's `sequence_vad.py`.
    pub block: usize,
    /// Least time that is measured, in seconds. Defaults to 0.1.
    pub least: f64,
    /// The core to stay on; any where it is not given.
    pub core: Option<usize>,
    /// Where to write the scores of one pass, as little-endian f32; then nothing is timed.
    pub scores: Option<PathBuf>,
}

impl Options {
    /// Length of the recording, in seconds.
    pub const SECONDS: usize = 60;

    /// Reads the process's own arguments.
    ///
    /// # Errors
    /// Where one is unknown, or lacks its value.
    pub fn from_args() -> Result<Self, Error> {
        let mut args = std::env::args().skip(1);
        let mut options = Self {
            mode: args.next().ok_or("the first argument is the mode")?,
            recording: PathBuf::new(),
            rate: 16_000,
            model: PathBuf::new(),
            kernels: "auto".to_owned(),
            streams: 1,
            block: 512,
            least: 0.1,
            core: None,
            scores: None,
        };
        while let Some(name) = args.next() {
            let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--recording" => options.recording = value.into(),
                "--rate" => options.rate = value.parse()?,
                "--model" => options.model = value.into(),
                "--kernels" => options.kernels = value,
                "--streams" => options.streams = value.parse()?,
                "--block" => options.block = value.parse()?,
                "--least" => options.least = value.parse()?,
                "--core" => options.core = Some(value.parse()?),
                "--scores" => options.scores = Some(value.into()),
                _ => return Err(format!("unknown option {name}").into()),
            }
        }
        Ok(options)
    }

    /// The error for a mode that the peer does not have.
    #[must_use]
    pub fn unknown_mode(&self, legal: &str) -> Error {
        format!("no mode {}: there is {legal}", self.mode).into()
    }
}
