//! The resampler against its specification.

use std::f64::consts::PI;
use voiced::audio::Sample;
use voiced::{Error, Resampler};

/// Rate pairs (from, to) in Hz: usual, without a common factor, and extreme.
const PAIRS: [(u32, u32); 13] = [
    (48_000, 16_000),
    (44_100, 16_000),
    (8_000, 16_000),
    (16_000, 8_000),
    (22_050, 16_000),
    (11_025, 16_000),
    (11_025, 8_000),
    (8_000, 44_100),
    (47_999, 16_000),
    (16_000, 15_999),
    (4_000, 16_000),
    (384_000, 8_000),
    (4_001, 384_000),
];

/// Largest deviation of a pass-band gain from 1; 0.1 dB is allowed, Kaiser's design gives 0.0005.
const PASS_RIPPLE: f64 = 0.001_15; // 0.01 dB

/// Largest alias or image of a sine of amplitude 1: 80 dB down.
const STOP: f64 = 1e-4;

/// Largest error of a sine's position, in output samples. The tabled filter gives 1e-7 at the
/// lower rate; the interpolated one's error, spread over all phases, 5e-5.
const POSITION: f64 = 2e-4;

/// Output samples, at the lower rate, that a stream's beginning or end reaches into: half a filter.
const EDGE: usize = 64;

fn new(from: u32, to: u32) -> Resampler {
    Resampler::new(from, to).unwrap()
}

/// All output for a stream that arrives as `packets`, pulled through a buffer of `room` samples.
fn stream<'a, S: Sample + 'a>(
    resampler: &mut Resampler,
    packets: impl IntoIterator<Item = &'a [S]>,
    room: usize,
) -> Vec<f32> {
    let mut all = Vec::new();
    let mut buffer = vec![f32::NAN; room];
    for mut packet in packets {
        loop {
            let count = resampler.push(&mut packet, &mut buffer);
            all.extend_from_slice(&buffer[..count]);
            if count < room {
                assert!(packet.is_empty());
                break;
            }
        }
    }
    loop {
        let count = resampler.finish(&mut buffer);
        all.extend_from_slice(&buffer[..count]);
        if count < room {
            return all;
        }
    }
}

fn resample<S: Sample>(from: u32, to: u32, input: &[S]) -> Vec<f32> {
    stream(&mut new(from, to), [input], 4096)
}

/// Pseudo-random numbers in 0..2^32 (Numerical Recipes' `ranqd1`, high bits folded in).
fn random(seed: &mut u32) -> u32 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *seed ^ (*seed >> 16)
}

