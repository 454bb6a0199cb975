"""Golden WAV files: what libsndfile writes, and odd files that it reads.

A program of its own, which needs `requirements-wav.txt` alone. It writes `tests/data/wav.json`: for
each file its bytes in hexadecimal, and the rate, channels and samples that libsndfile finds in it,
f32 with full scale at 1.
"""

import argparse
import io
import json
import struct
from pathlib import Path

import numpy as np
import soundfile

DATA = Path(__file__).resolve().parents[2] / "tests" / "data"
RATE = 11_025
# Five samples: a channel of 8 or 24 bits has an odd number of bytes, and its chunk is padded.
SIGNAL = [0.0, 0.25, -1.0, 0.999, -0.123456789]
SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"]


def written() -> dict[str, bytes]:
    """Returns files that libsndfile writes, by container, samples and channels."""
    files = {}
    for container in ["WAV", "WAVEX", "RF64"]:
        for subtype in SUBTYPES:
            for channels in [1, 2]:
                file = io.BytesIO()
                signal = np.array(SIGNAL)[:, None] * [1.0, -0.5][:channels]
                soundfile.write(file, signal, RATE, subtype, format=container)
                files[f"{container} {subtype} {channels}"] = timeless(file.getvalue())
    return files


def timeless(file: bytes) -> bytes:
    """Returns a file without the time that libsndfile puts into its chunk of peaks."""
    head, peak, rest = file.partition(b"PEAK")
    return head + peak + rest[:8] + bytes(4) + rest[12:] if peak else file


def chunk(name: bytes, content: bytes, size: int | None = None, padding: bytes = b"\0") -> bytes:
    """Returns a chunk that claims `size` bytes, padded to an even length."""
    claimed = len(content) if size is None else size
    return name + struct.pack("<I", claimed) + content + padding * (len(content) % 2)


def riff(*chunks: bytes, size: int | None = None) -> bytes:
    """Returns a WAV file that claims `size` bytes."""
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def odd() -> dict[str, bytes]:
    """Returns files that are odd, each in one way."""
    fmt = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16))
    samples = struct.pack("<5h", 0, 8192, -32768, 32767, -4)
    data = chunk(b"data", samples)
    listed = chunk(b"LIST", b"INFOICMT\x05\0\0\0hello\0")
    strange = chunk(b"what", b"abc")
    return {
        "a chunk before the format": riff(listed, fmt, data),
        "unknown chunks of odd length": riff(strange, fmt, strange, data),
        "a list after the samples": riff(fmt, data, listed),
        "an extended format chunk": riff(chunk(b"fmt ", fmt[8:] + b"\0\0"), data),
        "a fact chunk": riff(fmt, chunk(b"fact", struct.pack("<I", 5)), data),
        "a RIFF size of 0": riff(fmt, data, size=0),
        "a RIFF size of 10": riff(fmt, data, size=10),
        "a RIFF size beyond the file": riff(fmt, data, size=1 << 30),
        "samples beyond the file": riff(fmt, chunk(b"data", samples, size=1000)),
        "a cut in mid-sample": riff(fmt, chunk(b"data", samples))[:-1],
        "samples of size 0 from a pipe": riff(fmt, chunk(b"data", samples, size=0), size=0),
        "samples of the largest size": riff(
            fmt, chunk(b"data", samples, size=0xFFFFFFFF), size=0xFFFFFFFF
        ),
        "no padding before the samples": riff(fmt, chunk(b"LIST", b"abc", padding=b""), data),
        "no padding before the format": riff(chunk(b"LIST", b"abc", padding=b""), fmt, data),
        "two chunks of samples": riff(fmt, data, data),
        "two format chunks that are alike": riff(fmt, fmt, data),
    }


def golden(name: str, file: bytes) -> dict[str, object]:
    """Returns a file and what libsndfile finds in it; its error, where it refuses it."""
    case: dict[str, object] = {"name": name, "file": file.hex()}
    try:
        samples, rate = soundfile.read(io.BytesIO(file), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        return case | {"refused": error.error_string}
    numbers = [float(sample) for sample in samples.ravel()]
    return case | {"rate": rate, "channels": samples.shape[1], "samples": numbers}


def main() -> None:
    """Writes the golden file, one case a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DATA, help="folder (default: %(default)s)")
    cases = [golden(name, file) for name, file in (written() | odd()).items()]
    source = f"soundfile {soundfile.__version__}, {soundfile.__libsndfile_version__}"
    lines = ",\n".join(json.dumps(case) for case in cases)
    path = parser.parse_args().out / "wav.json"
    path.write_text(f'{{"source": "{source}", "cases": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
