//! Every set against the scalar reference, on random shapes and values.

use proptest::prelude::*;

use super::*;

const CASES: u32 = 200;

/// Numbers from -1 to 1 with zeros of both signs and small ones among them, made of a seed.
fn numbers(seed: u32, count: usize) -> Vec<f32> {
    let sizes = noise(seed ^ 0x5bd1_e995, count);
    let number = |(x, size): (f32, &f32)| match *size {
        ..-0.7 => 0.0,
        -0.7..-0.6 => -0.0,
        -0.6..-0.5 => x * 1e-30,
        -0.5..-0.4 => x * 1e-4,
        _ => x,
    };
    noise(seed, count).into_iter().zip(&sizes).map(number).collect()
}

/// Small shapes, and those around the widths of vectors and tiles.
fn size() -> impl Strategy<Value = usize> {
    prop_oneof![2 => 1..20_usize, 2 => 20..140_usize, 1 => prop::sample::select(&[16, 32, 48, 64, 96, 128, 129, 256][..])]
}

fn shape() -> impl Strategy<Value = Shape> {
    (size(), size(), prop::sample::select(&[(1, 1, 1), (2, 3, 2), (4, 3, 1), (4, 3, 2)][..]))
        .prop_map(|(inputs, outputs, (times, taps, stride))| Shape { inputs, outputs, times, taps, stride })
}