/// White noise in -1..1, (samples,).
fn noise(samples: usize) -> Vec<f32> {
    let mut seed = 7;
    (0..samples).map(|_| random(&mut seed) as f32 / (1_u64 << 31) as f32 - 1.0).collect()
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

fn lower(from: u32, to: u32) -> u32 {
    from.min(to)
}

/// A sine of `hertz` that has gone through the resampler, without the ends of the stream: the
/// number of the first output sample, and about 400 samples of the lower rate, at the output's.
fn sine_through(from: u32, to: u32, hertz: f64) -> (usize, Vec<f32>) {
    let samples = (400 + 2 * EDGE) * from as usize / lower(from, to) as usize + 1;
    let turns = |k: usize| (k as f64 * hertz / f64::from(from)).fract();
    let input: Vec<f32> = (0..samples).map(|k| (2.0 * PI * turns(k)).sin() as f32).collect();
    let mut output = resample(from, to, &input);
    let first = EDGE * to as usize / lower(from, to) as usize;
    output.truncate(output.len() - first);
    (first, output.split_off(first))
}

/// What a sine has become: its amplitude, its shift in output samples, and the rest's peak.
struct Fitted {
    amplitude: f64,
    shift: f64,
    rest: f64,
}

/// Least-squares fit of `a sin + b cos` at a known frequency.
fn fitted_sine(from: u32, to: u32, hertz: f64) -> Fitted {
    let (first, output) = sine_through(from, to, hertz);
    let step = 2.0 * PI * hertz / f64::from(to);
    let waves = |k: usize| (step * (first + k) as f64).sin_cos();
    let [mut ss, mut sc, mut cc, mut ys, mut yc] = [0.0; 5];
    for (k, &y) in output.iter().enumerate() {
        let (s, c) = waves(k);
        ss += s * s;
        sc += s * c;
        cc += c * c;
        ys += f64::from(y) * s;
        yc += f64::from(y) * c;
    }
    let determinant = ss * cc - sc * sc;
    let a = (ys * cc - yc * sc) / determinant;
    let b = (yc * ss - ys * sc) / determinant;
    let rest = output.iter().enumerate().map(|(k, &y)| {
        let (s, c) = waves(k);
        (f64::from(y) - a * s - b * c).abs()
    });
    Fitted { amplitude: a.hypot(b), shift: b.atan2(a) / step, rest: rest.fold(0.0, f64::max) }
}

#[test]
fn pass_band_is_flat_undelayed_and_free_of_images() {
    for (from, to) in PAIRS {
        for part in [0.1, 0.31, 0.5, 0.7, 0.82, 0.87, 0.89, 0.9] {
            let sine = fitted_sine(from, to, part * f64::from(lower(from, to)) / 2.0);
            let Fitted { amplitude, shift, rest } = sine;
            assert!((amplitude - 1.0).abs() < PASS_RIPPLE, "{from} {to} {part}: {amplitude}");
            assert!(shift.abs() < POSITION, "{from} {to} {part}: {shift}");
            assert!(rest < STOP, "{from} {to} {part}: {rest}");
        }
    }
}

#[test]
fn transition_band_neither_aliases_nor_leaves_images() {
    for (from, to) in PAIRS {
        for part in [0.93, 0.96, 0.98] {
            let sine = fitted_sine(from, to, part * f64::from(lower(from, to)) / 2.0);
            assert!(sine.rest < STOP, "{from} {to} {part}: {}", sine.rest);
        }
    }
}

#[test]
fn nothing_aliases_from_above_the_outputs_nyquist_frequency() {
    for (from, to) in PAIRS.into_iter().filter(|(from, to)| from > to) {
        let nyquist = f64::from(to) / 2.0;
        let near = [1.0, 1.004, 1.007, 1.01, 1.02, 1.03, 1.05, 1.1, 1.3, 1.7, 2.0, 2.05, 3.3, 7.7, 31.0];
        let top = 0.999 * f64::from(from) / 2.0;
        for hertz in near.map(|part| part * nyquist).into_iter().filter(|&hertz| hertz < top).chain([top]) {
            if hertz < nyquist {
                continue;
            }
            let (_, output) = sine_through(from, to, hertz);
            let peak = output.iter().fold(0.0_f32, |peak, y| peak.max(y.abs()));
            assert!(f64::from(peak) < STOP, "{from} {to} {hertz}: {peak}");
        }
    }
}

#[test]
fn constant_stays_constant() {
    for (from, to) in PAIRS {
        let (first, output) = {
            let input = vec![0.5_f32; 4 * EDGE * from as usize / lower(from, to) as usize + 1];
            (EDGE * to as usize / lower(from, to) as usize, resample(from, to, &input))
        };
        for y in &output[first..output.len() - first] {
            assert!((y - 0.5).abs() < 5e-7, "{from} {to}: {y}");
        }
    }
}

#[test]
fn impulse_response_is_symmetric_about_its_instant() {
    for (from, to) in PAIRS {
        // `between` input samples last exactly `across` output samples.
        let divisor = (1..=lower(from, to)).rev().find(|d| from % d == 0 && to % d == 0).unwrap();
        let (between, across) = (from as usize / divisor as usize, to as usize / divisor as usize);
        let times = (2 * EDGE).div_ceil(between.min(across));
        let (at, centre) = (times * between, times * across);
        let mut input = vec![0.0_f32; 2 * at + 1];
        input[at] = 1.0;
        let output = resample(from, to, &input);
        assert_eq!(output.len(), 2 * centre + across.div_ceil(between), "{from} {to}");
        let largest = output.iter().fold(0.0_f32, |largest, y| largest.max(y.abs()));
        assert!(output[centre] >= largest, "{from} {to}");
        for k in 0..=centre {
            let (before, after) = (output[centre - k], output[centre + k]);
            assert!((before - after).abs() <= 1e-7 * largest, "{from} {to} {k}: {before} {after}");
        }
    }
}

#[test]
fn packets_and_buffers_change_no_bit() {
    for (from, to) in PAIRS.into_iter().chain([(16_000, 16_000)]) {
        let input = noise(3 * 4096 + 5);
        let whole = bits(&resample(from, to, &input));
        for packet in [1, 160, 441, 512, 4096] {
            for room in [1, 13, 512] {
                let split = stream(&mut new(from, to), input.chunks(packet), room);
                assert!(bits(&split) == whole, "{from} {to}: packets of {packet}, buffers of {room}");
            }
        }
        let mut seed = from ^ to;
        let mut rest = &input[..];
        let packets = std::iter::from_fn(|| {
            let (packet, later) = rest.split_at((random(&mut seed) as usize % 700).min(rest.len()));
            rest = later;
            (!(packet.is_empty() && rest.is_empty())).then_some(packet)
        });
        assert!(bits(&stream(&mut new(from, to), packets, 480)) == whole, "{from} {to}: random packets");
    }
}

#[test]
fn samples_come_as_soon_as_they_are_settled() {
    let input = noise(1_000);
    for (from, to) in PAIRS {
        let mut room_for_all = vec![0.0; 100_000];
        let expected = new(from, to).push(&mut &input[..], &mut room_for_all);
        let (mut resampler, mut rest, mut total) = (new(from, to), &input[..], 0);
        while resampler.push(&mut rest, &mut [0.0]) == 1 {
            total += 1;
        }
        assert_eq!(total, expected, "{from} {to}");
    }
}

#[test]
fn silence_lies_before_and_after_a_stream() {
    let input = noise(12_345);
    for (from, to) in PAIRS {
        let output = bits(&resample(from, to, &input));
        let longer: Vec<f32> = input.iter().copied().chain(vec![0.0; 12_345]).collect();
        assert!(bits(&resample(from, to, &longer))[..output.len()] == output, "{from} {to}: after");
        if from % to == 0 {
            let later: Vec<f32> = std::iter::repeat_n(0.0, 48_000).chain(input.clone()).collect();
            let silent = 48_000 * to as usize / from as usize;
            assert!(bits(&resample(from, to, &later))[silent..] == output, "{from} {to}: before");
        }
    }
}

#[test]
fn full_buffer_leaves_the_input_for_the_next_call() {
    let mut resampler = new(8_000, 16_000);
    let samples = noise(1_000);
    let mut input = &samples[..];
    assert_eq!(resampler.push(&mut input, &mut []), 0);
    assert_eq!(input.len(), 1_000);
    assert_eq!(resampler.push(&mut input, &mut [0.0; 10]), 10);
    assert!(input.len() >= 800, "took {} samples for 10", 1_000 - input.len());
}

#[test]
fn output_lasts_as_long_as_the_input() {
    for (from, to) in PAIRS.into_iter().chain([(48_000, 48_000), (384_000, 4_000), (4_000, 384_000)]) {
        for samples in [0, 1, 2, 3, 5, 47, 48, 49, 97, 441, 442, 1_000, 4_321] {
            let expected = (samples as u64 * u64::from(to)).div_ceil(u64::from(from));
            let output = resample(from, to, &vec![0_i16; samples]);
            assert_eq!(output.len() as u64, expected, "{from} {to}: {samples} samples");
        }
    }
}

/// A signal with a period of `M` samples must come out with one of `L`, to the bit: then after each
/// period the resampler is where it was, and no length of stream can make it drift.
#[test]
fn positions_do_not_drift() {
    for (from, to, period_in, period_out) in
        [(44_100, 16_000, 441, 160), (11_025, 16_000, 441, 640), (47_999, 16_000, 47_999, 16_000)]
    {
        let period = noise(period_in);
        let periods = 4 + 100_000 / period_in;
        let output = stream(&mut new(from, to), std::iter::repeat_n(&period[..], periods), 512);
        assert_eq!(output.len(), periods * period_out);
        let mut whole = output.chunks_exact(period_out).skip(2);
        let first = bits(whole.next().unwrap());
        for later in whole.take(periods - 5) {
            assert!(bits(later) == first, "{from} {to}");
        }
    }
}

#[test]
fn integer_samples_count_as_fractions_of_full_scale() {
    let integers: Vec<i16> = noise(2_000).iter().map(|x| (x * 32_767.0) as i16).collect();
    let floats: Vec<f32> = integers.iter().map(|&x| f32::from(x) / 32_768.0).collect();
    let wide: Vec<i32> = integers.iter().map(|&x| i32::from(x) << 16).collect();
    let expected = bits(&resample(44_100, 16_000, &floats));
    assert_eq!(bits(&resample(44_100, 16_000, &integers)), expected);
    assert_eq!(bits(&resample(44_100, 16_000, &wide)), expected);
}

#[test]
fn equal_rates_copy() {
    let input: Vec<f32> = noise(1_000).into_iter().chain([1e-9]).collect();
    for rate in [4_000, 16_000, 383_999] {
        assert_eq!(bits(&resample(rate, rate, &input)), bits(&input));
    }
}

#[test]
fn reset_and_the_next_stream_start_afresh() {
    let input = noise(3_000);
    for (from, to) in [(44_100, 16_000), (8_000, 16_000), (47_999, 16_000), (16_000, 16_000)] {
        let expected = bits(&resample(from, to, &input));
        let mut resampler = new(from, to);
        resampler.push(&mut &input[..1_234], &mut [0.0; 300]);
        resampler.reset();
        assert!(bits(&stream(&mut resampler, [&input[..]], 512)) == expected, "{from} {to}: reset");
        assert!(bits(&stream(&mut resampler, [&input[..]], 512)) == expected, "{from} {to}: second stream");
        resampler.push(&mut &input[..1_234], &mut [0.0; 300]);
        resampler.finish(&mut [0.0; 2]);
        assert!(bits(&stream(&mut resampler, [&input[..]], 512)) == expected, "{from} {to}: cut-off stream");
    }
}

#[test]
fn finished_stream_gives_nothing_more() {
    let mut resampler = new(48_000, 16_000);
    let output = stream(&mut resampler, [&noise(4_800)[..]], 512);
    assert_eq!(output.len(), 1_600);
    assert_eq!(resampler.finish(&mut [0.0; 512]), 0);
    assert_eq!(resampler.finish(&mut [0.0; 512]), 0);
    assert_eq!(new(48_000, 16_000).finish(&mut [0.0; 512]), 0);
}

#[test]
fn clone_is_an_independent_stream() {
    let input = noise(4_000);
    let (head, tail) = input.split_at(1_500);
    let mut original = new(44_100, 16_000);
    let mut buffer = [0.0; 2_000];
    let mut rest = head;
    let begun = original.push(&mut rest, &mut buffer);
    let mut clone = original.clone();
    stream(&mut original, [&noise(999)[..]], 64);
    let continued = stream(&mut clone, [tail], 512);
    let joined: Vec<f32> = buffer[..begun].iter().copied().chain(continued).collect();
    assert_eq!(bits(&joined), bits(&resample(44_100, 16_000, &input)));
}

#[test]
fn broken_samples_poison_nothing() {
    let good = noise(4_000);
    let mut broken = good.clone();
    let mut mended = good;
    let bad = [(500, f32::NAN, 0.0), (501, f32::INFINITY, 0.0), (900, f32::NEG_INFINITY, 0.0)];
    for (k, wrong, right) in bad.into_iter().chain([(1_300, f32::MAX, 1e6), (1_400, -3e9, -1e6)]) {
        broken[k] = wrong;
        mended[k] = right;
    }
    for (from, to) in PAIRS.into_iter().chain([(16_000, 16_000)]) {
        let output = resample(from, to, &broken);
        assert!(output.iter().all(|y| y.is_finite()), "{from} {to}");
        assert!(bits(&output) == bits(&resample(from, to, &mended)), "{from} {to}");
    }
}

#[test]
fn illegal_rates_are_errors_that_name_them() {
    for rate in [0, 1, 3_999, 384_001, u32::MAX] {
        for (from, to) in [(rate, 16_000), (16_000, rate), (rate, rate)] {
            let error = Resampler::new(from, to).unwrap_err();
            let legal = matches!(error, Error::Rate { given, lowest: 4000, highest: 384_000, .. } if given == rate);
            assert!(legal, "{error}");
        }
    }
    let message = Resampler::new(44, 16_000).unwrap_err().to_string();
    assert_eq!(message, "sample rate 44 Hz is not supported: 4000 to 384000 Hz are");
}
