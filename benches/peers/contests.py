"""Who races in which mode, and what each one's scores are held to."""

from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEECH_16K = ROOT / "tests/data/speech_16k.wav"
SPEECH_8K = ROOT / "tests/data/speech_8k.wav"

OFFICIAL = "silero_vad.onnx"
"""What the official package loads by default."""
OFFICIAL_16K = "silero_vad_openvino_16k.onnx"
"""The package's fastest file of the same weights: for 16 kHz, without `If`."""
SEQUENCE = "silero_vad_16k_sequence.onnx"
"""What the official package loads for whole recordings: 512 frames a call."""
TOGETHER = (16, 32, 64)
"""Numbers of streams that are stepped together."""

SILERO_FRAME = 512 / 16000
EARSHOT_FRAME = 256 / 16000
WEBRTC_FRAME = 0.010
"""Seconds of audio in a frame."""


@dataclass(frozen=True)
class Racer:
    """One engine in one mode: a process's arguments, and whose scores its own must equal."""

    key: str
    label: str
    binary: str
    arguments: tuple[str, ...]
    model: str | None = None
    """A file of the official package that the engine loads."""
    frame: float = SILERO_FRAME
    held_to: str | None = None
    """Key of the racer whose scores it must have; None where it is that racer, or a network of its own."""
    exactly: bool = False
    """Whether the scores must be equal, rather than within the tolerance."""


@dataclass(frozen=True)
class Contest:
    """Racers that are compared with the first of them."""

    key: str
    title: str
    racers: list[Racer] = field(default_factory=list)
    per_second: bool = False
    """Whether the figures are per second of audio rather than per frame: for frames of different lengths."""


def contests(kernels: list[str]) -> list[Contest]:
    """Returns all contests. kernels: the kernel sets of `voiced` that take part."""
    stream = _streaming(kernels)
    offline = _offline(kernels)
    together = [_together(kernels, streams) for streams in TOGETHER]
    webrtc = {rate: _webrtc(rate) for rate in (8000, 16000, 48000)}
    return [
        Contest("A", "A. Streaming: one stream, frame by frame", stream),
        Contest("B", "B. Offline: one recording of 60 s", offline),
        *(
            Contest("C", f"C. {streams} streams together, per frame and stream", racers)
            for streams, racers in zip(TOGETHER, together)
        ),
        Contest(
            "small",
            "Cost of a second of audio, against a small network and WebRTC's detector",
            [_earshot(), *webrtc[16000], stream[0], *_of_voiced(stream), *_of_voiced(offline)],
            per_second=True,
        ),
        *(
            Contest("webrtc", f"WebRTC's detector at {rate // 1000} kHz, per frame of 10 ms, mode 0", racers)
            for rate, racers in webrtc.items()
        ),
    ]


def _of_voiced(racers: list[Racer]) -> list[Racer]:
    return [racer for racer in racers if racer.binary == "peer-voiced"]


def _streaming(kernels: list[str]) -> list[Racer]:
    def racer(peer: str, model: str) -> Racer:
        held_to = None if (peer, model) == ("onnxruntime", OFFICIAL) else f"A onnxruntime {OFFICIAL}"
        label = f"{NAMES[peer]}, `{model}`"
        return Racer(f"A {peer} {model}", label, f"peer-{peer}", ("stream", *_RECORDING), model, held_to=held_to)

    return [
        racer("onnxruntime", OFFICIAL),
        racer("onnxruntime", OFFICIAL_16K),
        racer("tract", OFFICIAL),
        racer("tract", OFFICIAL_16K),
        racer("rten", OFFICIAL),
        racer("rten", OFFICIAL_16K),
        *(_voiced("A", "stream", "", name, f"A onnxruntime {OFFICIAL}") for name in kernels),
    ]


def _offline(kernels: list[str]) -> list[Racer]:
    return [
        *(
            Racer(
                f"B {peer}",
                f"{NAMES[peer]}, `{SEQUENCE}`, 512 frames a call",
                f"peer-{peer}",
                ("offline", *_RECORDING),
                SEQUENCE,
                held_to=f"A onnxruntime {OFFICIAL}",
            )
            for peer in ("onnxruntime", "tract", "rten")
        ),
        *(_voiced("B", "offline", ", offline", name, f"A onnxruntime {OFFICIAL}") for name in kernels),
    ]


def _together(kernels: list[str], streams: int) -> list[Racer]:
    official = Racer(
        f"C{streams} onnxruntime",
        f"{NAMES['onnxruntime']}, `{OFFICIAL}`, batch {streams}",
        "peer-onnxruntime",
        ("together", *_RECORDING, "--streams", str(streams)),
        OFFICIAL,
    )
    return [
        official,
        *(
            _voiced(f"C{streams}", "together", "", name, official.key, "--streams", str(streams))
            for name in kernels
        ),
    ]


def _voiced(contest: str, mode: str, remark: str, kernels: str, held_to: str, *more: str) -> Racer:
    arguments = (mode, *_RECORDING, "--kernels", kernels, *more)
    return Racer(f"{contest} voiced {kernels}", f"**voiced**, {kernels}{remark}", "peer-voiced", arguments, held_to=held_to)


def _webrtc(rate: int) -> list[Racer]:
    recording = SPEECH_8K if rate == 8000 else SPEECH_16K
    arguments = ("webrtc", "--recording", str(recording), "--rate", str(rate))
    official = Racer(
        f"webrtc {rate} C", f"{NAMES['webrtc']}", "peer-webrtc", arguments, frame=WEBRTC_FRAME
    )
    ours = Racer(
        f"webrtc {rate} voiced",
        "**voiced**, `webrtc`",
        "peer-voiced",
        arguments,
        frame=WEBRTC_FRAME,
        held_to=official.key,
        exactly=True,
    )
    return [official, ours]


def _earshot() -> Racer:
    return Racer("earshot", NAMES["earshot"], "peer-earshot", ("stream", *_RECORDING), frame=EARSHOT_FRAME)


NAMES = {
    "onnxruntime": "ONNX Runtime",
    "tract": "tract",
    "rten": "rten",
    "webrtc": "webrtc-vad (C)",
    "earshot": "earshot",
}
_RECORDING = ("--recording", str(SPEECH_16K))
