"""The official `silero-vad` package, pinned by hash: its files, its scores, its segments.

The package's own `utils_vad.py` is imported unmodified. It imports torch at its top, but
`get_speech_timestamps_from_probs` uses none of it, so a stand-in module takes torch's place
(torch is gigabytes). The forward pass drives ONNX Runtime as the package's `OnnxWrapper` does.
"""

import functools
import hashlib
import importlib.util
import subprocess
import sys
import tarfile
import types
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime

VERSION = "6.2.3"
WHEEL = f"silero_vad-{VERSION}-py3-none-any.whl"
SDIST = f"silero_vad-{VERSION}.tar.gz"
SHA256 = {
    WHEEL: "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    SDIST: "d7a23b09202be4953915cb9173089bb307eed0418a9bd4794d9ec5af07fa1996",
}
ONNX_PATH = "silero_vad/data/silero_vad.onnx"
"""Path of the model inside the wheel."""

DEFAULT_CACHE = Path(__file__).resolve().parent / ".cache"

FRAME = {16000: 512, 8000: 256}
"""New samples per frame, by rate in Hz."""
CONTEXT = {16000: 64, 8000: 32}
"""Past samples put before a frame, by rate in Hz."""
STATE_SIZE = 128


def sha256(path: Path) -> str:
    """Returns the SHA-256 of a file, as 64 hex digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _download(name: str, cache: Path) -> Path:
    """Returns the path of one pinned archive in `cache`, downloading it with pip where missing.

    The archive's hash is checked on each call. Raises ValueError if it is not the pinned one.
    """
    archive = cache / name
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        pin = cache / f"{name}.requirement.txt"
        pin.write_text(f"silero-vad=={VERSION} --hash=sha256:{SHA256[name]}\n")
        form = "--only-binary=:all:" if name == WHEEL else "--no-binary=:all:"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        # pip asks an sdist's build backend for its metadata: without isolation it is the one
        # that requirements.txt pins, and pip fetches nothing unpinned.
        pip += [form, "--no-build-isolation", "--dest", str(cache), "--requirement", str(pin)]
        subprocess.run(pip, check=True)
    found = sha256(archive)
    if found != SHA256[name]:
        raise ValueError(f"{archive}: SHA-256 is {found}, pinned is {SHA256[name]}")
    return archive


class Official:
    """The unpacked official package under a cache folder, downloaded on first use."""

    def __init__(self, cache: Path = DEFAULT_CACHE) -> None:
        """Names the cache folder, which need not exist; downloads nothing yet."""
        self._cache = cache

    @functools.cached_property
    def wheel(self) -> Path:
        """Folder of the unpacked wheel."""
        folder = self._cache / "wheel"
        with zipfile.ZipFile(_download(WHEEL, self._cache)) as archive:
            archive.extractall(folder)
        return folder

    @functools.cached_property
    def sdist(self) -> Path:
        """Folder of the unpacked source archive."""
        folder = self._cache / "sdist"
        with tarfile.open(_download(SDIST, self._cache)) as archive:
            archive.extractall(folder, filter="data")
        return folder / f"silero_vad-{VERSION}"

    @property
    def onnx(self) -> Path:
        """Path of `silero_vad.onnx`, which holds the weights of both rates."""
        return self.wheel / ONNX_PATH

    @property
    def licence(self) -> str:
        """Text of the package's licence (MIT)."""
        return (self.sdist / "LICENSE").read_text()

    @functools.cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(
            str(self.onnx), providers=["CPUExecutionProvider"], sess_options=options
        )

    def scores_and_state(self, samples: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the official score of each frame, and the LSTM state after the last one.

        Does what `OnnxWrapper.audio_forward` does: frames of 512 samples at 16 kHz (256 at
        8 kHz), each after 64 (32) samples of context; the last frame is padded with zeros.

        samples: f32, shape (n,), full scale 1.0. rate: 16000 or 8000, in Hz.
        Returns f32 (frames,) with values in [0, 1], and f32 (2, 128): h, then c.
        """
        frame, context = FRAME[rate], CONTEXT[rate]
        padded = np.zeros(context + -(-len(samples) // frame) * frame, np.float32)
        padded[context : context + len(samples)] = samples
        state = np.zeros((2, 1, STATE_SIZE), np.float32)
        scores = []
        for start in range(0, len(padded) - context, frame):
            window = padded[None, start : start + context + frame]
            inputs = {"input": window, "state": state, "sr": np.array(rate, np.int64)}
            score, state = self._session.run(None, inputs)
            scores.append(score.item())
        return np.array(scores, np.float32), state[:, 0, :]

    def scores(self, samples: np.ndarray, rate: int) -> np.ndarray:
        """Returns the official score of each frame: see `scores_and_state`."""
        return self.scores_and_state(samples, rate)[0]

    @functools.cached_property
    def utils_vad(self) -> types.ModuleType:
        """The official `utils_vad` module, loaded from the wheel with a stand-in for torch."""
        if "torch" not in sys.modules:
            sys.modules["torch"] = _torch_stand_in()
        path = self.wheel / "silero_vad" / "utils_vad.py"
        spec = importlib.util.spec_from_file_location("silero_utils_vad", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def segments_from_probs(self, probs: list[float], **parameters: object) -> list[list[int]]:
        """Returns the official segments `[start, end]`, in samples, half-open.

        probs: one score per frame. parameters: those of `get_speech_timestamps_from_probs`.
        """
        found = self.utils_vad.get_speech_timestamps_from_probs(probs, **parameters)
        return [[segment["start"], segment["end"]] for segment in found]


def _torch_stand_in() -> types.ModuleType:
    """Returns a module with the three names of torch that `utils_vad.py` needs to be imported."""
    torch = types.ModuleType("torch")
    torch.Tensor = type("Tensor", (), {})
    torch.no_grad = lambda: lambda function: function
    torch.device = lambda name: name
    return torch
