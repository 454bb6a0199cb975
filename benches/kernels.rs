//! How long each kernel of each set takes on the layers of Silero's network, for one frame and for many.
//!
//! Kernels are private to the engine; here its source files are modules of the benchmark.
#![allow(dead_code, unused_imports, unreachable_pub, reason = "the engine's modules hold more than is measured")]
#![allow(unsafe_code, clippy::inline_always, reason = "as in the engine")]

#[path = "../src"]
mod engine {
    pub(crate) mod error;
    pub(crate) mod kernels;
}
use engine::{error, kernels};

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use kernels::{End, Inputs, Kernels, POINTS, Set, Shape, WINDOWS, Window, Windows};

/// Frames that are computed together where there are many.
const MANY: usize = 32;

/// Random numbers from 0 to 1.
fn random(count: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// Inputs of frames, shape (frames, times, inputs) where they are not dense, of which about `live` percent are not zero at all times.
fn inputs(frames: usize, times: usize, inputs: usize, live: u32) -> Vec<f32> {
    let alive: Vec<bool> = random(frames * inputs).iter().map(|x| x * 100.0 < live as f32).collect();
    let value = |(n, x): (usize, f32)| {
        let (frame, input) = (n / (times * inputs), n % inputs);
        if alive[frame * inputs + input] { x } else { 0.0 }
    };
    random(frames * times * inputs).into_iter().enumerate().map(value).collect()
}

fn layers(c: &mut Criterion) {
    for set in Kernels::available().filter(|&set| set != Kernels::Scalar) {
        for frames in [1, MANY] {
            let mut group = c.benchmark_group(format!("{set}, {frames} together"));
            group.throughput(Throughput::Elements(frames as u64));
            let set = set.checked().unwrap_or_else(|error| panic!("{error}"));
            spectra(&mut group, set, frames);
            let convolution = |inputs, outputs, times, stride| Shape { inputs, outputs, times, taps: 3, stride };
            for (name, shape, live) in [
                ("conv1", convolution(129, 128, WINDOWS, 1), 100),
                ("conv2", convolution(128, 64, WINDOWS, 2), 65),
                ("conv3", convolution(64, 64, 2, 2), 59),
                ("conv4", Shape::matrix(128, 64), 50),
                ("W_ih", Shape::matrix(512, 128), 25),
                ("W_hh", Shape::matrix(512, 128), 100),
            ] {
                layer(&mut group, set, frames, name, shape, live);
            }
            if frames == 1 {
                beside(&mut group, set);
                power(&mut group, set);
                gates(&mut group, set);
            } else {
                winograd(&mut group, set, frames);
            }
        }
    }
}

fn spectra(group: &mut BenchmarkGroup<'_, WallTime>, set: Set, frames: usize) {
    let windows = Windows::new(&random(256), 128, 640);
    let samples = random(frames * 640);
    let mut spectra = vec![0.0; frames * WINDOWS * windows.bins()];
    let mut scratch = vec![0.0; windows.scratch()];
    group.bench_function("spectra", |b| {
        b.iter(|| set.spectra(&windows, black_box(&samples), &mut spectra, &mut scratch));
    });
}

fn power(group: &mut BenchmarkGroup<'_, WallTime>, set: Set) {
    let window = Window::new(&random(512));
    let samples = random(512);
    let mut powers = vec![0.0; window.bins()];
    let mut scratch = vec![0.0; window.scratch()];
    group.bench_function("power spectrum", |b| {
        b.iter(|| set.power(&window, black_box(&samples), &mut powers, &mut scratch));
    });
}

fn layer(group: &mut BenchmarkGroup<'_, WallTime>, set: Set, frames: usize, name: &str, shape: Shape, live: u32) {
    let sort = if live == 100 { Inputs::Dense } else { Inputs::Rectified };
    let weight = random(shape.outputs * shape.inputs * shape.taps);
    let weights = set.pack(shape, sort, &weight, random(shape.outputs));
    let x = inputs(frames, shape.times, shape.inputs, live);
    let mut y = vec![0.0; frames * shape.output_times() * shape.outputs];
    group.bench_function(name, |b| b.iter(|| set.convolve(&weights, black_box(&x), &mut y, End::BiasRelu)));
}

fn beside(group: &mut BenchmarkGroup<'_, WallTime>, set: Set) {
    let conv1 = Shape { inputs: 129, outputs: 128, times: WINDOWS, taps: 3, stride: 1 };
    let weights = set.pack(conv1, Inputs::Dense, &random(3 * 129 * 128), random(128));
    let matrix = set.pack(Shape::matrix(512, 128), Inputs::Dense, &random(512 * 128), random(512));
    let (x, h) = (random(WINDOWS * 129), random(128));
    let (mut y, mut product) = (vec![0.0; WINDOWS * 128], vec![0.0; 512]);
    group.bench_function("conv1 beside W_hh", |b| {
        b.iter(|| set.convolve_beside(&weights, black_box(&x), &mut y, &matrix, black_box(&h), &mut product));
    });
}

fn winograd(group: &mut BenchmarkGroup<'_, WallTime>, set: Set, frames: usize) {
    let matrix = set.pack(Shape::matrix(128, 129), Inputs::Dense, &random(128 * 129), random(128));
    let x = random(frames * 129 * WINDOWS);
    let mut points = vec![0.0; POINTS * frames * 129];
    let mut products = vec![0.0; POINTS * frames * 128];
    let (bias, mut y) = (random(128), vec![0.0; frames * WINDOWS * 128]);
    group.bench_function("conv1 in Winograd's form", |b| {
        b.iter(|| {
            set.winograd_inputs(black_box(&x), 129, &mut points);
            for (points, products) in points.chunks(frames * 129).zip(products.chunks_mut(frames * 128)) {
                set.convolve(&matrix, points, products, End::Sum);
            }
            set.winograd_outputs(&products, &bias, &mut y);
        });
    });
}

fn gates(group: &mut BenchmarkGroup<'_, WallTime>, set: Set) {
    let (from_input, from_hidden, bias) = (random(512), random(512), random(512));
    let (mut h, mut c) = (vec![0.0; 128], vec![0.0; 128]);
    group.bench_function("LSTM gates", |b| {
        b.iter(|| set.lstm_gates(black_box(&from_input), &from_hidden, &bias, &mut h, &mut c));
    });
    group.bench_function("GRU gates", |b| {
        b.iter(|| set.gru_gates(black_box(&from_input[..384]), &from_hidden[..384], &mut h));
    });
    group.bench_function("scalar product", |b| b.iter(|| set.dot_relu(black_box(&bias[..128]), &from_input[..128])));
}

criterion_group!(benches, layers);
criterion_main!(benches);
