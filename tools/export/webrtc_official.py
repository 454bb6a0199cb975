"""The oracle for the WebRTC detector: decisions of the `webrtcvad` package, version 2.0.10.

It has an environment of its own: the package comes as C source only, and its module imports
`pkg_resources`, which setuptools has no longer. So setuptools is pinned, installed first, and used
to build it. With CPython 3.11, its headers and a C compiler, from this folder:

    python3.11 -m venv .cache/webrtc
    . .cache/webrtc/bin/activate
    pip install --require-hashes -r requirements-webrtc.txt
    pip install --require-hashes --no-build-isolation -r requirements-webrtcvad.txt
    python webrtc_golden.py
"""

import warnings
from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pkg_resources is deprecated
    import webrtcvad

VERSION = "2.0.10"
RATES = (8000, 16000, 32000, 48000)
FRAMES_MS = (10, 20, 30)
MODES = (0, 1, 2, 3)

if webrtcvad.__version__ != VERSION:
    raise ImportError(f"webrtcvad is {webrtcvad.__version__}, wanted {VERSION}")


def decisions(
    samples: np.ndarray, rate: int, frame_ms: int, mode: int, restarts: list[int]
) -> list[bool]:
    """Returns the official decision on each whole frame of samples, i16 (n,).

    At each of the restarts, in samples, a new detector and a new frame begin; what is left of the
    frame before is dropped.
    """
    frame = rate // 1000 * frame_ms
    results = []
    for start, end in pairwise([0, *restarts, len(samples)]):
        detector = webrtcvad.Vad(mode)
        piece = samples[start:end].astype("<i2").tobytes()
        for at in range(0, end - start - frame + 1, frame):
            results.append(detector.is_speech(piece[2 * at : 2 * (at + frame)], rate))
    return results


def cases(name: str, samples: np.ndarray, rate: int, restarts: list[int]) -> Iterator[dict]:
    """Yields the decisions of all frame lengths and modes, as the Rust tests read them.

    `decisions` is hexadecimal, the first frame in the highest bit; `frames` is how many there are.
    """
    for frame_ms, mode in product(FRAMES_MS, MODES):
        bits = decisions(samples, rate, frame_ms, mode, restarts)
        yield {
            "input": name,
            "rate": rate,
            "frame_ms": frame_ms,
            "mode": mode,
            "restarts": restarts,
            "frames": len(bits),
            "decisions": np.packbits(bits).tobytes().hex(),
        }
