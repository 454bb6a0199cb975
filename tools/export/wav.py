"""16-bit mono WAV files in and out."""

import wave
from pathlib import Path

import numpy as np


def read(path: Path) -> tuple[np.ndarray, int]:
    """Returns the samples, i16 (n,), and the rate in Hz. Raises ValueError if not 16-bit mono."""
    with wave.open(str(path), "rb") as file:
        channels, width = file.getnchannels(), file.getsampwidth()
        if (channels, width) != (1, 2):
            raise ValueError(f"{path}: {channels} channels of {8 * width} bits, wanted 1 of 16")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


def write(path: Path, samples: np.ndarray, rate: int) -> None:
    """Writes samples, i16 (n,), at a rate in Hz, with the plain 44-byte header."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())


def to_f32(samples: np.ndarray) -> np.ndarray:
    """Converts i16 (n,) to f32 (n,), full scale 1.0: each value over 32768, which is exact."""
    return samples.astype(np.float32) / np.float32(32768)
