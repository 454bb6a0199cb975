"""Golden values of LSTM and GRU cells and of 1-D convolutions, from ONNX Runtime.

Weights are random with fixed seeds, in PyTorch's layout: LSTM gates i, f, g, o; GRU gates r, z, n
with two biases. Each output is also checked against the textbook equations in float64.
"""

from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

import tensors
from forward import sigmoid

SIZES = {20: 24, 3: 5}
"""Input size by hidden size: one around SIMD widths, one below them."""
STEPS = 12

ONNX_GATES = {"lstm": [0, 3, 1, 2], "gru": [1, 0, 2]}
"""Which of PyTorch's gates (i, f, g, o; r, z, n) fill ONNX's (i, o, f, c; z, r, h)."""

CONVOLUTIONS = [
    # in, out, kernel, stride, padding, length
    (5, 7, 3, 1, 1, 9),
    (5, 7, 3, 2, 1, 9),
    (5, 7, 3, 2, 1, 10),
    (5, 7, 3, 1, 0, 9),
    (5, 7, 3, 2, 0, 10),
    (5, 7, 1, 1, 0, 4),
    (5, 7, 1, 2, 0, 4),
    (5, 7, 1, 1, 1, 4),
    (5, 7, 1, 2, 1, 4),
    (16, 20, 3, 1, 1, 4),
    (16, 20, 3, 2, 1, 4),
    (16, 20, 3, 2, 1, 2),
    (16, 20, 3, 1, 1, 1),
    (16, 20, 3, 1, 0, 3),
]

TOLERANCE = 1e-6
"""Between ONNX Runtime in f32 and the equations in f64; values are below 4 in size."""


def run(
    operator: str,
    inputs: dict[str, np.ndarray],
    outputs: list[str],
    **attributes: object,
) -> list[np.ndarray]:
    """Runs one ONNX operator on named f32 inputs ('' marks an absent one); returns its outputs."""
    given = {name: value for name, value in inputs.items() if name}
    graph = helper.make_graph(
        [helper.make_node(operator, list(inputs), outputs, **attributes)],
        operator,
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, v.shape) for n, v in given.items()],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, given)


