"""Who races in which contest, and what each one's scores are held to."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

BY_DEFAULT = "silero_vad.onnx"
"""What the official package loads."""
FASTEST = "silero_vad_openvino_16k.onnx"
"""The package's fastest file of the same weights: for 16 kHz only, and without `If`."""
SEQUENCE = "silero_vad_16k_sequence.onnx"
"""What the official package loads for whole recordings."""
TOGETHER = (16, 32, 64)
"""Numbers of streams that are stepped together."""

SILERO_FRAME = 512 / 16000
EARSHOT_FRAME = 256 / 16000
GRU_HOP = 256 / 16000
WEBRTC_FRAME = 0.010
"""Seconds of audio in a frame."""


@dataclass(frozen=True)
class Racer:
    """One engine in one mode, run as a process."""

    label: str
    peer: str
    """Its package here is `peer-` and this."""
    mode: str
    options: tuple[str, ...] = ()
    rate: int = 16000
    """What it hears, in Hz."""
    model: str | None = None
    """A file of the official package that it loads."""
    frame: float = SILERO_FRAME
    held_to: "Racer | None" = None
    """Whose scores it must have; None for that racer itself, and for another network."""
    exactly: bool = False
    """Whether the scores must be equal, rather than within the tolerance."""

    def arguments(self) -> list[str]:
        """Returns the command line of its process, without program and model."""
        recording = ROOT / f"tests/data/speech_{'8k' if self.rate == 8000 else '16k'}.wav"
        fixed = [self.mode, "--recording", str(recording), "--rate", str(self.rate)]
        return [*fixed, *self.options]


@dataclass(frozen=True)
class Contest:
    """Racers that are compared with the first of them."""

    key: str
    title: str
    racers: list[Racer]
    per_second: bool = False
    """Whether figures are per second of audio, not per frame: for frames of different lengths."""


OFFICIAL = Racer(f"ONNX Runtime, `{BY_DEFAULT}`", "onnxruntime", "stream", model=BY_DEFAULT)
"""Whose scores all others with this network must have."""
EARSHOT = Racer("earshot", "earshot", "stream", frame=EARSHOT_FRAME)


def contests(kernels: list[str]) -> list[Contest]:
    """Returns all contests. kernels: the kernel sets of `voiced` that take part."""
    streaming = [_voiced(name, "stream", "streaming") for name in kernels]
    offline = [_voiced(name, "offline", "offline") for name in kernels]
    a = [
        OFFICIAL,
        _network("ONNX Runtime", "onnxruntime", "stream", FASTEST),
        _network("tract", "tract", "stream", BY_DEFAULT),
        _network("tract", "tract", "stream", FASTEST),
        _network("rten", "rten", "stream", BY_DEFAULT),
        _network("rten", "rten", "stream", FASTEST),
        *streaming,
    ]
    b = [
        _network("ONNX Runtime", "onnxruntime", "offline", SEQUENCE),
        _network("tract", "tract", "offline", SEQUENCE),
        _network("rten", "rten", "offline", SEQUENCE),
        *offline,
    ]
    gru = [
        Racer(f"**voiced**, gru, {name}", "voiced", "gru", ("--kernels", name), frame=GRU_HOP)
        for name in kernels
    ]
    small = [EARSHOT, *gru, *_webrtc(16000), OFFICIAL, *streaming, *offline]
    return [
        Contest("A", "A. Streaming: one stream, frame by frame", a),
        Contest("B", "B. Offline: one recording of 60 s", b),
        *(_together(kernels, streams) for streams in TOGETHER),
        Contest("small", "A second of audio, against a small network", small, True),
        *(
            Contest("webrtc", f"WebRTC's detector: {rate} Hz, frames of 10 ms", _webrtc(rate))
            for rate in (8000, 16000, 48000)
        ),
    ]


def _network(name: str, peer: str, mode: str, model: str) -> Racer:
    return Racer(f"{name}, `{model}`", peer, mode, model=model, held_to=OFFICIAL)


def _voiced(
    kernels: str, mode: str, remark: str, held_to: Racer = OFFICIAL, options: tuple[str, ...] = ()
) -> Racer:
    label = f"**voiced**, {kernels}, {remark}"
    return Racer(label, "voiced", mode, ("--kernels", kernels, *options), held_to=held_to)


def _together(kernels: list[str], streams: int) -> Contest:
    options = ("--streams", str(streams))
    label = f"ONNX Runtime, `{BY_DEFAULT}`, batch {streams}"
    official = Racer(label, "onnxruntime", "together", options, model=BY_DEFAULT)
    ours = [_voiced(name, "together", "Pool", official, options) for name in kernels]
    title = f"C. {streams} streams together, per frame and stream"
    return Contest("C", title, [official, *ours])


def _webrtc(rate: int) -> list[Racer]:
    label = "webrtc-vad (C)"
    official = Racer(label, "webrtc", "webrtc", rate=rate, frame=WEBRTC_FRAME)
    label = "**voiced**, webrtc"
    ours = Racer(label, "voiced", "webrtc", (), rate, None, WEBRTC_FRAME, official, exactly=True)
    return [official, ours]
