"""What happens to a mixture on its way: telephones, codecs, clipping, gaps, steps of the level."""

import io

import numpy as np
import soundfile
from scipy.signal import butter, resample_poly, sosfilt

RATE = 16000


def spoil(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """The mixture with none or some of the faults below, rounded to 16 bits: f32 (n,)."""
    chance = rng.random
    if chance() < 0.12:
        samples = _steps(rng, samples)
    if chance() < 0.06:
        samples = np.clip(samples, *np.quantile(samples, [p := rng.uniform(0.0005, 0.02), 1 - p]))
    if chance() < 0.18:
        samples = _telephone(rng, samples)
    elif chance() < 0.1:
        samples = sosfilt(butter(6, rng.uniform(3000, 7000), fs=RATE, output="sos"), samples)
    if chance() < 0.05:
        coding = ("MP3", "MPEG_LAYER_III") if chance() < 0.5 else ("OGG", "VORBIS")
        samples = _coded(samples, RATE, *coding)
    if chance() < 0.06:
        samples = _gaps(rng, samples)
    if chance() < 0.05:
        samples = samples + rng.normal(0, 0.01)
    return (np.round(np.clip(samples, -1, 32767 / 32768) * 32768) / 32768).astype(np.float32)


def _steps(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """Sudden changes of the level, by up to 20 dB."""
    gain = np.ones(len(samples), np.float32)
    for place in rng.integers(0, len(samples), rng.integers(1, 4)):
        gain[place:] *= 10 ** (rng.uniform(-20, 20) / 20)
    return samples * gain / max(1.0, float(gain.max()) / 3)


def _telephone(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """The band of a telephone, and mostly its coding."""
    low, high = rng.uniform(50, 350), rng.uniform(3000, 3900)
    narrow = sosfilt(butter(2, low, "highpass", fs=RATE, output="sos"), samples)
    narrow = sosfilt(butter(6, high, fs=RATE, output="sos"), narrow)
    narrow = resample_poly(narrow, 1, 2)
    coding = rng.choice(["ULAW", "ALAW", "GSM610", "none"])
    if coding != "none":
        narrow = _coded(narrow, RATE // 2, "WAV", str(coding))
    return resample_poly(narrow, 2, 1)[: len(samples)]


def _coded(samples: np.ndarray, rate: int, file: str, coding: str) -> np.ndarray:
    """The sound after a codec of libsndfile's, as long as before."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1, 1), rate, coding, format=file)
    buffer.seek(0)
    decoded = soundfile.read(buffer, dtype="float32")[0][: len(samples)]
    return np.pad(decoded, (0, len(samples) - len(decoded)))


def _gaps(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """Lost packets, and now and then a silent start."""
    samples = samples.copy()
    for place in rng.integers(0, len(samples), rng.integers(0, 12)):
        samples[place : place + int(rng.uniform(0.01, 0.08) * RATE)] = 0
    if rng.random() < 0.4:
        samples[: int(rng.uniform(0.1, 2) * RATE)] = 0
    return samples