def uniform(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Returns f32 values, evenly spread over [-1, 1)."""
    return (rng.random(shape) * 2 - 1).astype(np.float32)


def onnx_order(kind: str, tensor: np.ndarray) -> np.ndarray:
    """Returns a tensor, (gates * hidden, ...), with its gates in ONNX's order."""
    gates = np.split(tensor, len(ONNX_GATES[kind]))
    return np.concatenate([gates[i] for i in ONNX_GATES[kind]])


def lstm_step(gates: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns h and c after one LSTM step, f64 (hidden,), from the summed gates (4 * hidden,)."""
    i, f, g, o = np.split(gates, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(from_input: np.ndarray, from_hidden: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Returns h after one GRU step, f64 (hidden,), from both gate sums, (3 * hidden,) each."""
    r_x, z_x, n_x = np.split(from_input, 3)
    r_h, z_h, n_h = np.split(from_hidden, 3)
    z = sigmoid(z_x + z_h)
    n = np.tanh(n_x + sigmoid(r_x + r_h) * n_h)
    return (1 - z) * n + z * h


def reference(kind: str, case: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Returns h of each step, f64 (steps, hidden), and the last c (zeros for a GRU)."""
    f64 = {name: tensor.astype(np.float64) for name, tensor in case.items()}
    h = f64["h0"]
    c = f64.get("c0", np.zeros_like(h))
    outputs = []
    for x in f64["x"]:
        from_input = f64["weight_ih"] @ x + f64["bias_ih"]
        from_hidden = f64["weight_hh"] @ h + f64["bias_hh"]
        if kind == "lstm":
            h, c = lstm_step(from_input + from_hidden, c)
        else:
            h = gru_step(from_input, from_hidden, h)
        outputs.append(h)
    return np.stack(outputs), c


def cell(kind: str, hidden: int) -> dict[str, np.ndarray]:
    """Returns one cell's tensors: its weights, inputs `x`, `h0`, `c0`, outputs `h`, `c_last`."""
    rng = np.random.default_rng(hidden)
    rows = len(ONNX_GATES[kind]) * hidden
    case = {
        "weight_ih": uniform(rng, rows, SIZES[hidden]),
        "weight_hh": uniform(rng, rows, hidden),
        "bias_ih": uniform(rng, rows),
        "bias_hh": uniform(rng, rows),
        "x": uniform(rng, STEPS, SIZES[hidden]),
        "h0": uniform(rng, hidden),
    }
    biases = [onnx_order(kind, case[name]) for name in ("bias_ih", "bias_hh")]
    inputs = {
        "X": case["x"][:, None],
        "W": onnx_order(kind, case["weight_ih"])[None],
        "R": onnx_order(kind, case["weight_hh"])[None],
        "B": np.concatenate(biases)[None],
        "": np.empty(0),
        "initial_h": case["h0"][None, None],
    }
    if kind == "lstm":
        case["c0"] = uniform(rng, hidden)
        inputs["initial_c"] = case["c0"][None, None]
        y, _, c = run("LSTM", inputs, ["Y", "Y_h", "Y_c"], hidden_size=hidden)
        case["c_last"] = c[0, 0]
    else:
        y, _ = run("GRU", inputs, ["Y", "Y_h"], hidden_size=hidden, linear_before_reset=1)
    case["h"] = y[:, 0, 0]
    h, c_last = reference(kind, case)
    check(f"{kind}_{hidden}", case["h"], h)
    check(f"{kind}_{hidden} last c", case.get("c_last", np.zeros(hidden)), c_last)
    return case


def convolution(
    inputs: int, outputs: int, kernel: int, stride: int, padding: int, length: int
) -> dict[str, np.ndarray]:
    """Returns one case: `x` (in, length), `weight` (out, in, k), `bias` (out,), `y` (out, l)."""
    rng = np.random.default_rng([inputs, outputs, kernel, stride, padding, length])
    case = {
        "x": uniform(rng, inputs, length),
        "weight": uniform(rng, outputs, inputs, kernel),
        "bias": uniform(rng, outputs),
    }
    y = run(
        "Conv",
        {"X": case["x"][None], "W": case["weight"], "B": case["bias"]},
        ["Y"],
        strides=[stride],
        pads=[padding, padding],
    )[0][0]
    x = np.pad(case["x"].astype(np.float64), ((0, 0), (padding, padding)))
    starts = range(0, x.shape[1] - kernel + 1, stride)
    columns = [np.tensordot(case["weight"], x[:, s : s + kernel], 2) for s in starts]
    check("conv", y, np.stack(columns, axis=1) + case["bias"][:, None])
    return case | {"y": y}


def check(name: str, given: np.ndarray, wanted: np.ndarray) -> None:
    """Raises ValueError where ONNX Runtime's values are not those of the equations."""
    difference = np.abs(given - wanted).max()
    if given.shape != wanted.shape or difference > TOLERANCE * max(1, np.abs(wanted).max()):
        raise ValueError(f"{name}: {given.shape} differs from {wanted.shape} by {difference}")


def write(folder: Path) -> None:
    """Writes `cells.safetensors` and `conv.safetensors`."""
    metadata = {"source": f"ONNX Runtime {onnxruntime.__version__}, random weights"}
    cells = {}
    for kind in ONNX_GATES:
        for hidden in SIZES:
            for name, tensor in cell(kind, hidden).items():
                cells[f"{kind}_{hidden}.{name}"] = tensor
    tensors.write(folder / "cells.safetensors", cells, metadata)

    convolutions = {}
    for inputs, outputs, kernel, stride, padding, length in CONVOLUTIONS:
        case = f"conv_i{inputs}_o{outputs}_k{kernel}_s{stride}_p{padding}_l{length}"
        for name, tensor in convolution(inputs, outputs, kernel, stride, padding, length).items():
            convolutions[f"{case}.{name}"] = tensor
    tensors.write(folder / "conv.safetensors", convolutions, metadata)
