"""Writes `tests/data/gru.safetensors`: the scores that the engine is held to.

    python golden.py ../../weights/gru_16k.safetensors

They are the forward pass of `forward.py`, in float64, over the repository's speech at 16 kHz, over
the same 60 dB quieter, and over noise. The training framework's own pass is checked against it.
"""

import argparse
import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import soundfile

from features import above_mean, log_bands
from forward import Network
from network import logits

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tools/export"))
import tensors  # noqa: E402

TOLERANCE = 1e-5
"""Between the framework in f32 and the equations in f64."""


def framework(network: Network, samples: np.ndarray) -> np.ndarray:
    """The scores f32 (frames,) by the network that is trained, with the exported parameters."""
    parameters = {name: jnp.asarray(value, jnp.float32) for name, value in network.tensors.items()}
    bands = above_mean(log_bands(samples))
    odds = np.asarray(logits(parameters, bands[None])[0], np.float64)
    return 1 / (1 + np.exp(-odds))


def recordings() -> dict[str, np.ndarray]:
    """Recordings by name, f32 (n,)."""
    speech, _ = soundfile.read(REPOSITORY / "tests/data/speech_16k.wav", dtype="float32")
    noise = np.random.default_rng(5).normal(0, 0.05, 5 * 16000 + 77).astype(np.float32)
    return {"speech": speech, "speech_60dB_quieter": speech / np.float32(1000), "noise": noise}


def main() -> None:
    """Writes the file; of the noise its samples too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument(
        "-o", "--output", type=Path, default=REPOSITORY / "tests/data/gru.safetensors"
    )
    args = parser.parse_args()
    network = Network(args.weights)
    kept = {}
    for name, samples in recordings().items():
        scores = network.scores(samples)
        apart = np.abs(framework(network, samples) - scores).max()
        print(f"{name}: {len(scores)} scores, the framework's within {apart:.1e}")
        if apart > TOLERANCE:
            raise SystemExit(f"{name}: {apart} apart")
        kept[name] = scores.astype(np.float32)
        if name == "noise":
            kept["noise.samples"] = samples
    tensors.write(args.output, kept, {"source": "tools/train/golden.py"})


if __name__ == "__main__":
    main()
