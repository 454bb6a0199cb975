"""Rounds a weights file to half precision, which the engine reads too: half the bytes.

A program of its own, which needs numpy and safetensors alone. Metadata stay as they are, but for
the SHA-256 of the file that was rounded. The same bytes come out of each run.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
from safetensors import safe_open

import tensors


def main() -> None:
    """Writes the rounded file; raises ValueError where a number is beyond 65504."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="a .safetensors file of f32")
    parser.add_argument("out", type=Path, help="the .safetensors file to write")
    arguments = parser.parse_args()
    rounded = {}
    with safe_open(arguments.weights, "numpy") as file:
        metadata = file.metadata() or {}
        for name in file.keys():  # noqa: SIM118 (it is no dictionary)
            single = file.get_tensor(name)
            with np.errstate(over="ignore"):
                rounded[name] = single.astype(np.float16)  # to the nearest, of two to the even one
            if not np.isfinite(rounded[name]).all():
                raise ValueError(f"{name}: half precision holds numbers up to 65504 only")
    metadata["rounded_from_sha256"] = hashlib.sha256(arguments.weights.read_bytes()).hexdigest()
    tensors.write(arguments.out, rounded, metadata)


if __name__ == "__main__":
    main()
