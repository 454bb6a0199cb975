"""Writes `tests/data/gru_random.safetensors`: a network of random weights, and its scores.

    python golden_random.py

Its sizes are other ones than the trained network's, so that the engine is held to what a file says.
The scores are the forward pass of `forward.py`, in float64, over 20 s of the repository's speech
(and 55 samples, so that the last frame is not whole), and over the same divided by 1024.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile

from forward import Network

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tools/export"))
import tensors  # noqa: E402

BANDS, CHANNELS, HIDDEN, TAPS = 20, 10, 7, 4
METADATA = {
    "format": "voiced-gru-1",
    "rate": "16000",
    "frame": "256",
    "hop": "128",
    "edges": "1 2 3 4 5 6 7 9 11 14 17 21 26 32 39 48 59 73 90 111 129",
    "floor": "1e-10",
    "memory": "50",
    "source": "random numbers",
}


def weights() -> dict[str, np.ndarray]:
    """Random tensors, large enough for scores that differ."""
    rng = np.random.default_rng(11)

    def uniform(*shape: int, fan: int) -> np.ndarray:
        return (rng.uniform(-2, 2, shape) / np.sqrt(fan)).astype(np.float32)

    return {
        "conv.weight": uniform(CHANNELS, BANDS, TAPS, fan=BANDS * TAPS),
        "conv.bias": uniform(CHANNELS, fan=4),
        "gru.weight_ih": uniform(3 * HIDDEN, CHANNELS, fan=HIDDEN),
        "gru.bias_ih": uniform(3 * HIDDEN, fan=9),
        "gru.weight_hh": uniform(3 * HIDDEN, HIDDEN, fan=HIDDEN),
        "gru.bias_hh": uniform(3 * HIDDEN, fan=9),
        "output.weight": uniform(1, HIDDEN, fan=2),
        "output.bias": uniform(1, fan=4),
    }


def main() -> None:
    """Writes the file."""
    path = REPOSITORY / "tests/data/gru_random.safetensors"
    speech, _ = soundfile.read(REPOSITORY / "tests/data/speech_16k.wav", dtype="float32")
    speech = speech[: 16000 * 20 + 55]
    kept = weights()
    tensors.write(path, kept, METADATA)
    network = Network(path)
    kept["golden.speech"] = network.scores(speech).astype(np.float32)
    kept["golden.quiet"] = network.scores(speech / np.float32(1024)).astype(np.float32)
    tensors.write(path, kept, METADATA)


if __name__ == "__main__":
    main()
