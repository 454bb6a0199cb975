"""Reads folders of speech and of noise, labels the speech, and keeps both as arrays.

    python prepare.py --speech FOLDER --noise FOLDER --voiced PATH -o PREPARED

A folder holds audio at 16 kHz in any format that libsndfile reads, and may hold a
`manifest.csv` with the columns `file` (path below the folder's parent) and `speaker_or_source`;
without one, the name of the folder that a file lies in is its source. What one source made goes to
training or to validation as a whole. A source of noise that is a collection, of sounds by many
makers, is named with `--collection`: each 20 s of it counts as a source.

Speech is labelled before anything is mixed with it, each 10 ms of it, by its energy and by the
scores of Silero VAD, which `voiced` computes: see `labels.py`. Noise gets Silero's scores too:
where they are high there may be a voice in it, which is no example of anything. Synthetic sounds
that are no speech are added to the noise.
"""

import argparse
import csv
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

import synthetic
from labels import STEP, on_grid, speech_labels

RATE = 16000
AUDIO = {".wav", ".flac", ".opus", ".ogg", ".mp3"}
VALIDATION_SHARE = 0.1
"""Share of the sources that are for validation."""
FILES_AT_ONCE = 200
"""Files that one call of `voiced` scores."""
PART = 20 * RATE
"""Samples of a collection that count as a source."""
SYNTHETIC = 600
"""Synthetic sounds, of 10 s each; eight make a source."""


def files(folder: Path) -> list[tuple[Path, str]]:
    """Each recording of a folder, and the name of its source."""
    manifest = folder / "manifest.csv"
    if manifest.exists():
        with manifest.open(newline="") as file:
            rows = list(csv.DictReader(file))
        found = [(folder.parent / row["file"], row["speaker_or_source"]) for row in rows]
    else:
        paths = sorted(folder.rglob("*"))
        found = [(path, path.parent.name) for path in paths if path.suffix.lower() in AUDIO]
    if not found:
        raise SystemExit(f"{folder}: there is no audio in it")
    return found


def scored(voiced: str, folder: Path) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yields each recording's source, samples i16 (160 * steps,) and Silero's scores (steps,)."""
    found = files(folder)
    with tempfile.TemporaryDirectory() as name, tqdm(None, folder.name, len(found)) as progress:
        for first in range(0, len(found), FILES_AT_ONCE):
            together = found[first : first + FILES_AT_ONCE]
            samples = [read(path) for path, _ in together]
            copies = [f"{name}/{number}.wav" for number in range(len(together))]
            for copy, sound in zip(copies, samples, strict=True):
                soundfile.write(copy, sound, RATE)
            command = [voiced, "scores", "--format", "json", *copies]
            lines = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()
            for (_, source), sound, line in zip(together, samples, lines, strict=True):
                scores = np.array([score for _, _, score in json.loads(line)["frames"]])
                yield source, sound, on_grid(scores, len(sound) // STEP)
                progress.update()


def is_validation(source: str) -> bool:
    """Whether a source is for validation: a hash of its name decides, and no other file."""
    digest = hashlib.sha256(source.encode()).digest()
    return int.from_bytes(digest[:4], "big") < VALIDATION_SHARE * 2**32


def read(path: Path) -> np.ndarray:
    """The samples of a recording, i16 (160 * steps,): its first channel, filled up with zeros."""
    sound, rate = soundfile.read(path, dtype="int16", always_2d=True)
    if rate != RATE:
        raise SystemExit(f"{path}: is at {rate} Hz, and {RATE} Hz is wanted: resample it first")
    return np.pad(sound[:, 0], (0, -len(sound) % STEP))


def apart(
    noise: Iterator[tuple[str, np.ndarray, np.ndarray]], collections: list[str]
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yields what it is given, with a name for each part of a collection."""
    before = dict.fromkeys(collections, 0)
    for source, samples, scores in noise:
        name = source
        if source in before:
            name = f"{source}-{before[source] // PART}"
            before[source] += len(samples)
        yield name, samples, scores
    for name, samples in before.items():
        if not samples:
            raise SystemExit(f"--collection {name}: no noise has this source")


def synthetic_sound(number: int) -> np.ndarray:
    """One of the synthetic sounds, i16 (10 s,)."""
    rng = np.random.default_rng([1, number])
    sound = synthetic.sound(rng, 10 * RATE)
    return np.round(sound * (10000 / (np.abs(sound).max() + 1e-9))).astype(np.int16)


def write(path: Path, recordings: list[tuple[str, np.ndarray, np.ndarray]]) -> None:
    """Writes recordings, of each the source, the samples i16 and the track u8 (steps,).

    The file holds `samples` (n,), one recording after the other; `starts` i64 (recordings + 1,);
    `track` (n / 160,); `sources` and `validation` bool (recordings,).
    """
    sources, samples, tracks = zip(*recordings, strict=True)
    np.savez(
        path,
        samples=np.concatenate(samples),
        starts=np.cumsum([0, *map(len, samples)]),
        track=np.concatenate(tracks),
        sources=np.array(sources),
        validation=np.array([is_validation(source) for source in sources]),
    )


def main() -> None:
    """Writes `speech.npz`, with labels, and `noise.npz`, with scores in percent, as tracks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--noise", type=Path, required=True)
    parser.add_argument(
        "--collection", action="append", default=[], help="a source of noise that many made"
    )
    parser.add_argument(
        "--voiced", default="voiced", help="the command; defaults to that on the path"
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)

    noise = [
        (source, samples, np.round(100 * track).astype(np.uint8))
        for source, samples, track in apart(scored(args.voiced, args.noise), args.collection)
    ]
    with ProcessPoolExecutor() as pool:
        made = pool.map(synthetic_sound, range(SYNTHETIC), chunksize=4)
        for number, samples in enumerate(tqdm(made, "synthetic", SYNTHETIC, unit=" sounds")):
            track = np.zeros(len(samples) // STEP, np.uint8)
            noise.append((f"synthetic-{number // 8}", samples, track))
    write(args.output / "noise.npz", noise)
    speech = [
        (source, samples, speech_labels(samples / np.float32(32768), track))
        for source, samples, track in scored(args.voiced, args.speech)
    ]
    write(args.output / "speech.npz", speech)


if __name__ == "__main__":
    main()
