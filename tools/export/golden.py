"""Writes the golden files in `tests/data/`, which the Rust tests are held to.

The same bytes come out of each run on the same machine; on another kind of CPU, ONNX Runtime
may add in another order and so round scores and cell values differently.
"""

import argparse
from pathlib import Path

import golden_audio
import golden_cells
import golden_resample
import golden_segments
from official import DEFAULT_CACHE, Official, sha256
from weights import REPOSITORY

FILES = [
    "speech_16k.wav",
    "speech_8k.wav",
    "scores.safetensors",
    "segments.json",
    "cells.safetensors",
    "conv.safetensors",
    "resample.safetensors",
]


def main() -> None:
    """Writes all golden files and lists them with their sizes and hashes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="folder for downloads")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "tests/data", help="output folder")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    official = Official(arguments.cache)
    scores = golden_audio.write(official, arguments.out)
    golden_cells.write(arguments.out)
    golden_resample.write(arguments.out)
    golden_segments.write(official, scores, arguments.out)
    for name in FILES:
        path = arguments.out / name
        print(f"{sha256(path)} {path.stat().st_size:8} {name}")


if __name__ == "__main__":
    main()