/// Asserts that `run` gives the same with all sets: to the bit where multiplications and additions are fused (but for the
/// sign of a zero), else within `tolerance(i)` of number `i`.
fn assert_all_agree(run: impl Fn(Set) -> Vec<f32>, tolerance: impl Fn(usize) -> f64) {
    let reference = run(Kernels::Scalar.checked().unwrap());
    for set in sets() {
        let found = run(set);
        assert_eq!(found.len(), reference.len());
        for (i, (found, expected)) in found.iter().zip(&reference).enumerate() {
            if set.kernels() == Kernels::Portable {
                let error = (f64::from(*found) - f64::from(*expected)).abs();
                assert!(error <= tolerance(i), "{set:?}: number {i} is {found}, not {expected}");
            } else {
                assert_eq!(found, expected, "{set:?}: number {i}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn convolutions(
        shape in shape(),
        frames in 0..24_usize,
        inputs in prop::sample::select(&[Inputs::Dense, Inputs::Rectified][..]),
        end in prop::sample::select(&[End::Sum, End::Bias, End::BiasRelu][..]),
        seed: u32,
    ) {
        let weight = numbers(seed, shape.outputs * shape.inputs * shape.taps);
        let bias = numbers(seed ^ 1, shape.outputs);
        let mut x = numbers(seed ^ 2, frames * shape.times * shape.inputs);
        if inputs == Inputs::Rectified {
            for x in &mut x {
                *x = x.max(0.0);
            }
        }
        let exact = exact(shape, &weight, &x);
        let run = |set: Set| {
            let mut y = vec![f32::NAN; frames * shape.output_times() * shape.outputs];
            set.convolve(&set.pack(shape, inputs, &weight, bias.clone()), &x, &mut y, end);
            y
        };
        assert_all_agree(run, |i| 2.0 * SUM_TOLERANCE * exact[i].1);
    }

    #[test]
    fn convolutions_beside_a_product(
        (inputs, outputs) in (size(), size()),
        (columns, rows) in (size(), size()),
        matrix_inputs in prop::sample::select(&[Inputs::Dense, Inputs::Rectified][..]),
        seed: u32,
    ) {
        let shape = Shape { inputs, outputs, times: 4, taps: 3, stride: 1 };
        let matrix = Shape::matrix(rows, columns);
        let (weight, bias) = (numbers(seed, 3 * inputs * outputs), numbers(seed ^ 1, outputs));
        let (x, h) = (numbers(seed ^ 2, 4 * inputs), numbers(seed ^ 3, columns));
        let matrix_weight = numbers(seed ^ 4, columns * rows);
        let run = |set: Set| {
            let weights = set.pack(shape, Inputs::Dense, &weight, bias.clone());
            let matrix = set.pack(matrix, matrix_inputs, &matrix_weight, vec![0.0; rows]);
            let (mut y, mut product) = (vec![f32::NAN; 4 * outputs], vec![f32::NAN; rows]);
            set.convolve_beside(&weights, &x, &mut y, &matrix, &h, &mut product);
            [y, product].concat()
        };
        let magnitudes = [exact(shape, &weight, &x), exact(matrix, &matrix_weight, &h)].concat();
        assert_all_agree(run, |i| 2.0 * SUM_TOLERANCE * magnitudes[i].1);
    }

    #[test]
    fn winograds_transforms((inputs, frames) in (size(), 0..12_usize), seed: u32) {
        let x = numbers(seed, frames * 4 * inputs);
        let points = |set: Set| {
            let mut points = vec![f32::NAN; POINTS * frames * inputs];
            set.winograd_inputs(&x, inputs, &mut points);
            points
        };
        assert_all_agree(points, |_| 16.0 * f64::from(f32::EPSILON)); // sums of magnitudes are at most 10
        let (products, bias) = (numbers(seed ^ 1, POINTS * frames * inputs), numbers(seed ^ 2, inputs));
        let outputs = |set: Set| {
            let mut y = vec![f32::NAN; 4 * frames * inputs];
            set.winograd_outputs(&products, &bias, &mut y);
            y
        };
        assert_all_agree(outputs, |_| 32.0 * f64::from(f32::EPSILON)); // at most 20
    }

    #[test]
    fn gates(hidden in size(), scale in 0.0..50.0_f32, seed: u32) {
        let scaled = |seed, count| numbers(seed, count).into_iter().map(|x| scale * x).collect::<Vec<_>>();
        let (from_input, from_hidden) = (scaled(seed, 4 * hidden), scaled(seed ^ 1, 4 * hidden));
        let (bias, start) = (numbers(seed ^ 2, 4 * hidden), numbers(seed ^ 3, hidden));
        let run = |set: Set| {
            let (mut h, mut c, mut gru) = (vec![f32::NAN; hidden], start.clone(), start.clone());
            set.lstm_gates(&from_input, &from_hidden, &bias, &mut h, &mut c);
            set.gru_gates(&from_input[hidden..], &from_hidden[hidden..], &mut gru);
            let mut logarithms: Vec<f32> = start.iter().map(|x| (scale * x).exp()).collect();
            set.ln(&mut logarithms);
            [h, c, gru, logarithms].concat()
        };
        // What is rounded otherwise before the activation may be as large as three times the scale.
        let tolerance = f64::from(UNFUSED_TOLERANCE) * f64::from(3.0 * scale).max(1.0);
        assert_all_agree(run, |_| tolerance);
    }

    #[test]
    fn dot_products(length in 0..600_usize, seed: u32) {
        let (w, x) = (numbers(seed, length), numbers(seed ^ 1, length));
        let magnitude: f64 = w.iter().zip(&x).map(|(w, x)| f64::from(w.abs()) * f64::from(x.abs())).sum();
        assert_all_agree(|set| vec![set.dot_relu(&w, &x)], |_| 2.0 * SUM_TOLERANCE * magnitude.max(1.0));
    }

    #[test]
    fn spectra(power in 6..10_u32, (hop, rest, frames) in (1..200_usize, 0..70_usize, 0..4_usize), seed: u32) {
        let length = 1 << power;
        let frame = 3 * hop + length + rest;
        let windows = Windows::new(&noise(seed, length), hop, frame);
        let samples = numbers(seed ^ 1, frames * frame);
        let run = |set: Set| {
            let mut spectra = vec![f32::NAN; frames * windows.bins() * WINDOWS];
            set.spectra(&windows, &samples, &mut spectra, &mut vec![f64::NAN; windows.scratch()]);
            spectra
        };
        let reference = run(Kernels::Scalar.checked().unwrap());
        let magnitude = |i: usize| f64::from(reference[i]);
        assert_all_agree(run, |i| 2.0 * (SPECTRUM_TOLERANCE * magnitude(i) + DOUBLE_TOLERANCE * length as f64));
    }
}
