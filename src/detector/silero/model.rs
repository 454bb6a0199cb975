//! The network: its weights, its state, and one step of it.

use std::fmt;
use std::sync::Arc;

use crate::audio::sample::clean_into;
use crate::detector::Steps;
use crate::dsp::window::hann;
use crate::error::Error;
use crate::frame::FrameSpec;
use crate::kernels::{Inputs, Kernels, Set, Shape, WINDOWS, Windows};
use crate::nn::{Conv1d, LstmCell, Readout, Tensors, Winograd};

/// Units of the LSTM, and channels of the convolution that feeds it.
const HIDDEN: usize = 128;
/// Channels of the two convolutions in the middle.
const NARROW: usize = 64;
/// Frames of one stream that are encoded together where there are many: enough that weights are fetched from memory rarely,
/// few enough that what is computed of them stays in the cache.
pub(super) const FRAMES_TOGETHER: usize = 12;
/// Samples of context at the higher rate.
const MOST_CONTEXT: usize = 64;

/// The sizes that depend on the rate.
#[derive(Clone, Copy, Debug)]
struct Layout {
    rate: u32,
    frame: usize,
    /// Samples of the frame before that go first; as many are reflected at the end.
    context: usize,
    /// Samples under a window of the Fourier transform; its hop is half of that.
    window: usize,
}

impl Layout {
    const AT_16_KHZ: Self = Self { rate: 16_000, frame: 512, context: MOST_CONTEXT, window: 256 };
    const AT_8_KHZ: Self = Self { rate: 8000, frame: 256, context: MOST_CONTEXT / 2, window: 128 };

    fn bins(self) -> usize {
        self.window / 2 + 1
    }
}

/// The network for one of its two rates. Its weights never change; clones share them.
///
/// Reading them takes milliseconds and a megabyte: load once, then make as many detectors as wanted.
#[derive(Clone)]
pub struct Model(Arc<Weights>);

struct Weights {
    layout: Layout,
    kernels: Set,
    windows: Windows,
    convolutions: [Conv1d; 4],
    lstm: LstmCell,
    output: Readout,
}

/// What one stream carries from frame to frame.
#[derive(Clone, Debug)]
pub(crate) struct State {
    h: [f32; HIDDEN],
    c: [f32; HIDDEN],
    context: [f32; MOST_CONTEXT], // at 8 kHz only the first half is used
}

impl Default for State {
    fn default() -> Self {
        Self { h: [0.0; HIDDEN], c: [0.0; HIDDEN], context: [0.0; MOST_CONTEXT] }
    }
}

/// Buffers for some frames at a time, which hold nothing from one step to the next.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    samples: Vec<f32>,     // (frames, context + frame + context)
    spectra: Vec<f32>,     // (frames, bins, WINDOWS)
    wide: Vec<f32>,        // (frames, WINDOWS, HIDDEN)
    narrow: Vec<f32>,      // (frames, 2, NARROW)
    narrowest: Vec<f32>,   // (frames, NARROW)
    features: Vec<f32>,    // (frames, HIDDEN)
    h: Vec<f32>,           // (frames, HIDDEN)
    from_input: Vec<f32>,  // (frames, 4, HIDDEN)
    from_hidden: Vec<f32>, // (frames, 4, HIDDEN)
    transform: Vec<f64>,   // scratch of `Set::spectra`
}

impl Model {
    /// The weights that come with this crate for audio of `rate` Hz: those for 8 kHz up to that rate, and those for 16 kHz
    /// above it. A [`Stream`](crate::Stream) resamples other rates.
    ///
    /// # Errors
    /// None with the weights that are embedded; they are read like any others.
    #[cfg(feature = "embedded")]
    pub fn embedded(rate: u32) -> Result<Self, Error> {
        Self::embedded_with(rate, Kernels::best())
    }

