"""Writes trained parameters as the file that the engine reads.

    python export.py RUN -o ../../weights/gru_16k.safetensors --readme ../../weights/README.md

The division of the bands by their deviation goes into the convolution's weights. The metadata says
the rest.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from features import EDGES, FLOOR, FRAME, HOP, MEMORY, RATE

sys.path.append(str(Path(__file__).resolve().parents[1] / "export"))
import tensors  # noqa: E402


def metadata(settings: dict[str, object]) -> dict[str, str]:
    """What the engine needs beside the tensors, and where the file comes from."""
    return {
        "format": "voiced-gru-1",
        "rate": str(RATE),
        "frame": str(FRAME),
        "hop": str(HOP),
        "edges": " ".join(map(str, EDGES)),
        "floor": repr(FLOOR),
        "memory": str(MEMORY),
        "licence": "MIT OR Apache-2.0",
        "source": "tools/train of the voiced repository",
        "settings": json.dumps(settings, sort_keys=True),
    }


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--readme", type=Path, help="whose table of weights to rewrite")
    args = parser.parse_args()
    kept = dict(np.load(args.run / "parameters.npz"))
    kept["conv.weight"] = kept["conv.weight"] / kept.pop("deviation")[:, None]
    settings = json.loads((args.run / "settings.json").read_text())
    tensors.write(
        args.output, {n: v.astype(np.float32) for n, v in kept.items()}, metadata(settings)
    )
    if args.readme:
        tensors.list_files(args.readme, "tools/train/export.py", [(RATE, args.output)])


if __name__ == "__main__":
    main()
