"""Writes safetensors files whose bytes depend on their content alone, and lists them for people.

The `safetensors` package keeps metadata in a hash map, so its files differ from run to run.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

TYPES = {"float32": "F32", "float16": "F16"}
"""Types that the engine reads: numpy's names and those of safetensors."""


def write(path: Path, tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """Writes f32 or f16 tensors, sorted by name, and metadata; then reads the file to check it.

    Raises ValueError if a tensor is of another type or does not come back to the bit.
    """
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))}
    body = bytearray()
    for name, tensor in sorted(tensors.items()):
        kind = tensor.dtype.name
        if kind not in TYPES:
            raise ValueError(f"{name}: {kind}, wanted one of {list(TYPES)}")
        start = len(body)
        body += tensor.astype(tensor.dtype.newbyteorder("<")).tobytes()
        shape = list(tensor.shape)
        header[name] = {"dtype": TYPES[kind], "shape": shape, "data_offsets": [start, len(body)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the body starts at a multiple of 8
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)

    read = load_file(path)
    for name, tensor in tensors.items():
        if read[name].shape != tensor.shape or read[name].tobytes() != tensor.tobytes():
            raise ValueError(f"{path}: tensor {name} does not come back as it was written")


def list_files(readme: Path, script: str, files: Iterable[tuple[int, Path]]) -> None:
    """Rewrites a script's table of weights files, each with its rate, between two marker lines."""
    rows = ["| file | rate | numbers | bytes | SHA-256 |", "|---|---|---|---|---|"]
    for rate, path in files:
        count = sum(tensor.size for tensor in load_file(path).values())
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        rows.append(f"| `{path.name}` | {rate} Hz | {count:,} | {len(content):,} | `{digest}` |")
    start, end = f"<!-- table: written by {script} -->", "<!-- end of table -->"
    before, rest = readme.read_text().split(start)
    after = rest.split(end, 1)[1]
    table = "\n".join(rows)
    readme.write_text(f"{before}{start}\n{table}\n{end}{after}")
    print(table)
