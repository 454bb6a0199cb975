"""Golden output of scipy's resample_poly, a resampler of another make.

The signals are sums of sines below 0.85 of the lower Nyquist frequency, where every good resampler
agrees; scipy runs in float64, with a Kaiser filter 40 dB better than ours has to be.
"""

from math import gcd
from pathlib import Path

import numpy as np
import scipy
from scipy.signal import firwin, kaiserord, resample_poly

import tensors

PAIRS = [
    (48_000, 16_000),
    (44_100, 16_000),
    (11_025, 8_000),
    (8_000, 16_000),
    (16_000, 44_100),
    (47_999, 16_000),
]
SECONDS = 0.1
TONES = 40
BAND_END = 0.85  # of the lower Nyquist frequency
ATTENUATION = 120.0  # dB


def sines(rate: int, band: float, rng: np.random.Generator) -> np.ndarray:
    """Returns a sum of sines below `band` Hz, (samples,) float32, its peak at 0.9."""
    time = np.arange(int(SECONDS * rate)) / rate
    frequencies = rng.uniform(0.0, band, (TONES, 1))
    phases = rng.uniform(0.0, 2.0 * np.pi, (TONES, 1))
    signal = np.sin(2.0 * np.pi * frequencies * time + phases).sum(axis=0)
    return (0.9 * signal / np.abs(signal).max()).astype(np.float32)


def resampled(signal: np.ndarray, source: int, target: int) -> np.ndarray:
    """Returns `signal` at `target` Hz by scipy, (samples,) float32.

    The stop band starts at the lower Nyquist frequency.
    """
    divisor = gcd(source, target)
    up, down = target // divisor, source // divisor
    lower = 1.0 / max(up, down)  # the lower Nyquist frequency, in those of the rate `source * up`
    length, beta = kaiserord(ATTENUATION, (1.0 - BAND_END) * lower)
    taps = firwin(length | 1, 0.5 * (1.0 + BAND_END) * lower, window=("kaiser", beta))
    return resample_poly(signal.astype(np.float64), up, down, window=taps).astype(np.float32)


def write(out: Path) -> None:
    """Writes `resample.safetensors` to `out`.

    For each rate pair it holds `FROM_TO.input` and `FROM_TO.output`, f32 (samples,).
    """
    rng = np.random.default_rng(1974)
    signals = {}
    for source, target in PAIRS:
        signal = sines(source, BAND_END * min(source, target) / 2.0, rng)
        signals[f"{source}_{target}.input"] = signal
        signals[f"{source}_{target}.output"] = resampled(signal, source, target)
    tensors.write(out / "resample.safetensors", signals, {"source": f"scipy {scipy.__version__}"})
