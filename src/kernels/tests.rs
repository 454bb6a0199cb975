//! Every set against the scalar reference, and the reference against `f64`.

#[cfg(not(miri))] // which would take hours
mod random;

use super::*;

/// The largest absolute error that an activation may have for scores to hold to 1e-5 (measured; see DESIGN.md).
const ACTIVATION_TOLERANCE: f64 = 5e-7;

/// A chain of rounded sums may be off by this share of the sum of magnitudes: 2^-24 a step, and rounding errors mostly
/// cancel.
const SUM_TOLERANCE: f64 = 1e-6;

/// How far an activation without fused multiply-adds may be from the reference.
const UNFUSED_TOLERANCE: f32 = 3e-7;

fn noise(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// Noise with zeros among it, as a ReLU leaves them.
fn rectified(seed: u32, count: usize) -> Vec<f32> {
    noise(seed, count).into_iter().map(|x| x.max(0.0)).collect()
}

fn sets() -> impl Iterator<Item = Set> {
    Kernels::available().map(|kernels| kernels.checked().unwrap())
}

/// The most that Miri, thousands of times slower than a processor, gets of a list: the small ones stand first.
fn most<T>(list: &[T], with_miri: usize) -> &[T] {
    &list[..if cfg!(miri) { with_miri } else { list.len() }]
}

fn shapes() -> impl Iterator<Item = Shape> {
    let sizes = most(&[(1, 1), (3, 17), (2, 70), (8, 16), (64, 64), (129, 128), (600, 33), (1, 300)], 3);
    let kinds = [(1, 1, 1), (2, 3, 2), (4, 3, 1), (4, 3, 2)];
    sizes.iter().flat_map(move |&(inputs, outputs)| {
        kinds.map(|(times, taps, stride)| Shape { inputs, outputs, times, taps, stride })
    })
}

/// The convolution in `f64`: each output, and the sum of its products' magnitudes.
fn exact(shape: Shape, weight: &[f32], x: &[f32]) -> Vec<(f64, f64)> {
    let Shape { inputs, outputs, times, taps, stride } = shape;
    let mut results = Vec::new();
    for x in x.chunks(times * inputs) {
        for p in 0..shape.output_times() {
            for o in 0..outputs {
                let (mut sum, mut magnitude) = (0.0, 1.0);
                for i in 0..inputs {
                    for k in 0..taps {
                        let time = (p * stride + k) as isize - (taps / 2) as isize;
                        if (0..times as isize).contains(&time) {
                            let time = time as usize;
                            let x = if stride == 1 { x[i * times + time] } else { x[time * inputs + i] };
                            let product = f64::from(x) * f64::from(weight[(o * inputs + i) * taps + k]);
                            sum += product;
                            magnitude += product.abs();
                        }
                    }
                }
                results.push((sum, magnitude));
            }
        }
    }
    results
}

#[test]
fn convolutions_are_what_they_say() {
    for shape in shapes() {
        let weight = noise(1, shape.outputs * shape.inputs * shape.taps);
        let bias = noise(2, shape.outputs);
        for &frames in most(&[2, 0, 1, 7, 20], 2) {
            let x = rectified(3, frames * shape.times * shape.inputs);
            let exact = exact(shape, &weight, &x);
            for (inputs, end) in [
                (Inputs::Dense, End::Sum),
                (Inputs::Alone, End::Bias),
                (Inputs::Rectified, End::Bias),
                (Inputs::Rectified, End::BiasRelu),
            ] {
                for set in sets() {
                    let weights = set.pack(shape, inputs, &weight, bias.clone());
                    let mut y = vec![f32::NAN; exact.len()];
                    set.convolve(&weights, &x, &mut y, end);
                    for (at, (y, (sum, magnitude))) in y.iter().zip(&exact).enumerate() {
                        let bias = f64::from(bias[at % shape.outputs]);
                        let expected = match end {
                            End::Sum => *sum,
                            End::Bias => sum + bias,
                            End::BiasRelu => (sum + bias).max(0.0),
                        };
                        let error = (f64::from(*y) - expected).abs();
                        assert!(error <= SUM_TOLERANCE * magnitude, "{set:?} {shape:?} {inputs:?} {end:?}: {error}");
                    }
                }
            }
        }
    }
}

/// The sets that fuse multiplication and addition, and so round as the reference does.
fn fused_sets() -> impl Iterator<Item = Set> {
    sets().filter(|set| set.kernels() != Kernels::Portable)
}

#[test]
fn fused_sets_agree_with_the_reference_to_the_bit() {
    let reference = Kernels::Scalar.checked().unwrap();
    for shape in shapes() {
        let weight = noise(1, shape.outputs * shape.inputs * shape.taps);
        let frames = [
            (1, Inputs::Dense),
            (1, Inputs::Alone),
            (3, Inputs::Alone),
            (1, Inputs::Rectified),
            (13, Inputs::Dense),
            (40, Inputs::Rectified),
        ];
        for &(frames, inputs) in most(&frames, 2) {
            let x = rectified(3, frames * shape.times * shape.inputs);
            let run = |set: Set| {
                let mut y = vec![f32::NAN; frames * shape.output_times() * shape.outputs];
                set.convolve(&set.pack(shape, inputs, &weight, noise(2, shape.outputs)), &x, &mut y, End::Bias);
                y
            };
            let expected = run(reference);
            for set in fused_sets() {
                assert_eq!(run(set), expected, "{set:?} {shape:?} {inputs:?}");
            }
        }
    }
    for &hidden in most(&[1, 3, 20, 128], 3) {
        let from_input: Vec<f32> = noise(5, 4 * hidden).into_iter().map(|x| 20.0 * x).collect();
        let (from_hidden, bias, start) = (noise(7, 4 * hidden), noise(8, 4 * hidden), noise(6, hidden));
        let levels: Vec<f32> = start.iter().map(|x| (50.0 * x).exp()).collect();
        let run = |set: Set| {
            let (mut h, mut c, mut gru) = (vec![0.0; hidden], start.clone(), start.clone());
            set.lstm_gates(&from_input, &from_hidden, &bias, &mut h, &mut c);
            set.gru_gates(&from_input[hidden..], &from_hidden[hidden..], &mut gru);
            let mut logarithms = levels.clone();
            set.ln(&mut logarithms);
            [h, c, gru, logarithms, vec![set.dot_relu(&bias, &from_hidden)]].concat()
        };
        let expected = run(reference);
        for set in fused_sets() {
            assert_eq!(run(set), expected, "{set:?} {hidden}");
        }
        for (ours, expected) in run(Kernels::Portable.checked().unwrap()).iter().zip(&expected) {
            assert!((ours - expected).abs() <= UNFUSED_TOLERANCE * expected.abs().max(1.0), "{ours} {expected}");
        }
    }
}

#[test]
fn side_by_side_is_the_same_as_one_after_the_other() {
    let conv = |inputs, outputs| Shape { inputs, outputs, times: 4, taps: 3, stride: 1 };
    let pairs = [
        (conv(3, 64), Shape::matrix(64, 4)),
        (conv(2, 16), Shape::matrix(32, 8)),
        (conv(7, 17), Shape::matrix(33, 20)),
        (conv(129, 128), Shape::matrix(512, 128)),
        (conv(3, 32), Shape::matrix(512, 128)),
        (conv(129, 128), Shape::matrix(128, 2)),
        (conv(65, 128), Shape::matrix(128, 3)),
    ];
    for &(shape, matrix) in most(&pairs, 3) {
        let (x, h) = (noise(3, 4 * shape.inputs), noise(4, matrix.inputs));
        let (weight, bias) = (noise(1, 3 * shape.inputs * shape.outputs), noise(2, shape.outputs));
        for set in sets() {
            let weights = set.pack(shape, Inputs::Dense, &weight, bias.clone());
            let matrix_weight = noise(5, matrix.inputs * matrix.outputs);
            let matrix_weights = set.pack(matrix, Inputs::Dense, &matrix_weight, vec![0.0; matrix.outputs]);
            let (mut y, mut product) = (vec![f32::NAN; 4 * shape.outputs], vec![f32::NAN; matrix.outputs]);
            let (mut y_alone, mut product_alone) = (y.clone(), product.clone());
            set.convolve_beside(&weights, &x, &mut y, &matrix_weights, &h, &mut product);
            set.convolve(&weights, &x, &mut y_alone, End::BiasRelu);
            set.convolve(&matrix_weights, &h, &mut product_alone, End::Sum);
            assert_eq!((y, product), (y_alone, product_alone), "{set:?} {shape:?} {matrix:?}");
        }
    }
}

/// Rounding of an `f32` transform, as a share of the largest magnitude that there can be.
const POWER_TOLERANCE: f64 = 3e-7;

/// Rounding of a magnitude that is computed in `f64`, as a share of itself: that of its square, and of its root.
const SPECTRUM_TOLERANCE: f64 = 1e-7;

/// Rounding of an `f64` transform, as a share of the largest magnitude that there can be: that of an `f32` one, 2^-29 of it.
const DOUBLE_TOLERANCE: f64 = POWER_TOLERANCE / (1 << 29) as f64;

#[test]
fn the_power_spectrum_is_that_of_the_definition() {
    for &length in most(&[256, 512, 1024], 1) {
        let (taper, samples) = (noise(1, length), noise(2, length));
        let window = Window::new(&taper);
        let run = |set: Set| {
            let mut powers = vec![f32::NAN; window.bins()];
            set.power(&window, &samples, &mut powers, &mut vec![f32::NAN; window.scratch()]);
            powers
        };
        let tapered: Vec<f64> = samples.iter().zip(&taper).map(|(x, w)| f64::from(x * w)).collect();
        let loudest: f64 = tapered.iter().map(|x| x.abs()).sum();
        let reference = run(Kernels::Scalar.checked().unwrap());
        for set in sets() {
            let powers = run(set);
            assert!(set.kernels() == Kernels::Portable || powers == reference, "{set:?} {length}");
            for (k, &power) in powers.iter().enumerate() {
                let angle = |n: usize| -std::f64::consts::TAU * (k * n % length) as f64 / length as f64;
                let part =
                    |of: fn(f64) -> f64| tapered.iter().enumerate().map(|(n, x)| x * of(angle(n))).sum::<f64>();
                let magnitude = part(f64::cos).hypot(part(f64::sin));
                let error = (f64::from(power).sqrt() - magnitude).abs();
                assert!(error <= POWER_TOLERANCE * loudest, "{set:?} {length}, bin {k}: {power}, {magnitude}");
            }
        }
    }
}

#[test]
fn spectra_are_those_of_the_definition() {
    for &length in most(&[64, 128, 256, 512], 1) {
        let hop = length / 2 + 3;
        let frame = 3 * hop + length + 5;
        let (taper, samples) = (noise(1, length), noise(2, 2 * frame));
        let windows = Windows::new(&taper, hop, frame);
        let bins = windows.bins();
        let run = |set: Set| {
            let mut spectra = vec![f32::NAN; 2 * bins * WINDOWS];
            set.spectra(&windows, &samples, &mut spectra, &mut vec![f64::NAN; windows.scratch()]);
            spectra
        };
        let reference = run(Kernels::Scalar.checked().unwrap());
        for set in sets() {
            let spectra = run(set);
            assert!(set.kernels() == Kernels::Portable || spectra == reference, "{set:?} {length}");
            for (at, magnitude) in spectra.iter().enumerate() {
                let (frame_start, bin, window) =
                    (at / (bins * WINDOWS) * frame, bins - 1 - at / WINDOWS % bins, at % WINDOWS);
                let (mut re, mut im, mut most) = (0.0, 0.0, 0.0);
                for n in 0..length {
                    let x = f64::from(samples[frame_start + window * hop + n]) * f64::from(taper[n]);
                    let angle = std::f64::consts::TAU * (bin * n % length) as f64 / length as f64;
                    (re, im, most) = (re + x * angle.cos(), im - x * angle.sin(), most + x.abs());
                }
                let error = (f64::from(*magnitude) - f64::hypot(re, im)).abs();
                let tolerance = SPECTRUM_TOLERANCE * f64::hypot(re, im) + DOUBLE_TOLERANCE * most;
                assert!(error <= tolerance, "{set:?} {length} bin {bin} window {window}: {error}");
            }
        }
    }
}

/// How far Winograd's form may be from the plain one, as a share of the sum of magnitudes: its transforms multiply by up to
/// 8 and take differences.
const WINOGRAD_TOLERANCE: f64 = 3e-6;

#[test]
fn winograd_is_the_same_convolution() {
    for &(inputs, outputs) in most(&[(3, 17), (1, 1), (8, 16), (129, 128), (65, 128)], 3) {
        let shape = Shape { inputs, outputs, times: 4, taps: 3, stride: 1 };
        let (weight, bias) = (noise(1, 3 * inputs * outputs), noise(2, outputs));
        for &frames in most(&[1, 2, 4, 9], 2) {
            let x = noise(3, frames * 4 * inputs);
            let exact = exact(shape, &weight, &x);
            let run = |set: Set| {
                let mut points = vec![f32::NAN; POINTS * frames * inputs];
                set.winograd_inputs(&x, inputs, &mut points);
                let mut products = vec![f32::NAN; POINTS * frames * outputs];
                for point in 0..POINTS {
                    let taps = weight.as_chunks().0.iter().map(|&taps| transform_taps(taps)[point]);
                    let matrix: Vec<f32> = taps.collect();
                    let weights =
                        set.pack(Shape::matrix(outputs, inputs), Inputs::Dense, &matrix, vec![0.0; outputs]);
                    let x = &points[point * frames * inputs..][..frames * inputs];
                    let y = &mut products[point * frames * outputs..][..frames * outputs];
                    set.convolve(&weights, x, y, End::Sum);
                }
                let mut y = vec![f32::NAN; frames * 4 * outputs];
                set.winograd_outputs(&products, &bias, &mut y);
                y
            };
            let reference = run(Kernels::Scalar.checked().unwrap());
            for set in sets() {
                let y = run(set);
                for (at, (y, (sum, magnitude))) in y.iter().zip(&exact).enumerate() {
                    let expected = (sum + f64::from(bias[at % outputs])).max(0.0);
                    let error = (f64::from(*y) - expected).abs();
                    assert!(error <= WINOGRAD_TOLERANCE * magnitude, "{set:?} {shape:?}: {error} of {magnitude}");
                }
                assert!(set.kernels() == Kernels::Portable || y == reference, "{set:?} {shape:?}");
            }
        }
    }
}

#[test]
fn the_dot_product_leaves_out_what_is_negative() {
    for set in sets() {
        for (length, expected) in [(0, 0.0), (1, 3.0), (2, 3.0), (3, 3.0 + 5.0), (40, 3.0 + 5.0)] {
            let (mut w, mut x) = (vec![0.0; length], vec![9.0; length]);
            for (n, (weight, value)) in [(1.5, 2.0), (4.0, -7.0), (-1.0, -5.0)].into_iter().enumerate().take(length) {
                (w[n], x[n]) = (weight, value);
            }
            if length > 2 {
                (w[length - 1], x[length - 1]) = (10.0, 0.5);
            }
            assert_eq!(set.dot_relu(&w, &x), expected, "{set:?} {length}");
        }
    }
}

#[test]
fn activations_are_accurate_over_their_whole_range() {
    let step = if cfg!(miri) { 12_345 } else { 1 };
    let mut inputs: Vec<f32> = (-400_000..400_000).step_by(step).map(|n| n as f32 / 4000.0).collect();
    inputs.extend([0.0, -0.0, 1e-30, f32::MIN_POSITIVE, 88.8, -88.8, 1e9, -1e9, f32::MAX, f32::MIN]);
    for set in sets() {
        for &x in &inputs {
            let exact = 1.0 / (1.0 + f64::from(-x).exp());
            // With a wide open input gate c is tanh x, and with c = 0 a wide open output gate makes h of it.
            let (mut h, mut c) = ([0.0], [0.0]);
            set.lstm_gates(&[200.0, 0.0, x, 100.0], &[0.0, 0.0, 0.0, 50.0], &[0.0, 0.0, 0.0, 50.0], &mut h, &mut c);
            assert!((f64::from(c[0]) - f64::from(x).tanh()).abs() < ACTIVATION_TOLERANCE, "{set:?} tanh {x}");
            // With c = 1 and a closed input gate, c becomes sigmoid x.
            let mut c = [1.0];
            set.lstm_gates(&[-200.0, x, 0.0, 0.0], &[0.0; 4], &[0.0; 4], &mut h, &mut c);
            assert!((f64::from(c[0]) - exact).abs() < ACTIVATION_TOLERANCE, "{set:?} sigmoid {x}");
            let sigmoid = sigmoid(x);
            assert!((f64::from(sigmoid) - exact).abs() < ACTIVATION_TOLERANCE, "{set:?} sigmoid {x}");
            assert!((0.0..=1.0).contains(&sigmoid) && (0.0..=1.0).contains(&c[0]), "{set:?} range {x}");
        }
    }
}

#[test]
fn an_activation_of_no_number_is_a_number() {
    assert!((0.0..=1.0).contains(&sigmoid(f32::NAN)));
    for set in sets() {
        let (mut h, mut c, mut gru) = ([0.0], [0.0], [0.0]);
        set.lstm_gates(&[f32::NAN; 4], &[0.0; 4], &[0.0; 4], &mut h, &mut c);
        set.gru_gates(&[f32::NAN; 3], &[0.0; 3], &mut gru);
        for x in [h, c, gru] {
            assert!((-1.0..=1.0).contains(&x[0]), "{set:?} {x:?}");
        }
    }
}

#[test]
fn logarithms_are_accurate_over_their_whole_range() {
    let step = if cfg!(miri) { 12_345_678 } else { 3_001 };
    let numbers = f32::MIN_POSITIVE.to_bits()..=f32::MAX.to_bits();
    let mut inputs: Vec<f32> = numbers.step_by(step).map(f32::from_bits).collect();
    inputs.extend([1.0, 1.0 - f32::EPSILON / 2.0, 1.0 + f32::EPSILON, f32::MAX, 0.5_f32.sqrt(), 2.0_f32.sqrt()]);
    for set in sets() {
        let mut logarithms = inputs.clone();
        set.ln(&mut logarithms);
        for (&x, &ours) in inputs.iter().zip(&logarithms) {
            let exact = f64::from(x).ln();
            assert!((f64::from(ours) - exact).abs() < 1.2e-7 * exact.abs().max(1.0), "{set:?} ln {x} = {ours}");
        }
    }
}

#[test]
fn names_are_read_back() {
    for kernels in Kernels::available() {
        assert_eq!(kernels.name().parse(), Ok(kernels));
    }
    assert_eq!("auto".parse(), Ok(Kernels::best()));
    let unknown = "sse9".parse::<Kernels>().unwrap_err().to_string();
    assert!(unknown.contains("sse9") && unknown.contains("portable"), "{unknown}");
}

/// The other tests run what the machine is found to have, and would pass without a word where a set is not found: so who
/// knows better names the sets that must be there.
#[test]
fn required_sets_are_there() {
    let required = std::env::var("VOICED_REQUIRED_KERNELS").unwrap_or_else(|_| "scalar,portable".to_owned());
    let available: Vec<_> = Kernels::available().map(Kernels::name).collect();
    for name in required.split(',') {
        assert!(available.contains(&name), "{name} is required, and there are {available:?}");
    }
}

#[test]
fn a_set_that_is_not_there_is_refused() {
    for kernels in Kernels::ALL {
        assert_eq!(kernels.checked().is_ok(), kernels.is_available(), "{kernels}");
    }
}
