#!/usr/bin/env python3
"""Measures the classic detectors on the development recordings and writes the tables of `docs/detectors.md`.

    python3 evaluate.py DEV

DEV is what `unpack.py` of `eval_dev.tar` wrote. ROC-AUC is over a 10 ms grid, all recordings of a kind pooled,
`.ign` stretches left out: hop `i` has score `i`. False alarms are the share of hops with a score of 0.5 or more.
"""

import argparse
import pathlib

import numpy as np
from recordings import DETECTORS, Recording, auc, build, development, numbers

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/detectors.md"
BEGIN, END = "<!-- tables: tools/fit/evaluate.py -->\n", "<!-- end of tables -->\n"
VOICES = ("babble", "crowd")
SNRS = ["20", "10", "5", "0", "-5"]


def kinds(recordings: list[Recording]) -> dict[str, list[int]]:
    """The columns: which recordings belong to each."""

    def where(chosen) -> list[int]:  # noqa: ANN001
        return [i for i, r in enumerate(recordings) if chosen(r)]

    columns = {"human": where(lambda r: r.kind[0] == "b" and r.kind != "b_ami")}
    columns |= {k: where(lambda r, k=k: r.kind == k) for k in ("b_sppas", "b_emodb", "b_misc", "b_ami")}
    columns["d_clean"] = where(lambda r: r.kind == "d_clean")
    columns |= {f"{s} dB": where(lambda r, s=s: r.kind == f"d_snr{s}") for s in SNRS}
    for s in SNRS:
        noisy = where(lambda r, s=s: r.kind == f"d_snr{s}" and r.noise not in VOICES)
        columns[f"{s} dB, noise"] = noisy
    for s in SNRS:
        voices = where(lambda r, s=s: r.kind == f"d_snr{s}" and r.noise in VOICES)
        columns[f"{s} dB, voices"] = voices
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


def tables(recordings: list[Recording], rate: int) -> str:
    """All tables at one rate."""
    scores = {name: numbers(recordings, "score", name, rate) for name in DETECTORS}
    columns = kinds(recordings)
    areas = {n: {c: area(recordings, s, m) for c, m in columns.items()} for n, s in scores.items()}

    def part(names: list[str], mean: bool = False) -> str:
        head = ["detector", *names, *(["mean"] if mean else [])]
        rows = []
        for name in DETECTORS:
            values = [areas[name][c] for c in names]
            rows.append([name, *(f"{v:.3f}" for v in values + [float(np.mean(values))] * mean)])
        return table(head, rows)

    text = f"### At {rate // 1000} kHz\n\n"
    text += "ROC-AUC, human labels; `human` is all but `b_ami`, whose labels are speaker turns:\n\n"
    text += part(["human", "b_sppas", "b_emodb", "b_misc", "b_ami"])
    text += "ROC-AUC, clean speech and all mixtures by SNR; the mean is over these and the kinds of human labels:\n\n"
    order = ["d_clean", *(f"{s} dB" for s in SNRS)]
    base = ["b_sppas", "b_emodb", "b_misc", "b_ami"]
    rows = []
    for name in DETECTORS:
        mean = np.mean([areas[name][c] for c in order + base])
        rows.append([name, *(f"{areas[name][c]:.3f}" for c in order), f"{mean:.3f}"])
    text += table(["detector", *order, "mean of kinds"], rows)
    text += "ROC-AUC, mixtures with noise that holds no voices:\n\n" + part([f"{s} dB, noise" for s in SNRS])
    text += "ROC-AUC, mixtures with babble and crowds, which hold voices:\n\n"
    text += part([f"{s} dB, voices" for s in SNRS])
    text += "At 0.5: false alarms where nobody speaks, in % of hops; and misses / false alarms with speech:\n\n"
    quiet = ["c_env", "c_music", "c_vocal"]
    rows = []
    for name in DETECTORS:
        cells = [name]
        for kind in quiet:
            here = [s for s, r in zip(scores[name], recordings, strict=True) if r.kind == kind]
            cells.append(f"{100 * np.mean(np.concatenate(here) >= 0.5):.1f}")
        for column in ["human", "d_clean", "10 dB", "0 dB"]:
            fired = np.concatenate([scores[name][i][recordings[i].counted, 0] >= 0.5 for i in columns[column]])
            speech = np.concatenate([recordings[i].speech[recordings[i].counted] for i in columns[column]])
            cells.append(f"{100 * np.mean(~fired[speech]):.0f} / {100 * np.mean(fired[~speech]):.0f}")
        rows.append(cells)
    return text + table(["detector", *quiet, "human", "d_clean", "10 dB", "0 dB"], rows)


def main() -> None:
    """Writes the tables into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=pathlib.Path)
    args = parser.parse_args()
    build()
    recordings = development(args.dev)
    text = "\n" + "".join(tables(recordings, rate) for rate in (16_000, 8000))
    print(text)
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + text + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
