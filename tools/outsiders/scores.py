"""Scores of other voice activity detectors, as `voiced eval --scores NAME=FOLDER` reads them.

    python scores.py silero RECORDINGS -o scores/silero
    python scores.py webrtcvad RECORDINGS -o scores/webrtcvad-3 --mode 3
    python scores.py ten RECORDINGS -o scores/ten

RECORDINGS is a folder, which is searched for WAV and FLAC files, or a manifest as `voiced eval
--manifest` reads it. Each recording gets a CSV file of its name, at its place below the folder,
with the columns start, end and score, in seconds. Channels are mixed; what is not at 16 kHz is
refused, so that nobody's resampler is measured along with a detector.

Every system is driven as its own documentation drives it, a fresh one for each recording, and each
score is put where its frame lies: nothing is shifted.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

RATE = 16000
AUDIO = {".wav", ".flac"}
COLUMNS = ("wav", "audio", "file", "path")

Score = Callable[[np.ndarray], tuple[int, list[float]]]
"""From samples, i16 (n,), to a hop in samples and the score of each hop."""


def silero() -> Score:
    """The network of the official `silero-vad` package on ONNX Runtime: see tools/export."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "export"))
    from official import FRAME, Official

    official = Official()

    def score(samples: np.ndarray) -> tuple[int, list[float]]:
        scores = official.scores(samples.astype(np.float32) / 32768, RATE)
        return FRAME[RATE], scores.tolist()

    return score


def webrtcvad(mode: int, frame_ms: int) -> Score:
    """The decisions of the `webrtcvad` package, 0 or 1, hangover included; it has no scores."""
    import webrtcvad as package

    hop = RATE * frame_ms // 1000

    def score(samples: np.ndarray) -> tuple[int, list[float]]:
        detector = package.Vad(mode)
        frames = whole_frames(samples, hop)
        return hop, [float(detector.is_speech(frame.tobytes(), RATE)) for frame in frames]

    return score


def ten(hop: int) -> Score:
    """The probabilities of the `ten-vad` package."""
    from ten_vad import TenVad

    def score(samples: np.ndarray) -> tuple[int, list[float]]:
        detector = TenVad(hop)
        frames = whole_frames(samples, hop)
        return hop, [float(detector.process(frame)[0]) for frame in frames]

    return score


def whole_frames(samples: np.ndarray, hop: int) -> np.ndarray:
    """Samples in frames, (frames, hop), the last one completed with zeros."""
    padded = np.zeros(-(-len(samples) // hop) * hop, np.int16)
    padded[: len(samples)] = samples
    return padded.reshape(-1, hop)


def recordings(place: Path) -> Iterator[tuple[Path, Path]]:
    """Yields each recording, and its path below the folder or as the manifest has it."""
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.suffix.lower() in AUDIO and not path.name.startswith("."):
                yield path, path.relative_to(place)
        return
    with place.open(newline="") as file:
        rows = csv.DictReader(file)
        column = next((name for name in COLUMNS if name in (rows.fieldnames or [])), None)
        if column is None:
            raise SystemExit(f"{place}: has no column {', '.join(COLUMNS)}")
        for row in rows:
            yield place.parent / row[column], Path(row[column])


def write(path: Path, hop: int, scores: list[float]) -> None:
    """Writes a recording's scores."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["start,end,score"]
    for index, score in enumerate(scores):
        start, end = index * hop / RATE, (index + 1) * hop / RATE
        lines.append(f"{start:.6f},{end:.6f},{score:.9g}")
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Scores all recordings with one system."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("system", choices=["silero", "webrtcvad", "ten"])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--mode", type=int, default=3, choices=range(4), help="of webrtcvad")
    parser.add_argument(
        "--frame-ms", type=int, default=10, choices=(10, 20, 30), help="of webrtcvad"
    )
    parser.add_argument(
        "--hop", type=int, default=256, choices=(160, 256), help="of ten, in samples"
    )
    args = parser.parse_args()
    make = {
        "silero": silero,
        "webrtcvad": lambda: webrtcvad(args.mode, args.frame_ms),
        "ten": lambda: ten(args.hop),
    }
    score = make[args.system]()
    count = 0
    for path, below in recordings(args.recordings):
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
        if rate != RATE:
            raise SystemExit(f"{path}: is at {rate} Hz, and {RATE} Hz is wanted: resample it first")
        mono = np.round(samples.mean(axis=1)).astype(np.int16)
        write((args.output / below).with_suffix(".csv"), *score(mono))
        count += 1
    if count == 0:
        raise SystemExit(f"{args.recordings}: there are no recordings in it")


if __name__ == "__main__":
    main()
