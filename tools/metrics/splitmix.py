"""The random numbers that the engine's bootstrap draws recordings with."""

from collections.abc import Iterator

import numpy as np

MASK = (1 << 64) - 1


def numbers(seed: int) -> Iterator[int]:
    """The outputs of SplitMix64 (Steele, Lea and Flood, 2014)."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        mixed = state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        yield mixed ^ (mixed >> 31)


def draws(seed: int, recordings: int, replicas: int) -> list[np.ndarray]:
    """How often each recording is drawn, in each replica."""
    source = numbers(seed)

    def replica() -> np.ndarray:
        drawn = [(next(source) * recordings) >> 64 for _ in range(recordings)]
        return np.bincount(drawn, minlength=recordings)

    return [replica() for _ in range(replicas)]
