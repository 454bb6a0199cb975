//! The network: its weights, its state, and one step of it.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::audio::sample::{clean_into, is_clean};
use crate::detector::Steps;
use crate::dsp::window::hann;
use crate::error::Error;
use crate::frame::FrameSpec;
use crate::kernels::{Kernels, Set, Window};
use crate::nn::{CausalConv1d, GruCell, Readout, Tensors};

/// Frames of one stream that are encoded together where there are many.
pub(super) const FRAMES_TOGETHER: usize = 32;
/// What a weights file of this kind of network calls itself.
const FORMAT: &str = "voiced-gru-1";
/// The lengths that a frame may have, each a power of two: those that the transform is made for, up to a quarter of a second.
const FRAMES: [usize; 5] = [256, 512, 1024, 2048, 4096];
/// The sample rates that a network may work at, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 8000..=48_000;

/// The network. Its weights never change; clones share them.
#[derive(Clone)]
pub struct Model(Arc<Weights>);

struct Weights {
    spec: FrameSpec,
    kernels: Set,
    window: Window,
    bands: Bands,
    taps: usize,
    channels: usize,
    hidden: usize,
    convolution: CausalConv1d,
    gru: GruCell,
    output: Readout,
}

/// From the power spectrum of a frame to what the network gets of it.
struct Bands {
    edges: Vec<usize>, // (bands + 1): where each begins, in bins, and the end of the last
    floor: f32,
    /// Frames over which each band's mean is taken.
    memory: f32,
}

/// What one stream carries from frame to frame.
#[derive(Clone, Debug)]
pub(crate) struct State {
    h: Vec<f32>,    // (hidden)
    mean: Vec<f32>, // (bands)
    past: Vec<f32>, // (taps - 1, bands): what the convolution sees beside the next frame, the oldest first
    /// Frames that there were, up to the memory of the means.
    frames: f32,
}

impl State {
    pub(super) fn reset(&mut self) {
        self.h.fill(0.0);
        self.mean.fill(0.0);
        self.past.fill(0.0);
        self.frames = 0.0;
    }
}

/// Buffers for some frames at a time, which hold nothing from one step to the next.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    samples: Vec<f32>,     // (frame)
    powers: Vec<f32>,      // (bins)
    transform: Vec<f32>,   // scratch
    seen: Vec<f32>,        // (frames, taps, bands)
    features: Vec<f32>,    // (frames, channels)
    h: Vec<f32>,           // (frames, hidden)
    from_input: Vec<f32>,  // (frames, 3, hidden)
    from_hidden: Vec<f32>, // (frames, 3, hidden)
}

impl Model {
    /// The weights that come with this crate, for audio at 16,000 Hz.
    ///
    /// # Errors
    /// None with the weights that are embedded; they are read like any others.
    #[cfg(feature = "embedded")]
    pub fn embedded() -> Result<Self, Error> {
        Self::embedded_with(Kernels::best())
    }

    /// The same, run by a kernel set.
    ///
    /// # Errors
    /// [`Error::Kernels`] where this machine cannot run the kernel set.
    #[cfg(feature = "embedded")]
    pub fn embedded_with(kernels: Kernels) -> Result<Self, Error> {
        Self::from_bytes_with(include_bytes!("../../../weights/gru_16k.safetensors"), kernels)
    }