    /// The same, run by a kernel set.
    ///
    /// # Errors
    /// [`Error::Kernels`] where this machine cannot run the kernel set.
    #[cfg(feature = "embedded")]
    pub fn embedded_with(rate: u32, kernels: Kernels) -> Result<Self, Error> {
        let bytes: &[u8] = if rate <= 8000 {
            include_bytes!("../../../weights/silero_8k.safetensors")
        } else {
            include_bytes!("../../../weights/silero_16k.safetensors")
        };
        Self::from_bytes_with(bytes, kernels)
    }

    /// Reads weights from the bytes of a safetensors file as `tools/export` writes it.
    ///
    /// The file's first convolution tells its rate: 129 input channels at 16 kHz, 65 at 8 kHz.
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
        let channels = tensors.shape("conv1.weight").and_then(|shape| shape.get(1).copied());
        let layout = match channels {
            Some(65) => Layout::AT_8_KHZ,
            _ => Layout::AT_16_KHZ,
        };
        let kernels = kernels.checked()?;
        let convolution = |name, inputs, outputs, times, stride, sort| {
            Conv1d::load(kernels, &tensors, name, Shape { inputs, outputs, times, taps: 3, stride }, sort)
        };
        Ok(Self(Arc::new(Weights {
            layout,
            kernels,
            convolutions: [
                convolution("conv1", layout.bins(), HIDDEN, WINDOWS, 1, Inputs::Spectra)?,
                convolution("conv2", HIDDEN, NARROW, WINDOWS, 2, Inputs::Rectified)?,
                convolution("conv3", NARROW, NARROW, 2, 2, Inputs::Rectified)?,
                convolution("conv4", NARROW, HIDDEN, 1, 1, Inputs::Rectified)?,
            ],
            lstm: LstmCell::load(kernels, &tensors, "lstm", HIDDEN, HIDDEN)?,
            output: Readout::load(&tensors, "output", HIDDEN)?,
            windows: Windows::new(&hann(layout.window), layout.window / 2, layout.frame + 2 * layout.context),
        })))
    }

    /// The rate, frame and hop of the network: 512 samples at 16 kHz, 256 at 8 kHz.
    pub fn spec(&self) -> FrameSpec {
        let Layout { rate, frame, .. } = self.0.layout;
        FrameSpec::adjacent(rate, frame)
    }

    /// The kernel set that runs it.
    pub fn kernels(&self) -> Kernels {
        self.0.kernels.kernels()
    }

    /// Buffers for `frames` frames at a time.
    pub(crate) fn workspace(&self, frames: usize) -> Workspace {
        let buffer = |numbers: usize| vec![0.0; frames * numbers];
        Workspace {
            samples: buffer(self.0.layout.frame + 2 * self.0.layout.context),
            spectra: buffer(WINDOWS * self.0.layout.bins()),
            wide: buffer(WINDOWS * HIDDEN),
            narrow: buffer(2 * NARROW),
            narrowest: buffer(NARROW),
            features: buffer(HIDDEN),
            h: buffer(HIDDEN),
            from_input: buffer(4 * HIDDEN),
            from_hidden: buffer(4 * HIDDEN),
            transform: vec![0.0; self.0.windows.scratch()],
        }
    }

    /// The score of the next frame of a stream; see [`Detector::score`](crate::Detector::score) for `frame`.
    pub(crate) fn step(&self, state: &mut State, frame: &[f32], work: &mut Workspace) -> f32 {
        self.gather(0, state, frame, work);
        self.transform(1, work);
        self.convolve_beside(0, &state.h, work);
        self.encode(1, work);
        self.settle(0, state, work)
    }

    /// The scores of the next frames of a stream, which lie in a row in `samples`; the same to the bit as one by one.
    ///
    /// Shapes: `samples` (frames, frame), `scores` (frames). What does not depend on the frame before is computed for as
    /// many frames together as the workspace holds. The recurrent half of each such group waits for the first convolution
    /// of the next, beside which it takes the least time.
    pub(super) fn steps(&self, state: &mut State, samples: &[f32], scores: &mut [f32], work: &mut Workspace) {
        let together = work.narrowest.len() / NARROW;
        let mut frames = samples.chunks(self.0.layout.frame).chain(std::iter::repeat(&[][..]));
        let (mut next, mut waiting) = (0, 0); // the next group's first frame, and how many frames are in the one before
        while next < scores.len() || waiting > 0 {
            let count = together.min(scores.len() - next);
            for (at, frame) in frames.by_ref().take(count).enumerate() {
                self.gather(at, state, frame, work);
            }
            self.transform(count, work);
            for at in 0..count.max(waiting) {
                match (at < count, at < waiting) {
                    (true, true) => self.convolve_beside(at, &state.h, work),
                    (true, false) => self.convolve(at, work),
                    (false, _) => self.recall(at, &state.h, work),
                }
                if at < waiting {
                    scores[next - waiting + at] = self.settle(at, state, work);
                }
            }
            self.encode(count, work);
            (next, waiting) = (next + count, count);
        }
    }

    /// Puts a stream's next frame at place `at` of the workspace: context, frame and reflection in a row. Keeps the frame's
    /// end as the next context.
    fn gather(&self, at: usize, state: &mut State, frame: &[f32], work: &mut Workspace) {
        let Layout { frame: length, context, .. } = self.0.layout;
        let samples = &mut work.samples[at * (length + 2 * context)..][..length + 2 * context];
        let end = context + length;
        let given = length.min(frame.len());
        samples[..context].copy_from_slice(&state.context[..context]);
        clean_into(&frame[..given], &mut samples[context..context + given]);
        samples[context + given..end].fill(0.0);
        let (heard, reflection) = samples.split_at_mut(end);
        for (slot, &sample) in reflection.iter_mut().zip(heard.iter().rev().skip(1)) {
            *slot = sample;
        }
        state.context[..context].copy_from_slice(&samples[length..end]);
    }

    /// The spectra of the first `frames` places.
    fn transform(&self, frames: usize, work: &mut Workspace) {
        let samples = &work.samples[..frames * (self.0.layout.frame + 2 * self.0.layout.context)];
        let spectra = &mut work.spectra[..frames * WINDOWS * self.0.layout.bins()];
        self.0.kernels.spectra(&self.0.windows, samples, spectra, &mut work.transform);
    }

    /// The first convolution at a place.
    fn convolve(&self, at: usize, work: &mut Workspace) {
        let spectrum = WINDOWS * self.0.layout.bins();
        let spectra = &work.spectra[at * spectrum..][..spectrum];
        let wide = &mut work.wide[at * WINDOWS * HIDDEN..][..WINDOWS * HIDDEN];
        self.0.convolutions[0].forward_relu(self.0.kernels, spectra, wide);
    }

    /// What the LSTM's gates at a place get from the hidden state.
    fn recall(&self, at: usize, h: &[f32], work: &mut Workspace) {
        self.0.lstm.recall(self.0.kernels, h, &mut work.from_hidden[at * 4 * HIDDEN..][..4 * HIDDEN]);
    }

    /// The first convolution at a place and, beside it, [`recall`](Self::recall) at the same.
    fn convolve_beside(&self, at: usize, h: &[f32], work: &mut Workspace) {
        let spectrum = WINDOWS * self.0.layout.bins();
        let spectra = &work.spectra[at * spectrum..][..spectrum];
        let wide = &mut work.wide[at * WINDOWS * HIDDEN..][..WINDOWS * HIDDEN];
        let from_hidden = &mut work.from_hidden[at * 4 * HIDDEN..][..4 * HIDDEN];
        self.0.convolutions[0].forward_relu_beside(
            self.0.kernels,
            spectra,
            wide,
            self.0.lstm.recurrent(),
            h,
            from_hidden,
        );
    }

    /// From the first convolution of the first `frames` places to what the LSTM's gates get from their input.
    fn encode(&self, frames: usize, work: &mut Workspace) {
        let kernels = self.0.kernels;
        let wide = &work.wide[..frames * WINDOWS * HIDDEN];
        let narrow = &mut work.narrow[..frames * 2 * NARROW];
        let narrowest = &mut work.narrowest[..frames * NARROW];
        let features = &mut work.features[..frames * HIDDEN];
        let [_, conv2, conv3, conv4] = &self.0.convolutions;
        conv2.forward_relu(kernels, wide, narrow);
        conv3.forward_relu(kernels, narrow, narrowest);
        conv4.forward_relu(kernels, narrowest, features);
        self.0.lstm.project(kernels, features, &mut work.from_input[..frames * 4 * HIDDEN]);
    }

    /// Moves a stream's state on by the frame at place `at` of the workspace, and returns its score.
    fn settle(&self, at: usize, state: &mut State, work: &Workspace) -> f32 {
        let gates = at * 4 * HIDDEN..(at + 1) * 4 * HIDDEN;
        let (from_input, from_hidden) = (&work.from_input[gates.clone()], &work.from_hidden[gates]);
        self.0.lstm.step(self.0.kernels, from_input, from_hidden, &mut state.h, &mut state.c);
        self.0.output.score(self.0.kernels, &state.h)
    }
}

