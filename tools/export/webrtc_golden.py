"""Writes `tests/data/webrtc.json`: official decisions of the WebRTC detector.

All rates, frame lengths and modes, on inputs that the tests can make again:

- `speech`: `speech_8k.wav`; for the other rates `speech_16k.wav`, upsampled to 32 and 48 kHz;
- `loud`: the first third of that, eight times as loud and clipped;
- `hard`: 15 s of squares, noise, silence and more, restarted twice in the middle of it;
- `hum`: at 8 kHz only, 100 s of low noise, where the detector's lowest bands decide.

See `webrtc_official.py` for the environment. It gives the same bytes on each run, in a few seconds.
"""

import json
from pathlib import Path

import numpy as np

import wav
import webrtc_inputs as inputs
from webrtc_official import RATES, VERSION, cases

DATA = Path(__file__).parents[2] / "tests" / "data"
HARD_SECONDS = 15
HUM_SECONDS = 100
SEED = 1


def speech(rate: int) -> np.ndarray:
    """Returns the bundled recording at a rate in Hz, i16 (n,)."""
    recorded = min(rate, 16000)
    samples, found = wav.read(DATA / f"speech_{recorded // 1000}k.wav")
    assert found == recorded
    return inputs.upsample(samples, rate // recorded)


def golden_cases(rate: int) -> list[dict]:
    """Returns the cases of one rate in Hz."""
    recording = speech(rate)
    loud = inputs.amplify(recording[: len(recording) // 3], 8)
    hard = inputs.hard(SEED, HARD_SECONDS * rate)
    restarts = [len(hard) // 3, len(hard) // 2 + 1]
    return [
        *cases("speech", recording, rate, []),
        *cases("loud", loud, rate, []),
        *cases("hard", hard, rate, restarts),
        *(cases("hum", inputs.hum(SEED, HUM_SECONDS * rate), rate, []) if rate == 8000 else []),
    ]


def main() -> None:
    """Writes the file, a case to a line."""
    lines = [json.dumps(case) for rate in RATES for case in golden_cases(rate)]
    text = f'{{"source": "webrtcvad {VERSION}", "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    path = DATA / "webrtc.json"
    path.write_text(text)
    print(f"{path.name}: {len(lines)} cases, {len(text)} bytes")


if __name__ == "__main__":
    main()