    /// Reads weights from the bytes of a safetensors file as `tools/train` writes it, which says what their sizes are.
    ///
    /// # Errors
    /// [`Error::WeightsFile`] where the bytes are not such a file, and [`Error::TensorMissing`], [`Error::TensorShape`]
    /// and [`Error::TensorValues`] where the network lacks something in it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_bytes_with(bytes, Kernels::best())
    }

    /// The same, run by a kernel set.
    ///
    /// # Errors
    /// As those of [`from_bytes`](Self::from_bytes), and [`Error::Kernels`] where this machine cannot run the kernel set.
    pub fn from_bytes_with(bytes: &[u8], kernels: Kernels) -> Result<Self, Error> {
        let tensors = Tensors::parse(bytes)?;
        let metadata = Tensors::metadata(bytes)?;
        if stated::<String>(&metadata, "format")? != [FORMAT] {
            return Err(Error::WeightsFile { reason: format!("its metadata has no \"format\" of {FORMAT:?}") });
        }
        let kernels = kernels.checked()?;
        let rate = stated_once(&metadata, "rate", |rate| RATES.contains(rate))?;
        let frame = stated_once(&metadata, "frame", |frame| FRAMES.contains(frame))?;
        let hop = stated_once(&metadata, "hop", |hop| (1..=frame).contains(hop))?;
        let floor = stated_once(&metadata, "floor", |floor: &f32| floor.is_normal() && *floor > 0.0)?;

        let [channels, taps] = sizes(&tensors, "conv.weight", [0, 2])?;
        let [hidden] = sizes(&tensors, "gru.weight_hh", [1])?;
        let edges = stated::<usize>(&metadata, "edges")?;
        let bins = frame / 2 + 1;
        if edges.len() < 2 || !edges.is_sorted_by(|a, b| a < b) || edges.last().is_some_and(|&end| end > bins) {
            let reason = format!("its metadata has {edges:?} as \"edges\": they must rise, up to {bins} bins");
            return Err(Error::WeightsFile { reason });
        }
        let memory = stated_once(&metadata, "memory", |memory: &f32| memory.is_finite() && *memory >= 1.0)?;
        let bands = edges.len() - 1;
        let taper = hann(frame);
        let norm = taper.iter().map(|w| w * w).sum::<f32>().sqrt();
        Ok(Self(Arc::new(Weights {
            spec: FrameSpec::overlapping(rate, frame, hop),
            kernels,
            window: Window::new(&taper.iter().map(|w| w / norm).collect::<Vec<_>>()),
            bands: Bands { edges, floor, memory },
            taps,
            channels,
            hidden,
            convolution: CausalConv1d::load(kernels, &tensors, "conv", bands, channels, taps)?,
            gru: GruCell::load(kernels, &tensors, "gru", channels, hidden)?,
            output: Readout::load(&tensors, "output", hidden)?,
        })))
    }

    /// The rate, frame and hop of the network, as its file states them.
    pub fn spec(&self) -> FrameSpec {
        self.0.spec
    }

    /// The kernel set that runs it.
    pub fn kernels(&self) -> Kernels {
        self.0.kernels.kernels()
    }

    /// The scores of the next frames of a stream, which lie a hop apart in `samples`; the same to the bit as one by one.
    ///
    /// Shapes: `samples` ((frames - 1) * hop + frame), of which those missing at the end count as zeros, and `scores`
    /// (frames). What does not depend on the frame before is computed for as many frames together as the workspace holds.
    pub(super) fn steps(&self, state: &mut State, samples: &[f32], scores: &mut [f32], work: &mut Workspace) {
        let together = work.h.len() / self.0.hidden;
        let mut starts = (0..).step_by(self.0.spec.hop).map(|start| start.min(samples.len()));
        for scores in scores.chunks_mut(together) {
            for (at, start) in starts.by_ref().take(scores.len()).enumerate() {
                self.gather(at, state, &samples[start..], work);
            }
            self.encode(scores.len(), work);
            for (at, score) in scores.iter_mut().enumerate() {
                let gates = at * 3 * self.0.hidden..(at + 1) * 3 * self.0.hidden;
                self.0.gru.recall(self.0.kernels, &state.h, &mut work.from_hidden[gates]);
                *score = self.settle(at, state, work);
            }
        }
    }

    /// Puts what the convolution sees of a stream with its next frame at place `at` of the workspace.
    fn gather(&self, at: usize, state: &mut State, frame: &[f32], work: &mut Workspace) {
        let samples = match frame.get(..self.0.spec.frame) {
            Some(whole) if is_clean(whole) => whole,
            _ => {
                let given = frame.len().min(self.0.spec.frame);
                clean_into(&frame[..given], &mut work.samples[..given]);
                work.samples[given..].fill(0.0);
                &work.samples
            }
        };
        self.0.kernels.power(&self.0.window, samples, &mut work.powers, &mut work.transform);

        let bands = self.0.bands.count();
        let seen = &mut work.seen[at * self.0.taps * bands..][..self.0.taps * bands];
        let (past, present) = seen.split_at_mut((self.0.taps - 1) * bands);
        past.copy_from_slice(&state.past);
        state.frames = (state.frames + 1.0).min(self.0.bands.memory);
        self.0.bands.measure(self.0.kernels, &work.powers, 1.0 / state.frames, &mut state.mean, present);
        state.past.copy_from_slice(&seen[bands..]);
    }

    /// From the first `frames` places to what the GRU's gates get from their input.
    fn encode(&self, frames: usize, work: &mut Workspace) {
        let seen = &work.seen[..frames * self.0.taps * self.0.bands.count()];
        let features = &mut work.features[..frames * self.0.channels];
        self.0.convolution.forward_relu(self.0.kernels, seen, features);
        self.0.gru.project(self.0.kernels, features, &mut work.from_input[..frames * 3 * self.0.hidden]);
    }
}

