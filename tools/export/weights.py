"""Writes `weights/silero_16k.safetensors`, `weights/silero_8k.safetensors` and the README's table.

The tensors come from the official `silero_vad.onnx`. Two checks make the export prove itself:
the STFT kernel, which is not stored, equals a periodic-Hann DFT; and a float64 forward pass of
the written files gives the official scores. The same bytes come out of each run.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import load_file

import forward
import tensors
import wav
from official import DEFAULT_CACHE, ONNX_PATH, SHA256, VERSION, WHEEL, Official, sha256

REPOSITORY = Path(__file__).resolve().parents[2]
BRANCH = {16000: "then_branch", 8000: "else_branch"}
"""Branch of the model's `If` (is the rate 16 kHz?) that holds a rate's weights."""
CHECK_RECORDING = {16000: "tests/data/test.wav", 8000: "examples/c++/aepyx_8k.wav"}
"""Real speech in the source archive, by rate in Hz."""
CHECK_SECONDS = 60

STFT_TOLERANCE = 1e-6
"""The kernel is stored in f32 with values up to 1: 8e-8 was measured."""
SCORE_TOLERANCE = 5e-6
"""ONNX Runtime computes in f32; 1.6e-6 was measured against f64."""

STFT = "stft.forward_basis_buffer"
NAMES = {
    "encoder.0.reparam_conv": "conv1",
    "encoder.1.reparam_conv": "conv2",
    "encoder.2.reparam_conv": "conv3",
    "encoder.3.reparam_conv": "conv4",
    "decoder.rnn": "lstm",
    "decoder.decoder.2": "output",
}
"""Layer names in the ONNX file and in ours."""


def branch_tensors(onnx_path: Path, rate: int) -> dict[str, np.ndarray]:
    """Returns the constants of one rate's branch by name, without the branch's prefix."""
    graph = onnx.load(str(onnx_path)).graph
    (choice,) = (node for node in graph.node if node.op_type == "If")
    (branch,) = (a.g for a in choice.attribute if a.name == BRANCH[rate])
    found = {}
    for node in branch.node:
        if node.op_type == "Constant":
            name = node.output[0].removeprefix(f"If_0_{BRANCH[rate]}__Inline_0__")
            found[name] = onnx.numpy_helper.to_array(node.attribute[0].t)
    return found


def renamed(constants: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the stored tensors, f32, under our names.

    The LSTM keeps PyTorch's gate order i, f, g, o, in which this ONNX file has it. The output
    layer is a 1x1 convolution, (1, 128, 1); it is stored as the matrix (1, 128).
    """
    kept = {}
    for name, tensor in constants.items():
        layer, _, part = name.rpartition(".")
        if layer in NAMES:
            kept[f"{NAMES[layer]}.{part}"] = tensor
    kept["output.weight"] = kept["output.weight"][:, :, 0]
    return kept


def expected_shapes(rate: int) -> dict[str, tuple[int, ...]]:
    """Returns the shape of each tensor of a weights file."""
    bins = forward.WINDOW[rate] // 2 + 1
    convolutions = {1: (128, bins, 3), 2: (64, 128, 3), 3: (64, 64, 3), 4: (128, 64, 3)}
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, shape in convolutions.items():
        shapes[f"conv{layer}.weight"] = shape
        shapes[f"conv{layer}.bias"] = shape[:1]
    for side in ("ih", "hh"):
        shapes[f"lstm.weight_{side}"] = (512, 128)
        shapes[f"lstm.bias_{side}"] = (512,)
    return shapes | {"output.weight": (1, 128), "output.bias": (1,)}


def check_stft(basis: np.ndarray, rate: int) -> None:
    """Checks the stored STFT kernel, (bins * 2, 1, window), against a DFT. Raises ValueError."""
    difference = np.abs(basis[:, 0, :] - forward.stft_basis(forward.WINDOW[rate])).max()
    print(f"{rate} Hz: STFT kernel against a periodic-Hann DFT: {difference:.2e}")
    if difference > STFT_TOLERANCE:
        raise ValueError(f"{rate} Hz: the STFT kernel is not a DFT: {difference}")


def check_scores(official: Official, path: Path, rate: int) -> None:
    """Checks a written file's float64 scores against the official ones. Raises ValueError."""
    recording, _ = wav.read(official.sdist / CHECK_RECORDING[rate])
    samples = wav.to_f32(recording[: CHECK_SECONDS * rate])
    wanted, wanted_state = official.scores_and_state(samples, rate)
    given, state = forward.scores_and_state(load_file(path), samples, rate)
    difference = np.abs(given - wanted).max()
    state_difference = np.abs(state - wanted_state).max()
    print(
        f"{rate} Hz: float64 against ONNX Runtime over {len(wanted)} frames:"
        f" scores {difference:.2e}, last state {state_difference:.2e}"
    )
    if difference > SCORE_TOLERANCE:
        raise ValueError(f"{path}: scores differ by {difference}")


def export(official: Official, rate: int, folder: Path) -> Path:
    """Writes and checks one rate's weights file; returns its path."""
    constants = branch_tensors(official.onnx, rate)
    check_stft(constants[STFT], rate)
    kept = renamed(constants)
    shapes = {name: tensor.shape for name, tensor in kept.items()}
    if shapes != expected_shapes(rate):
        raise ValueError(f"{rate} Hz: shapes are {shapes}, wanted {expected_shapes(rate)}")
    metadata = {
        "model": "silero-vad",
        "version": VERSION,
        "sample_rate": str(rate),
        "source": f"{WHEEL}/{ONNX_PATH}",
        "source_sha256": SHA256[WHEEL],
        "onnx_sha256": sha256(official.onnx),
        "licence": "MIT",
        "copyright": "Copyright (c) 2020-present Silero Team",
    }
    path = folder / f"silero_{rate // 1000}k.safetensors"
    tensors.write(path, kept, metadata)
    check_scores(official, path, rate)
    return path


def main() -> None:
    """Writes both rates' files, and their table in the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="folder for downloads")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "weights", help="output folder")
    readme = REPOSITORY / "weights/README.md"
    parser.add_argument("--readme", type=Path, default=readme, help="whose table to rewrite")
    arguments = parser.parse_args()
    official = Official(arguments.cache)
    paths = [export(official, rate, arguments.out) for rate in BRANCH]
    tensors.list_files(arguments.readme, "tools/export/weights.py", zip(BRANCH, paths, strict=True))


if __name__ == "__main__":
    main()
