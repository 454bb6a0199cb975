"""Clips to learn from: speech and noise mixed, spoiled, and labelled every 16 ms.

A clip is decided by a seed and its number alone, so that shards of clips can be made in any order,
by any number of processes.
"""

from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from channel import spoil
from features import FRAME, HOP, log_bands
from labels import SILENCE, SPEECH, STEP, UNSURE
from room import coloured, response

HOPS = 750
"""Hops in a clip to learn from: 12 s."""
LONGEST_PAUSE = 5.0
"""Seconds between recordings of a speaker, at most."""
SPEEDS = [(4, 5), (5, 6), (6, 7), (7, 8), (9, 10), (1, 1)]
SPEEDS += [(down, up) for up, down in SPEEDS]
"""Factors (up, down) by which a recording gets longer, and its pitch lower."""
VOICE_PERCENT = 30
"""From this score of Silero's on, noise may hold a voice."""


class Corpus:
    """Recordings as `prepare.py` keeps them, of which one split is drawn from."""

    def __init__(self, path: Path, validation: bool) -> None:
        """Reads a file; raises ValueError where it has no source for the split."""
        kept = np.load(path)
        self.samples, self.track, self.starts = kept["samples"], kept["track"], kept["starts"]
        here = np.flatnonzero(kept["validation"] == validation)
        names = kept["sources"][here]
        sources = sorted(set(names.tolist()))
        if not sources:
            raise ValueError(
                f"{path}: has no source for {'validation' if validation else 'training'}"
            )
        self.recordings = [here[names == source] for source in sources]
        lengths = np.diff(self.starts)
        weights = np.sqrt([lengths[recordings].sum() for recordings in self.recordings])
        self.chances = weights / weights.sum()

    def source(self, rng: np.random.Generator) -> np.ndarray:
        """The recordings of a source; longer ones come more often, by the root of their length."""
        return self.recordings[rng.choice(len(self.recordings), p=self.chances)]

    def recording(
        self, rng: np.random.Generator, source: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """A recording of a source: samples f32 (160 * steps,) and track u8 (steps,)."""
        start, end = self.starts[(at := rng.choice(source)) : at + 2]
        return self.samples[start:end] / np.float32(32768), self.track[start // STEP : end // STEP]


def clip(
    speech: Corpus,
    noise: Corpus,
    seed: int,
    number: int,
    hops: int = HOPS,
    longest_pause: float = LONGEST_PAUSE,
) -> tuple[np.ndarray, np.ndarray]:
    """Clip `number`: samples f32 (n,), and labels u8 (hops,), SILENCE, SPEECH or UNSURE.

    n is what `hops` frames span.
    """
    rng = np.random.default_rng([seed, number])
    n = hops * HOP + FRAME - HOP
    middles = (np.arange(hops) * HOP + HOP // 2) // STEP
    room = response(rng) if rng.random() < 0.5 else None
    if rng.random() < 0.88:
        voice, labels = _voice(rng, speech, n, longest_pause)
    else:
        voice, labels = np.zeros(n, np.float32), np.zeros(n // STEP, np.uint8)
    labels = labels[middles]
    spoken = np.repeat(labels == SPEECH, HOP)
    voice = coloured(rng, voice, room)
    power = float(np.mean(voice[: len(spoken)][spoken] ** 2)) if spoken.any() else 1e-3
    total = np.zeros(n, np.float32)
    for _ in range(rng.choice(4, p=[0.05, 0.45, 0.3, 0.2])):
        background, voices = _background(rng, noise, n)
        snr = rng.uniform(-5, 30)
        total += background * _gain(power, float(np.mean(background**2)), -snr)
        if snr < 20:
            heard = voices[middles]
            labels = np.where(heard & (labels == SILENCE), UNSURE, labels)
    hiss = rng.standard_normal(n, np.float32) * _gain(power, 1, rng.uniform(-80, -50))
    mixed = voice + coloured(rng, total) + hiss
    level = rng.uniform(-45, -10) if spoken.any() else rng.uniform(-65, -10)
    loud = power if spoken.any() else float(np.mean(mixed**2))
    return spoil(rng, mixed * _gain(1, loud, level)), labels


def _gain(wanted: float, power: float, decibel: float) -> np.float32:
    """The factor that brings a sound of a power to `decibel` over the wanted power."""
    return np.float32(np.sqrt(wanted / max(power, 1e-12)) * 10 ** (decibel / 20))


def features(
    speech: Corpus, noise: Corpus, seed: int, numbers: range
) -> tuple[np.ndarray, np.ndarray]:
    """The log bands f16 (clips, HOPS, bands) and labels u8 (clips, HOPS) of some clips."""
    bands, labels = [], []
    for number in numbers:
        samples, label = clip(speech, noise, seed, number)
        bands.append(log_bands(samples)[:HOPS].astype(np.float16))
        labels.append(label)
    return np.stack(bands), np.stack(labels)


def _voice(
    rng: np.random.Generator, speech: Corpus, n: int, longest_pause: float
) -> tuple[np.ndarray, np.ndarray]:
    """One speaker, or two, with pauses: samples f32 (n,) and labels u8 (n / 160 + 1,)."""
    up, down = SPEEDS[rng.integers(len(SPEEDS))]
    need = n * down // up + 2 * STEP
    samples = np.zeros(need - need % STEP, np.float32)
    labels = np.zeros(len(samples) // STEP, np.uint8)
    dense = rng.random() < 0.4
    speaker = speech.source(rng)
    at = -int(rng.integers(0, 300)) if rng.random() < 0.5 else int(rng.integers(0, 200))  # steps
    while at < len(labels):
        if rng.random() < 0.15:
            speaker = speech.source(rng)
        sound, track = speech.recording(rng, speaker)
        spoken = np.repeat(track == SPEECH, STEP)
        if spoken.any():
            sound = sound / np.sqrt(np.mean(sound[spoken] ** 2) + 1e-9)
            sound = sound * np.float32(10 ** (rng.normal(0, 3) / 20))
            first, last = max(at, 0), min(at + len(track), len(labels))
            if last > first:
                samples[first * STEP : last * STEP] = sound[
                    (first - at) * STEP : (last - at) * STEP
                ]
                labels[first:last] = track[first - at : last - at]
        pause = rng.uniform(0, 0.5) if dense else np.exp(rng.uniform(*np.log([0.2, longest_pause])))
        at += len(track) + int(100 * pause)
    if up != down:
        samples = resample_poly(samples, up, down).astype(np.float32)
        labels = labels[np.arange(len(samples) // STEP) * down // up]
    return samples[:n], labels[: n // STEP + 1]


def _background(rng: np.random.Generator, noise: Corpus, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A noise: samples f32 (n,), and where it may hold voices, bool (n / 160 + 1,)."""
    steps = n // STEP + 1
    up, down = SPEEDS[rng.integers(len(SPEEDS))]
    need = steps * down // up + 2
    source = noise.source(rng)
    parts, tracks = [], []
    while sum(map(len, tracks)) < need:
        part, track = noise.recording(rng, source)
        turn = int(rng.integers(len(track)))
        fade = np.minimum(np.minimum(np.arange(len(part)), np.arange(len(part))[::-1]) / 400, 1)
        parts.append(np.roll(part * fade.astype(np.float32), -turn * STEP))
        tracks.append(np.roll(track, -turn))
    samples = np.concatenate(parts)[: need * STEP]
    track = np.concatenate(tracks)[:need]
    voices = track[np.minimum(np.arange(steps) * down // up, need - 1)] >= VOICE_PERCENT
    if up != down:
        samples = resample_poly(samples, up, down).astype(np.float32)
    samples = samples[:n]
    if rng.random() < 0.25:
        samples = samples * _swell(rng, n)
    return samples, voices


def _swell(rng: np.random.Generator, n: int) -> np.ndarray:
    """A gain that comes and goes: f32 (n,), 0 to 1."""
    times = np.sort(rng.uniform(0, n, rng.integers(2, 7)))
    gains = rng.choice([0.0, 0.1, 1.0], len(times))
    edge = 10 ** rng.uniform(0, 4.5)
    times = np.stack([times, times + edge], 1).ravel()
    return np.interp(np.arange(n), np.sort(times), np.roll(np.repeat(gains, 2), 1)).astype(
        np.float32
    )