impl Steps for Model {
    type State = State;
    type Workspace = Workspace;

    fn frames(&self) -> FrameSpec {
        self.0.spec
    }

    fn begin(&self) -> State {
        let bands = self.0.bands.count();
        State {
            h: vec![0.0; self.0.hidden],
            mean: vec![0.0; bands],
            past: vec![0.0; (self.0.taps - 1) * bands],
            frames: 0.0,
        }
    }

    fn places(&self, places: usize) -> Workspace {
        let buffer = |numbers: usize| vec![0.0; places * numbers];
        Workspace {
            samples: vec![0.0; self.0.spec.frame],
            powers: vec![0.0; self.0.window.bins()],
            transform: vec![0.0; self.0.window.scratch()],
            seen: buffer(self.0.taps * self.0.bands.count()),
            features: buffer(self.0.channels),
            h: buffer(self.0.hidden),
            from_input: buffer(3 * self.0.hidden),
            from_hidden: buffer(3 * self.0.hidden),
        }
    }

    fn join(&self, at: usize, state: &mut State, frame: &[f32], work: &mut Workspace) {
        self.gather(at, state, frame, work);
        work.h[at * self.0.hidden..][..self.0.hidden].copy_from_slice(&state.h);
    }

    fn forward(&self, frames: usize, work: &mut Workspace) {
        self.encode(frames, work);
        let (h, from_hidden) =
            (&work.h[..frames * self.0.hidden], &mut work.from_hidden[..frames * 3 * self.0.hidden]);
        self.0.gru.recall(self.0.kernels, h, from_hidden);
    }

    fn settle(&self, at: usize, state: &mut State, work: &Workspace) -> f32 {
        let gates = at * 3 * self.0.hidden..(at + 1) * 3 * self.0.hidden;
        let (from_input, from_hidden) = (&work.from_input[gates.clone()], &work.from_hidden[gates]);
        GruCell::step(self.0.kernels, from_input, from_hidden, &mut state.h);
        self.0.output.score(self.0.kernels, &state.h)
    }
}

impl Bands {
    fn count(&self) -> usize {
        self.edges.len() - 1
    }

    /// The levels `ln (1 + P / floor)` of the mean powers of the bands, less their own means over time, which move on by
    /// `share` of the way. Shapes: `powers` (bins), `mean` and `bands` (bands).
    fn measure(&self, kernels: Set, powers: &[f32], share: f32, mean: &mut [f32], bands: &mut [f32]) {
        for (band, edges) in bands.iter_mut().zip(self.edges.windows(2)) {
            let bins = &powers[edges[0]..edges[1]];
            *band = 1.0 + bins.iter().sum::<f32>() / (bins.len() as f32 * self.floor);
        }
        kernels.ln(bands);
        for (band, mean) in bands.iter_mut().zip(mean) {
            *mean += (*band - *mean) * share;
            *band -= *mean;
        }
    }
}

/// The values that the file states under `key`, with spaces between.
fn stated<T: FromStr>(metadata: &HashMap<String, String>, key: &str) -> Result<Vec<T>, Error> {
    let text = metadata.get(key);
    let text = text.ok_or_else(|| Error::WeightsFile { reason: format!("its metadata has no {key:?}") })?;
    let values = text.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    values.map_err(|_| Error::WeightsFile { reason: format!("its metadata has {text:?} as {key:?}") })
}

/// The one value that the file states under `key`, which must be legal.
fn stated_once<T: FromStr + Copy + fmt::Debug>(
    metadata: &HashMap<String, String>,
    key: &str,
    legal: impl Fn(&T) -> bool,
) -> Result<T, Error> {
    let values = stated(metadata, key)?;
    match values[..] {
        [value] if legal(&value) => Ok(value),
        _ => Err(Error::WeightsFile { reason: format!("its metadata has {values:?} as {key:?}, which cannot be") }),
    }
}

/// The sizes of a tensor in the given dimensions of its shape, none of which may be 0.
fn sizes<const N: usize>(tensors: &Tensors<'_>, name: &str, dimensions: [usize; N]) -> Result<[usize; N], Error> {
    let shape = tensors.shape(name).ok_or_else(|| Error::TensorMissing { name: name.to_owned() })?;
    let sizes = dimensions.map(|dimension| shape.get(dimension).copied().unwrap_or(0));
    if sizes.contains(&0) {
        return Err(Error::WeightsFile { reason: format!("its tensor {name:?} has the shape {shape:?}") });
    }
    Ok(sizes)
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("spec", &self.spec()).field("kernels", &self.kernels()).finish_non_exhaustive()
    }
}