/// Buffers for frames of many streams, whose first convolution is computed with less arithmetic.
pub(crate) struct Together {
    conv1: Winograd,
    work: Workspace,
}

/// The first convolution is computed in another way than for a single stream, so scores differ from those: how far, see
/// [`Pool`](crate::Pool).
impl Steps for Model {
    type State = State;
    type Workspace = Together;

    fn frames(&self) -> FrameSpec {
        self.spec()
    }

    fn begin(&self) -> State {
        State::default()
    }

    fn places(&self, places: usize) -> Together {
        Together {
            conv1: Winograd::new(self.0.kernels, &self.0.convolutions[0], places),
            work: self.workspace(places),
        }
    }

    fn join(&self, at: usize, state: &mut State, frame: &[f32], Together { work, .. }: &mut Together) {
        self.gather(at, state, frame, work);
        work.h[at * HIDDEN..][..HIDDEN].copy_from_slice(&state.h);
    }

    fn forward(&self, frames: usize, Together { conv1, work }: &mut Together) {
        self.transform(frames, work);
        let spectra = &work.spectra[..frames * WINDOWS * self.0.layout.bins()];
        conv1.forward_relu(self.0.kernels, spectra, &mut work.wide[..frames * WINDOWS * HIDDEN]);
        let (h, from_hidden) = (&work.h[..frames * HIDDEN], &mut work.from_hidden[..frames * 4 * HIDDEN]);
        self.0.lstm.recall(self.0.kernels, h, from_hidden);
        self.encode(frames, work);
    }

