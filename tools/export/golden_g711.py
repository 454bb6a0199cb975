"""Golden samples of the telephone codes mu-law and A-law: what Python's `audioop` decodes.

A program of its own, which needs CPython 3.11 alone: `audioop` left the standard library with 3.13.
It writes `tests/data/g711.json`: for each law the samples of the codes 0 to 255, 16-bit integers.
"""

import argparse
import array
import json
import platform
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

DATA = Path(__file__).resolve().parents[2] / "tests" / "data"
CODES = bytes(range(256))


def main() -> None:
    """Writes the golden file, one law a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DATA, help="folder (default: %(default)s)")
    laws = {"mu_law": audioop.ulaw2lin(CODES, 2), "a_law": audioop.alaw2lin(CODES, 2)}
    version = ".".join(platform.python_version_tuple()[:2])
    lines = [f'"source": "audioop of CPython {version}"']
    lines += [f'"{law}": {json.dumps(array.array("h", pcm).tolist())}' for law, pcm in laws.items()]
    path = parser.parse_args().out / "g711.json"
    path.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
