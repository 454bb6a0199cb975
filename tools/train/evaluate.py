"""Scores recordings with an exported network, as `voiced eval --scores NAME=FOLDER` reads them.

python evaluate.py WEIGHTS RECORDINGS -o SCORES
"""

import argparse
from pathlib import Path

import soundfile
from tqdm import tqdm

from forward import Network

RATE = 16000


def main() -> None:
    """Writes a CSV file for each WAV or FLAC file, at its place below the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    network = Network(args.weights)
    paths = sorted(p for p in args.recordings.rglob("*") if p.suffix.lower() in {".wav", ".flac"})
    for path in tqdm(paths, unit=" files"):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        if rate != RATE:
            raise SystemExit(f"{path}: is at {rate} Hz, and {RATE} Hz is wanted: resample it first")
        lines = ["start,end,score"]
        for index, score in enumerate(network.scores(samples.mean(axis=1))):
            start, end = index * network.hop / RATE, (index + 1) * network.hop / RATE
            lines.append(f"{start:.6f},{end:.6f},{score:.9g}")
        target = (args.output / path.relative_to(args.recordings)).with_suffix(".csv")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