    fn settle(&self, at: usize, state: &mut State, Together { work, .. }: &Together) -> f32 {
        self.settle(at, state, work)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("spec", &self.spec()).field("kernels", &self.kernels()).finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "embedded"))]
mod tests {
    use super::*;

    /// ONNX Runtime's own state differs from `f64` by 3e-5: the cell adds up to 20 and more over a recording.
    const STATE_TOLERANCE: f32 = 1e-4;

    #[test]
    fn the_state_after_a_recording_is_the_official_one() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
        let golden = std::fs::read(format!("{folder}/scores.safetensors")).unwrap();
        for rate in [8000, 16_000] {
            let name = format!("speech_{}k", rate / 1000);
            let wav = std::fs::read(format!("{folder}/{name}.wav")).unwrap();
            let samples: Vec<f32> =
                wav[44..].as_chunks().0.iter().map(|&word| f32::from(i16::from_le_bytes(word)) / 32_768.0).collect();
            let official = Tensors::parse(&golden).unwrap().values(&format!("{name}_state"), &[2, HIDDEN]).unwrap();
            for kernels in Kernels::available() {
                let model = Model::embedded_with(rate, kernels).unwrap();
                let (mut state, mut workspace) = (State::default(), model.workspace(1));
                for frame in samples.chunks(model.spec().hop) {
                    model.step(&mut state, frame, &mut workspace);
                }
                for (ours, official) in state.h.iter().chain(&state.c).zip(&official) {
                    assert!((ours - official).abs() < STATE_TOLERANCE, "{kernels} {name}: {ours} and {official}");
                }
            }
        }
    }

    #[test]
    fn a_stream_carries_as_little_as_promised() {
        assert_eq!(size_of::<State>(), 1280);
    }
}
