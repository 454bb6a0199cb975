"""What the network sees: how far the power in bands is above its recent mean, every 16 ms.

Logarithms less their mean do not change when a recording is made louder or quieter, or is heard
through another microphone.
"""

import numpy as np
import scipy.fft

RATE = 16000
FRAME = 512
HOP = 256
FLOOR = 1e-8
"""The power, -80 dB of full scale, over which levels count: sounds far below it are as none."""
EDGES = np.array(
    [*range(2, 34, 2)]
    + [35, 37, 39, 41, 43, 46, 49, 52, 55, 58, 62, 66, 70, 75, 80, 85, 91, 97, 103, 110, 117]
    + [125, 133, 142, 151, 161, 172, 183, 195, 208, 222, 239, 257]
)
"""Bins of the spectrum, 31.25 Hz apart, at which the bands begin, and where the last one ends."""

MEMORY = 625
"""Hops over which the mean of a band is taken: 10 s."""

_TAPER = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
_TAPER = (_TAPER / np.sqrt(np.sum(_TAPER**2))).astype(np.float32)


def log_bands(samples: np.ndarray) -> np.ndarray:
    """The levels ln(1 + P / FLOOR) of the mean powers P in the bands, f32 (frames, bands).

    samples: f32 (n,), full scale 1. Frame `i` is `samples[256 * i : 256 * i + 512]` under a
    periodic Hann window whose squares sum to one; what lies beyond the end counts as zeros.
    """
    frames = -(-len(samples) // HOP)
    padded = np.pad(samples.astype(np.float32), (0, frames * HOP + FRAME - HOP - len(samples)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    spectra = scipy.fft.rfft(windows * _TAPER)
    powers = spectra.real**2 + spectra.imag**2
    sums = np.add.reduceat(powers, EDGES[:-1], axis=1)
    return np.log1p(sums / (np.diff(EDGES) * FLOOR).astype(np.float32))


def above_mean(bands: np.ndarray) -> np.ndarray:
    """Log bands less their running means, f32 of the same shape (..., hops, bands).

    The mean of a hop is that of all hops up to it; from hop 625 on, older ones fade.
    """
    mean = np.zeros_like(bands[..., 0, :], np.float32)
    above = np.empty(bands.shape, np.float32)
    for t in range(bands.shape[-2]):
        present = bands[..., t, :].astype(np.float32)
        mean += (present - mean) / np.float32(min(t + 1, MEMORY))
        above[..., t, :] = present - mean
    return above
