//! Every set against the scalar reference, and the reference against `f64`.

use super::*;

/// The largest absolute error that an activation may have for scores to hold to 1e-5 (measured; see DESIGN.md).
const ACTIVATION_TOLERANCE: f64 = 5e-7;

/// A chain of rounded sums may differ from another order by this share of the sum of magnitudes: 2^-24 a step, and
/// rounding errors mostly cancel.
const SUM_TOLERANCE: f32 = 1e-6;

fn noise(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

#[test]
fn accumulate_is_a_matrix_times_a_vector() {
    for &kernels in Kernels::available() {
        for (outputs, inputs) in [(1, 1), (16, 8), (17, 3), (128, 387), (15, 0), (33, 64)] {
            let weights = noise(1, outputs * inputs);
            let panels = Panels::pack(outputs, inputs, |o, i| weights[o * inputs + i]);
            let x = noise(2, inputs);
            let start = noise(3, outputs);
            let mut sums = start.clone();
            kernels.accumulate(&panels, &x, &mut sums);
            for o in 0..outputs {
                let products = (0..inputs).map(|k| f64::from(weights[o * inputs + k]) * f64::from(x[k]));
                let exact = f64::from(start[o]) + products.clone().sum::<f64>();
                let scale = 1.0 + products.map(f64::abs).sum::<f64>() as f32;
                let error = (sums[o] - exact as f32).abs();
                assert!(error <= SUM_TOLERANCE * scale, "{kernels} {outputs}x{inputs}: {error}");
            }
        }
    }
}

#[test]
fn activations_are_accurate_over_their_whole_range() {
    let mut inputs: Vec<f32> = (-400_000..400_000).map(|n| n as f32 / 4000.0).collect();
    inputs.extend([0.0, -0.0, 1e-30, f32::MIN_POSITIVE, 88.8, -88.8, 1e9, -1e9, f32::MAX, f32::MIN]);
    for &kernels in Kernels::available() {
        let (mut sigmoid, mut tanh) = (inputs.clone(), inputs.clone());
        kernels.sigmoid(&mut sigmoid);
        kernels.tanh(&mut tanh);
        for (i, &x) in inputs.iter().enumerate() {
            let exact = 1.0 / (1.0 + f64::from(-x).exp());
            assert!((f64::from(sigmoid[i]) - exact).abs() < ACTIVATION_TOLERANCE, "{kernels} sigmoid {x}");
            assert!((f64::from(tanh[i]) - f64::from(x).tanh()).abs() < ACTIVATION_TOLERANCE, "{kernels} tanh {x}");
            assert!((0.0..=1.0).contains(&sigmoid[i]) && (-1.0..=1.0).contains(&tanh[i]), "{kernels} range {x}");
        }
    }
}

#[test]
fn activations_do_not_depend_on_the_place_in_the_slice() {
    for &kernels in Kernels::available() {
        let mut whole = noise(4, 40);
        let mut single = whole.clone();
        kernels.sigmoid(&mut whole);
        for x in single.chunks_mut(1) {
            kernels.sigmoid(x);
        }
        assert_eq!(whole, single, "{kernels}");
    }
}

#[test]
fn names_are_read_back() {
    for &kernels in Kernels::available() {
        assert_eq!(kernels.name().parse(), Ok(kernels));
    }
    assert_eq!("auto".parse(), Ok(Kernels::best()));
    let unknown = "sse9".parse::<Kernels>().unwrap_err().to_string();
    assert!(unknown.contains("sse9") && unknown.contains("portable"), "{unknown}");
}
