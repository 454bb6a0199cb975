#!/usr/bin/env python3
"""Measures the detectors on the development recordings, for the tables of `docs/detectors.md`.

    python3 evaluate.py DEV

DEV is what `unpack.py` of `eval_dev.tar` wrote. ROC-AUC is over a 10 ms grid, all recordings of a
kind pooled, `.ign` stretches left out: step `i` has the score of the hop that its middle is in.
Errors are those of a threshold of 0.5.
"""

import argparse
import pathlib

import numpy as np
from recordings import DETECTORS, Recording, auc, build, development, numbers

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/detectors.md"
BEGIN, END = "<!-- tables: tools/fit/evaluate.py -->\n", "<!-- end of tables -->\n"
VOICES = ("babble", "crowd")
SNRS = ["20", "10", "5", "0", "-5"]
HUMAN = ["b_sppas", "b_emodb", "b_misc", "b_ami"]
MIXED = ["d_clean", *(f"{snr} dB" for snr in SNRS)]
QUIET = ["c_env", "c_music", "c_vocal"]
# Mode 3 ranks best of WebRTC's four, mode 2 is quoted most; Silero is there for orientation.
ROWS = [*DETECTORS, "webrtc-2", "webrtc-3", "silero"]


def kinds(recordings: list[Recording]) -> dict[str, list[int]]:
    """The columns: which recordings belong to each."""

    def where(chosen) -> list[int]:  # noqa: ANN001
        return [i for i, r in enumerate(recordings) if chosen(r)]

    columns = {"human": where(lambda r: r.kind[0] == "b" and r.kind != "b_ami")}
    columns |= {k: where(lambda r, k=k: r.kind == k) for k in HUMAN}
    columns["d_clean"] = where(lambda r: r.kind == "d_clean")
    columns |= {f"{s} dB": where(lambda r, s=s: r.kind == f"d_snr{s}") for s in SNRS}
    for s in SNRS:
        noisy = where(lambda r, s=s: r.kind == f"d_snr{s}" and r.noise not in VOICES)
        columns[f"{s} dB, noise"] = noisy
    for s in SNRS:
        voices = where(lambda r, s=s: r.kind == f"d_snr{s}" and r.noise in VOICES)
        columns[f"{s} dB, voices"] = voices
    columns |= {k: where(lambda r, k=k: r.kind == k) for k in QUIET}
    return columns


def row(cells: list[str]) -> str:
    """A line of a Markdown table."""
    return "| " + " | ".join(cells) + " |\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return row(head) + "|" + "---|" * len(head) + "\n" + "".join(map(row, rows)) + "\n"


def area(recordings: list[Recording], scores: list[np.ndarray], members: list[int]) -> float:
    """The AUC of the recordings `members`, pooled."""
    x = np.concatenate([scores[i][recordings[i].counted, 0] for i in members])
    return auc(x, np.concatenate([recordings[i].speech[recordings[i].counted] for i in members]))


def decisions(recordings: list[Recording], scores: list[np.ndarray], members: list[int]) -> str:
    """Misses / false alarms at 0.5, in % of steps; false alarms alone where there is no speech."""
    fired = np.concatenate([scores[i][recordings[i].counted, 0] >= 0.5 for i in members])
    speech = np.concatenate([recordings[i].speech[recordings[i].counted] for i in members])
    false_alarms = f"{100 * np.mean(fired[~speech]):.0f}"
    return f"{100 * np.mean(~fired[speech]):.0f} / {false_alarms}" if speech.any() else false_alarms


def tables(recordings: list[Recording], rate: int, whole: bool) -> str:
    """The tables at one rate; only the first where `whole` is false."""
    scores = {name: numbers(recordings, "score", name, rate) for name in ROWS}
    columns = kinds(recordings)

    def areas(head: list[str], names: list[str], mean: list[str]) -> str:
        rows = []
        for name in ROWS:
            area_of = {c: area(recordings, scores[name], columns[c]) for c in [*names, *mean]}
            means = [float(np.mean([area_of[c] for c in mean]))] if mean else []
            rows.append([name, *(f"{v:.3f}" for v in [*(area_of[c] for c in names), *means])])
        return table(head, rows)

    text = f"### ROC-AUC at {rate // 1000} kHz\n\n"
    names = ["human", *HUMAN, *MIXED]
    text += areas(["detector", *names, "mean"], names, HUMAN + MIXED)
    if not whole:
        return text
    text += f"### ROC-AUC at {rate // 1000} kHz, by what the noise is\n\n"
    names = [f"{snr} dB, {what}" for what in ("noise", "voices") for snr in ("10", "5", "0")]
    text += areas(["detector", *names], names, [])
    text += f"### Errors at a score of 0.5, {rate // 1000} kHz\n\n"
    names = [*QUIET, "human", "d_clean", "20 dB", "10 dB", "0 dB"]
    rows = [[n, *(decisions(recordings, scores[n], columns[c]) for c in names)] for n in ROWS]
    return text + table(["detector", *names], rows)


def main() -> None:
    """Writes the tables into the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dev", type=pathlib.Path)
    args = parser.parse_args()
    build()
    recordings = development(args.dev)
    text = "\n" + tables(recordings, 16_000, whole=True) + tables(recordings, 8000, whole=False)
    print(text)
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + text + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
