"""The score sequences that the golden segments start from: real, random, and made to be hard."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

THRESHOLDS = [0.5, 0.25, 0.375, 0.3, 0.35, 0.6, 0.7, 0.1, 0.9]
"""Thresholds that some scores meet exactly; 0.5, 0.25 and 0.375 are exact in binary too."""


@dataclass(frozen=True)
class Sequence:
    """One score per frame, as f32, and how the cases should use it."""

    name: str
    scores: np.ndarray
    """f32 (frames,)."""
    threshold: float | None = None
    """The threshold around which the scores were made, if any."""
    long_speech: bool = False
    """Whether it is there for the rules that cut long speech."""


def real(scores: dict[str, np.ndarray], rng: random.Random) -> Iterator[Sequence]:
    """Official scores of the recordings, loud and quiet, whole and in slices of 100 frames."""
    for name in ("speech_16k", "speech_8k", "speech_16k_quiet", "speech_8k_quiet"):
        yield Sequence(name, scores[name])
        for _ in range(3):
            start = rng.randrange(len(scores[name]) - 100)
            yield Sequence(f"{name}[{start}..{start + 100}]", scores[name][start : start + 100])


def walk(rng: random.Random) -> list[float]:
    """A random walk over [0, 1] that is turned back at its ends."""
    value, scores = rng.random(), []
    for _ in range(200):
        value = min(max(value + rng.uniform(-0.15, 0.15), 0.0), 1.0)
        scores.append(round(value, 3))
    return scores


def blocks(rng: random.Random, frames: int, longest: int) -> list[float]:
    """Speech and silence by turns, each for a random number of frames from 1 to `longest`."""
    scores: list[float] = []
    speech = rng.random() < 0.5
    while len(scores) < frames:
        low, high = (0.6, 1.0) if speech else (0.0, 0.3)
        scores += [round(rng.uniform(low, high), 2) for _ in range(rng.randint(1, longest))]
        speech = not speech
    return scores[:frames]


def around(rng: random.Random, threshold: float) -> list[float]:
    """Noise within 0.25 of a threshold: many scores fall between the two thresholds."""
    low, high = max(threshold - 0.25, 0.0), min(threshold + 0.1, 1.0)
    return [round(rng.uniform(low, high), 4) for _ in range(150)]


def exactly(rng: random.Random, threshold: float) -> list[np.float32]:
    """Runs of scores at both thresholds, as f32, one step beside them, and far from them."""
    choices = [np.float32(0), np.float32(1)]
    for level in (threshold, max(threshold - 0.15, 0.01)):
        at = np.float32(level)
        choices += [at, np.nextafter(at, np.float32(0)), np.nextafter(at, np.float32(1))]
    scores: list[np.float32] = []
    while len(scores) < 100:
        scores += [rng.choice(choices)] * rng.randint(1, 6)
    return scores[:100]


def dips(rng: random.Random, lengths: list[int], levels: list[float]) -> list[float]:
    """Long speech with short dips, so that a maximum speech length has silences to cut at."""
    scores: list[float] = [0.02] * rng.randint(0, 5)
    while len(scores) < 300:
        scores += [0.95] * rng.randint(8, 50)
        scores += [rng.choice(levels)] * rng.choice(lengths)
    return scores[:300]


def dips_and_pauses(rng: random.Random) -> list[float]:
    """Speech with dips that end nothing and pauses that end it, so that no dip may be kept."""
    scores: list[float] = []
    while len(scores) < 250:
        for _ in range(rng.randint(0, 3)):
            scores += [0.9] * rng.randint(3, 20)
            scores += [rng.choice([0.05, 0.05, 0.4])] * rng.randint(1, 5)
        scores += [0.9] * rng.randint(3, 40)
        scores += [0.05] * rng.randint(7, 16)
    return scores[:250]


def synthetic(rng: random.Random) -> Iterator[Sequence]:
    """All sequences that come from no recording."""

    def made(name: str, scores: list, **hints: object) -> Sequence:
        return Sequence(name, np.array(scores, np.float32), **hints)

    yield made("none", [])
    yield made("one frame of speech", [0.9])
    yield made("one frame of silence", [0.1])
    yield made("one frame at the threshold", [0.5], threshold=0.5)
    yield made("two frames of speech", [0.9, 0.9])
    yield made("speech, silence", [0.9, 0.1])
    yield made("all speech", [1.0] * 300, long_speech=True)
    yield made("all silence", [0.0] * 50)
    yield made("all at the threshold", [0.5] * 100, threshold=0.5, long_speech=True)
    yield made("all between the thresholds", [0.4] * 50, threshold=0.5)
    yield made("speech that fades between", [0.9] * 10 + [0.4] * 60, long_speech=True)
    for i in range(10):
        yield made(f"walk {i}", walk(rng))
    for i in range(10):
        yield made(f"blocks {i}", blocks(rng, 250, 40))
    for i in range(6):
        yield made(f"choppy blocks {i}", blocks(rng, 150, 4))
    for threshold in THRESHOLDS:
        yield made(f"around {threshold}", around(rng, threshold), threshold=threshold)
        yield made(f"exactly {threshold}", exactly(rng, threshold), threshold=threshold)
    for i in range(8):
        scores = dips(rng, [1, 2, 3, 4, 5, 6, 8, 12], [0.02, 0.2])
        yield made(f"dips {i}", scores, long_speech=True)
    for i in range(4):
        yield made(f"equal dips {i}", dips(rng, [5], [0.1]), long_speech=True)
    for i in range(4):
        scores = dips(rng, [1, 2, 4, 6], [0.1, 0.4])
        yield made(f"dips, some half way {i}", scores, long_speech=True)
    for i in range(6):
        yield made(f"dips and pauses {i}", dips_and_pauses(rng), long_speech=True)


def sequences(scores: dict[str, np.ndarray]) -> list[Sequence]:
    """Returns all sequences, in a fixed order. scores: official ones by recording name."""
    rng = random.Random(1)
    return [*real(scores, rng), *synthetic(rng)]
