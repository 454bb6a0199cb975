//! The layers against golden values from ONNX Runtime, which `tools/export/golden.py` makes.

use safetensors::SafeTensors;

use super::*;
use crate::kernels::{End, Inputs, Kernels, Set, Shape};

/// ONNX Runtime's own results differ from `f64` by up to 1e-6 of the largest value, and ours may too.
const TOLERANCE: f32 = 4e-6;

fn sets() -> impl Iterator<Item = Set> {
    Kernels::available().map(|kernels| kernels.checked().unwrap())
}

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn all(tensors: &Tensors<'_>, name: &str) -> Vec<f32> {
    tensors.values(name, &tensors.shape(name).unwrap()).unwrap()
}

#[track_caller]
fn assert_close(ours: &[f32], golden: &[f32], what: &str) {
    assert_eq!(ours.len(), golden.len(), "{what}");
    let scale = golden.iter().fold(1.0_f32, |scale, value| scale.max(value.abs()));
    for (i, (ours, golden)) in ours.iter().zip(golden).enumerate() {
        assert!((ours - golden).abs() <= TOLERANCE * scale, "{what} [{i}]: {ours} and {golden}");
    }
}

#[test]
fn lstm_cell_agrees_with_onnx_runtime() {
    let bytes = golden("cells.safetensors");
    let tensors = Tensors::parse(&bytes).unwrap();
    for (name, inputs, hidden) in [("lstm_20", 24, 20), ("lstm_3", 5, 3)] {
        let values = |part: &str| all(&tensors, &format!("{name}.{part}"));
        for kernels in sets() {
            let cell = LstmCell::load(kernels, &tensors, name, inputs, hidden).unwrap();
            let (mut h, mut c) = (values("h0"), values("c0"));
            let (mut from_input, mut from_hidden) = (vec![f32::NAN; 4 * hidden], vec![f32::NAN; 4 * hidden]);
            for (x, golden) in values("x").chunks(inputs).zip(values("h").chunks(hidden)) {
                cell.project(kernels, x, &mut from_input);
                cell.recall(kernels, &h, &mut from_hidden);
                cell.step(kernels, &from_input, &from_hidden, &mut h, &mut c);
                assert_close(&h, golden, name);
            }
            assert_close(&c, &values("c_last"), name);
        }
    }
}

#[test]
fn gru_cell_agrees_with_onnx_runtime() {
    let bytes = golden("cells.safetensors");
    let tensors = Tensors::parse(&bytes).unwrap();
    for (name, inputs, hidden) in [("gru_20", 24, 20), ("gru_3", 5, 3)] {
        let values = |part: &str| all(&tensors, &format!("{name}.{part}"));
        for kernels in sets() {
            let cell = GruCell::load(kernels, &tensors, name, inputs, hidden).unwrap();
            let mut h = values("h0");
            let (mut from_input, mut from_hidden) = (vec![f32::NAN; 3 * hidden], vec![f32::NAN; 3 * hidden]);
            for (x, golden) in values("x").chunks(inputs).zip(values("h").chunks(hidden)) {
                cell.project(kernels, x, &mut from_input);
                cell.recall(kernels, &h, &mut from_hidden);
                GruCell::step(kernels, &from_input, &from_hidden, &mut h);
                assert_close(&h, golden, name);
            }
        }
    }
}

/// (channels, times) to (times, channels) and back.
fn transposed(x: &[f32], rows: usize) -> Vec<f32> {
    let columns = x.len() / rows;
    (0..x.len()).map(|i| x[(i % rows) * columns + i / rows]).collect()
}

#[test]
fn convolutions_agree_with_onnx_runtime() {
    let bytes = golden("conv.safetensors");
    let tensors = Tensors::parse(&bytes).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let cases: Vec<String> =
        file.names().iter().filter_map(|name| name.strip_suffix(".weight").map(str::to_owned)).collect();
    let mut tested = 0;
    for case in cases {
        // conv_iIN_oOUT_kKERNEL_sSTRIDE_pPADDING_lLENGTH
        let sizes: Vec<usize> = case.split('_').skip(1).map(|part| part[1..].parse().unwrap()).collect();
        let [inputs, outputs, kernel, stride, padding, length] = sizes[..] else { panic!("{case}") };
        let x = all(&tensors, &format!("{case}.x")); // (inputs, times)
        let x = if stride == 1 { x } else { transposed(&x, inputs) };
        let golden = transposed(&all(&tensors, &format!("{case}.y")), outputs);
        let shape = Shape { inputs, outputs, times: length, taps: kernel, stride };
        if padding != kernel / 2 || !shape.is_known() {
            continue;
        }
        tested += 1;
        let weight = all(&tensors, &format!("{case}.weight"));
        for kernels in sets() {
            let bias = all(&tensors, &format!("{case}.bias"));
            let weights = kernels.pack(shape, Inputs::Dense, &weight, bias);
            let mut y = vec![f32::NAN; golden.len()];
            kernels.convolve(&weights, &x, &mut y, End::Bias);
            assert_close(&y, &golden, &case);
        }
    }
    assert_eq!(tested, 3, "{tested} of the golden cases are of a known shape");
}
