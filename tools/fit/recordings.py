"""Recordings with labels on a 10 ms grid, and the numbers that the detectors give for them."""

import csv
import pathlib
import subprocess
from dataclasses import dataclass

import numpy as np
import soundfile as sf

HERE = pathlib.Path(__file__).resolve().parent
DETECTORS = ["energy", "zcr", "entropy", "flatness", "ltsd", "sohn", "combined"]
UNCERTAIN = 9


@dataclass
class Recording:
    """A recording; `speech` and `counted` have a value for each 10 ms."""

    path: pathlib.Path
    kind: str
    noise: str
    speech: np.ndarray
    counted: np.ndarray


def stretches(path: pathlib.Path, hops: int) -> np.ndarray:
    """Which hops have their middle in one of the stretches `start end` (seconds) of a file."""
    inside = np.zeros(hops, bool)
    middles = (np.arange(hops) + 0.5) * 0.01
    for line in path.read_text().splitlines() if path.exists() else []:
        start, end = map(float, line.split()[:2])
        inside |= (middles >= start) & (middles < end)
    return inside


def development(folder: pathlib.Path) -> list[Recording]:
    """The development recordings, as `unpack.py` of `eval_dev.tar` writes them."""
    recordings = []
    with (folder / "manifest_dev.csv").open() as file:
        for row in csv.DictReader(file):
            path = folder / row["wav"]
            hops = -(-sf.info(path).frames // 160)
            speech = stretches(path.with_suffix(".lab"), hops)
            counted = ~stretches(path.with_suffix(".ign"), hops)
            recordings.append(Recording(path, row["kind"], row["noise_kind"], speech, counted))
    return recordings


def training(folder: pathlib.Path) -> list[Recording]:
    """The training recordings, as `mix.py` writes them; their kind is the SNR."""
    recordings = []
    with (folder / "manifest.csv").open() as file:
        for row in csv.DictReader(file):
            path = folder / (row["name"] + ".wav")
            labels = np.fromfile(path.with_suffix(".lab"), np.uint8)
            counted = labels != UNCERTAIN
            recordings.append(Recording(path, row["snr"], row["noise"], labels == 1, counted))
    return recordings


def build() -> None:
    """Builds the scorer, which is the engine's own detectors behind a pipe."""
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=HERE / "scorer", check=True)


def scorer() -> pathlib.Path:
    """The scorer's path."""
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
    metadata = subprocess.run(
        command, cwd=HERE / "scorer", check=True, capture_output=True, text=True
    )
    folder = metadata.stdout.split('"target_directory":"')[1].split('"')[0]
    return pathlib.Path(folder) / "release/scorer"


def numbers(recordings: list[Recording], what: str, detector: str, rate: int) -> list[np.ndarray]:
    """`what` (score, measure or evidence) of a detector for each recording: shape (hops, width)."""
    paths = "\n".join(str(recording.path) for recording in recordings)
    command = [str(scorer()), what, detector, str(rate)]
    out = subprocess.run(command, input=paths.encode(), check=True, capture_output=True).stdout
    results, at = [], 0
    for recording in recordings:
        frames, width = np.frombuffer(out, "<u4", 2, at)
        values = np.frombuffer(out, "<f4", frames * width, at + 8).reshape(frames, width)
        assert frames == len(recording.speech), recording.path
        results.append(values)
        at += 8 + values.nbytes
    return results


def auc(scores: np.ndarray, speech: np.ndarray) -> float:
    """The area under the ROC curve: the share of pairs in the right order, ties counting half."""
    values, inverse = np.unique(scores, return_inverse=True)
    positive = np.bincount(inverse[speech], minlength=len(values)).astype(float)
    negative = np.bincount(inverse[~speech], minlength=len(values)).astype(float)
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / positive.sum() / negative.sum())
