"""Writes safetensors files whose bytes depend on their content alone.

The `safetensors` package keeps metadata in a hash map, so its files differ from run to run.
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file


def write(path: Path, tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """Writes f32 tensors, sorted by name, and metadata; then reads the file back to check it.

    Raises ValueError if a tensor is not f32 or does not come back to the bit.
    """
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))}
    body = bytearray()
    for name, tensor in sorted(tensors.items()):
        if tensor.dtype != np.float32:
            raise ValueError(f"{name}: {tensor.dtype}, wanted float32")
        start = len(body)
        body += tensor.astype("<f4").tobytes()
        shape = list(tensor.shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, len(body)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the body starts at a multiple of 8
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)

    read = load_file(path)
    for name, tensor in tensors.items():
        if read[name].shape != tensor.shape or read[name].tobytes() != tensor.tobytes():
            raise ValueError(f"{path}: tensor {name} does not come back as it was written")
