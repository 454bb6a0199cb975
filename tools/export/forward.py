"""The Silero forward pass in float64, from the exported tensors alone: the proof of an export."""

import numpy as np

from official import CONTEXT, FRAME, STATE_SIZE

WINDOW = {16000: 256, 8000: 128}
"""STFT window length in samples, by rate in Hz; the hop is half of it."""


def hann(length: int) -> np.ndarray:
    """Returns the periodic Hann window, f64 (length,)."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def stft_basis(window: int) -> np.ndarray:
    """Returns the windowed DFT basis, f64 (window + 2, window): real rows, then imaginary ones."""
    bins = np.arange(window // 2 + 1)[:, None]
    angle = 2 * np.pi * bins * np.arange(window)[None, :] / window
    return np.concatenate([np.cos(angle), -np.sin(angle)]) * hann(window)


def magnitudes(frames: np.ndarray, window: int) -> np.ndarray:
    """Returns the STFT magnitudes, (frames, bins, 4), of frames with context, (frames, samples).

    Each frame is reflect-padded by a quarter of a window on the right only.
    """
    padded = np.pad(frames, ((0, 0), (0, window // 4)), mode="reflect")
    starts = range(0, padded.shape[1] - window + 1, window // 2)
    columns = [np.fft.rfft(padded[:, s : s + window] * hann(window)) for s in starts]
    return np.abs(np.stack(columns, axis=2))


def conv_relu(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int) -> np.ndarray:
    """Returns ReLU of a 1-D convolution with padding 1.

    x: (frames, in, length). weight: (out, in, 3). bias: (out,). Returns (frames, out, length').
    """
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    starts = range(0, padded.shape[2] - 2, stride)
    columns = [np.tensordot(padded[:, :, s : s + 3], weight, ([1, 2], [1, 2])) for s in starts]
    return np.maximum(np.stack(columns, axis=2) + bias[None, :, None], 0)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Returns 1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def scores_and_state(
    tensors: dict[str, np.ndarray], samples: np.ndarray, rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the score of each frame, f64 (frames,), and the last state, f64 (2, 128): h, c.

    tensors: those of a weights file. samples: (n,), full scale 1.0. rate: 16000 or 8000, in Hz.
    """
    weights = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    frame, context = FRAME[rate], CONTEXT[rate]
    count = -(-len(samples) // frame)
    padded = np.zeros(context + count * frame)
    padded[context : context + len(samples)] = samples
    frames = np.stack([padded[i * frame : (i + 1) * frame + context] for i in range(count)])

    x = magnitudes(frames, WINDOW[rate])
    for layer, stride in ((1, 1), (2, 2), (3, 2), (4, 1)):
        x = conv_relu(x, weights[f"conv{layer}.weight"], weights[f"conv{layer}.bias"], stride)
    x = x[:, :, 0]  # (frames, 128): one column is left

    h, c = np.zeros(STATE_SIZE), np.zeros(STATE_SIZE)
    scores = np.zeros(count)
    for t in range(count):
        gates = weights["lstm.weight_ih"] @ x[t] + weights["lstm.bias_ih"]
        gates += weights["lstm.weight_hh"] @ h + weights["lstm.bias_hh"]
        i, f, g, o = np.split(gates, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        logit = weights["output.weight"][0] @ np.maximum(h, 0) + weights["output.bias"][0]
        scores[t] = sigmoid(logit)
    return scores, np.stack([h, c])
