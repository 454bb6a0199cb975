"""Golden scores: two real recordings, inputs derived from them, and their official scores.

The derived inputs are not stored: `tests/data/README.md` says how to rebuild each to the bit.
"""

from pathlib import Path

import numpy as np

import tensors
import wav
from official import VERSION, Official

SECONDS = 30
EXCERPTS = {
    "speech_16k": (16000, "tests/data/test.wav", 0),
    "speech_8k": (8000, "examples/c++/aepyx_8k.wav", 30),
}
"""By name: rate in Hz, file in the source archive, first second of the excerpt."""

SHORT = 1000
"""Samples in a `_short` input: four frames at 8 kHz, two at 16 kHz, the last not whole."""
SYNTHETIC_SECONDS = 2


def noise(count: int) -> np.ndarray:
    """Returns white noise, f32 (count,), at -20 dB, from a 32-bit linear congruential generator.

    Constants of Numerical Recipes (2nd edition, section 7.1), seed 1.
    """
    state = 1
    states = np.empty(count, np.uint32)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        states[i] = state
    return states.view(np.int32).astype(np.float32) / np.float32(2**31) * np.float32(0.1)


def inputs(name: str, recording: np.ndarray, rate: int) -> dict[str, np.ndarray]:
    """Returns the scored inputs of one rate, f32 (samples,) each, by tensor name."""
    speech = wav.to_f32(recording)
    suffix = name.removeprefix("speech_")
    count = SYNTHETIC_SECONDS * rate
    return {
        name: speech,
        f"{name}_short": speech[:SHORT],
        f"{name}_loud": speech * np.float32(8),
        f"{name}_quiet": speech * np.float32(2**-7),
        f"silence_{suffix}": np.zeros(count, np.float32),
        f"noise_{suffix}": noise(count),
    }


def write(official: Official, folder: Path) -> dict[str, np.ndarray]:
    """Writes both excerpts and `scores.safetensors`; returns the scores by name."""
    scores = {}
    for name, (rate, source, first_second) in EXCERPTS.items():
        whole, found_rate = wav.read(official.sdist / source)
        if found_rate != rate:
            raise ValueError(f"{source}: {found_rate} Hz, wanted {rate}")
        recording = whole[first_second * rate : (first_second + SECONDS) * rate]
        wav.write(folder / f"{name}.wav", recording, rate)
        for input_name, samples in inputs(name, recording, rate).items():
            scores[input_name], state = official.scores_and_state(samples, rate)
            if input_name == name:
                scores[f"{name}_state"] = state
    metadata = {"source": f"silero-vad {VERSION}, ONNX Runtime, one thread"}
    tensors.write(folder / "scores.safetensors", scores, metadata)
    return scores
