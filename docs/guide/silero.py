#!/usr/bin/env python3
"""Silero's network in NumPy, step by step, and what common mistakes do to its scores.

    python3 docs/guide/silero.py [WAV [SCORES]]

prints how far each mistake moves the scores of a recording: a 16-bit mono WAV file at 16 kHz, by
default the one in tests/data. SCORES, what `voiced scores` printed for the same recording, is
compared with the scores without a mistake. The chapter on Silero quotes the parts between ANCHOR
lines. Needs numpy.
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FRAME, CONTEXT, WINDOW, HOP = 512, 64, 256, 128
Weights = dict[str, np.ndarray]


# ANCHOR: weights
def tensors(path: Path) -> Weights:
    """The tensors of a safetensors file: a length, a JSON header, then the numbers."""
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header, body = json.loads(raw[8 : 8 + length]), raw[8 + length :]
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        numbers = np.frombuffer(body[start:end], "<f4").reshape(entry["shape"])
        found[name] = numbers.astype(np.float64)
    return found
    # ANCHOR_END: weights


# ANCHOR: gather
def gather(samples: np.ndarray, context: str = "before", padding: str = "right") -> np.ndarray:
    """(n,) -> (frames, 640): 64 samples of context, 512 new ones, 64 reflected."""
    count = -(-len(samples) // FRAME)  # the last frame is filled up with zeros
    padded = np.zeros(CONTEXT + count * FRAME)
    padded[CONTEXT : CONTEXT + len(samples)] = samples
    starts = range(0, count * FRAME, FRAME)
    frames = np.stack([padded[s : s + CONTEXT + FRAME] for s in starts])  # (frames, 576)
    if context == "zeros":
        frames[:, :CONTEXT] = 0
    if context == "none":
        frames = frames[:, CONTEXT:]  # (frames, 512)
    left = 64 if padding == "both" else 0
    mode = "constant" if padding == "zeros" else "reflect"
    return np.pad(frames, ((0, 0), (left, 64)), mode=mode)
    # ANCHOR_END: gather


# ANCHOR: spectra
def spectra(frames: np.ndarray, symmetric: bool = False, power: bool = False) -> np.ndarray:
    """(frames, 640) -> (frames, 129, 4): magnitudes of four windows of 256 samples."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - symmetric))
    starts = range(0, frames.shape[1] - WINDOW + 1, HOP)
    spectrum = np.stack([np.fft.rfft(frames[:, s : s + WINDOW] * hann) for s in starts], axis=2)
    return np.abs(spectrum) ** (2 if power else 1)
    # ANCHOR_END: spectra


# ANCHOR: encode
def convolve(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int) -> np.ndarray:
    """(frames, inputs, times) -> (frames, outputs, times / stride), with a ReLU."""
    x = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    starts = range(0, x.shape[2] - 2, stride)
    sums = [np.tensordot(x[:, :, s : s + 3], weight, ([1, 2], [1, 2])) for s in starts]
    return np.maximum(np.stack(sums, axis=2) + bias[:, None], 0)


def encode(x: np.ndarray, w: Weights) -> np.ndarray:
    """(frames, 129, 4) -> (frames, 128)."""
    for layer, stride in ((1, 1), (2, 2), (3, 2), (4, 1)):
        x = convolve(x, w[f"conv{layer}.weight"], w[f"conv{layer}.bias"], stride)
    return x[:, :, 0]  # one time is left
    # ANCHOR_END: encode


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), without overflow."""
    return 0.5 + 0.5 * np.tanh(x / 2)


# ANCHOR: recur
def recur(
    x: np.ndarray, w: Weights, order: str = "ifgo", forget: bool = False, relu: bool = True
) -> np.ndarray:
    """(frames, 128) -> (frames,): the LSTM, from frame to frame, and the head."""
    h, c = np.zeros(128), np.zeros(128)
    scores = []
    for features in x:
        if forget:
            h, c = np.zeros(128), np.zeros(128)
        gates = w["lstm.weight_ih"] @ features + w["lstm.bias_ih"]
        gates += w["lstm.weight_hh"] @ h + w["lstm.bias_hh"]
        gate = dict(zip(order, np.split(gates, 4), strict=True))  # four of shape (128,)
        c = sigmoid(gate["f"]) * c + sigmoid(gate["i"]) * np.tanh(gate["g"])
        h = sigmoid(gate["o"]) * np.tanh(c)
        said = np.maximum(h, 0) if relu else h
        scores.append(sigmoid(w["output.weight"][0] @ said + w["output.bias"][0]))
    return np.array(scores)
    # ANCHOR_END: recur


def score(
    samples: np.ndarray,
    w: Weights,
    gathered: dict | None = None,
    seen: dict | None = None,
    recurrent: dict | None = None,
) -> np.ndarray:
    """The score of each frame; the last three say what `gather`, `spectra` and `recur` do wrong."""
    frames = gather(samples, **(gathered or {}))
    features = encode(spectra(frames, **(seen or {})), w)
    return recur(features, w, **(recurrent or {}))


def main() -> None:
    """Prints what each mistake does."""
    recording = sys.argv[1] if len(sys.argv) > 1 else ROOT / "tests/data/speech_16k.wav"
    with wave.open(str(recording)) as file:
        kind = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        if kind != (16000, 1, 2):
            sys.exit(f"{recording}: must be 16-bit mono at 16 kHz")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    w = tensors(ROOT / "weights/silero_16k.safetensors")
    right = score(samples, w)
    if len(sys.argv) > 2:
        ours = np.loadtxt(sys.argv[2], delimiter=",", skiprows=1)[:, 2]
        print(f"NumPy in float64 against {sys.argv[2]}: {np.abs(right - ours).max():.1e} at most\n")
    mistakes = {
        "context of zeros": score(samples, w, gathered={"context": "zeros"}),
        "no context at all": score(samples, w, gathered={"context": "none"}),
        "reflected on both sides": score(samples, w, gathered={"padding": "both"}),
        "zeros in place of the reflection": score(samples, w, gathered={"padding": "zeros"}),
        "symmetric Hann window": score(samples, w, seen={"symmetric": True}),
        "powers, not magnitudes": score(samples, w, seen={"power": True}),
        "samples from -32768 to 32767": score(samples * 32768, w),
        "gates taken as i, o, f, g": score(samples, w, recurrent={"order": "iofg"}),
        "h and c not kept": score(samples, w, recurrent={"forget": True}),
        "no ReLU before the head": score(samples, w, recurrent={"relu": False}),
    }
    print(f"{'mistake':34}{'largest':>9}{'mean':>9}{'other side of 0.5':>20}")
    for name, wrong in mistakes.items():
        moved = np.abs(wrong - right)
        flipped = np.mean((wrong >= 0.5) != (right >= 0.5))
        print(f"{name:34}{moved.max():9.3f}{moved.mean():9.3f}{100 * flipped:18.1f} %")


if __name__ == "__main__":
    main()
