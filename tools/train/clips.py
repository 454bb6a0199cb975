"""Shards of clips on disk, made once and in parallel."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from mix import Corpus, features

CLIPS = 64
"""Clips in a shard, which are learnt from together."""

Shard = tuple[np.ndarray, np.ndarray]
"""Log bands f16 (CLIPS, HOPS, bands), and labels u8 (CLIPS, HOPS)."""


def shards(prepared: Path, count: int, seed: int, validation: bool) -> Callable[[int], Shard]:
    """Makes the shards that are missing, and returns a function that reads one by its number."""
    split = "validation" if validation else "training"
    folder = prepared / f"{split}-{seed}"
    folder.mkdir(exist_ok=True)
    missing = [number for number in range(count) if not (folder / f"{number}.labels.npy").exists()]
    if missing:
        setup = (prepared, validation, seed, folder)
        with ProcessPoolExecutor(initializer=_open, initargs=setup) as pool:
            for _ in tqdm(pool.map(_make, missing), f"{split} clips", len(missing), unit=" shards"):
                pass

    def read(number: int) -> Shard:
        names = [folder / f"{number}.{part}.npy" for part in ("bands", "labels")]
        return np.load(names[0], mmap_mode="r"), np.load(names[1])

    return read


def _open(prepared: Path, validation: bool, seed: int, folder: Path) -> None:
    """Reads the recordings, in each process that makes shards."""
    global _speech, _noise, _seed, _folder
    _speech = Corpus(prepared / "speech.npz", validation)
    _noise = Corpus(prepared / "noise.npz", validation)
    _seed, _folder = seed, folder


def _make(number: int) -> None:
    """Makes a shard; its labels appear last, once it is whole."""
    bands, labels = features(_speech, _noise, _seed, range(number * CLIPS, (number + 1) * CLIPS))
    np.save(_folder / f"{number}.bands.npy", bands)
    np.save(_folder / f"{number}.part.npy", labels)
    (_folder / f"{number}.part.npy").rename(_folder / f"{number}.labels.npy")
