#!/usr/bin/env python3
"""Finds dead links in the guide, and examples whose output is no longer true.

    python3 docs/guide/check.py [VOICED]

A link must lead to a file, and with `#…` to a heading of it. A link named as code must name
something that is in the file: [`Segmenter::push`](…/segmenter.rs) needs the word `push` there.
Where VOICED, the command's path, is given, the lines after `$ ` in blocks marked `console` are run,
with those after `> ` that go on, and must print what stands below. Exits with 1 where anything is
wrong. Needs Python alone.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

GUIDE = Path(__file__).resolve().parent
ROOT, PAGES = GUIDE.parents[1], GUIDE / "src"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INCLUDE = re.compile(r"\{\{#include ([^}:]+)(?::(\w+))?\}\}")
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """A page with what it includes, without its blocks of code."""
    text = INCLUDE.sub(
        lambda found: (page.parent / found[1]).read_text(), FENCE.sub("", page.read_text())
    )
    return FENCE.sub("", text)


def anchors(page: Path) -> set[str]:
    """The names by which mdBook and forges know a page's headings."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {
        re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", re.sub(r"[`*]", "", title)).lower())
        for title in titles
    }


def dead(page: Path, name: str, target: str) -> str | None:
    """What is wrong with a link, if anything."""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        return "there is no such file"
    if not file.is_relative_to(ROOT):
        return "it leads out of the repository"
    if file.suffix == ".md" and file.parent != PAGES:
        return "mdBook would turn it into a link to HTML: link to the folder"
    if anchor and (file.suffix != ".md" or anchor not in anchors(file)):
        return "there is no such heading"
    code = re.fullmatch(r"`([^`]+)`", name)
    if code and file.is_file():
        word = re.findall(r"\w+", code[1])[-1]
        named = word == file.stem or file.as_posix().endswith(code[1])
        if not named and not re.search(rf"\b{word}\b", file.read_text()):
            return f"`{word}` is not in it"
    return None


def links(page: Path) -> list[str]:
    """Everything that is wrong with a page's links and inclusions."""
    text = page.read_text()
    wrong = []
    for path, anchor in INCLUDE.findall(text):
        file = page.parent / path
        if not file.exists() or (anchor and f"ANCHOR: {anchor}\n" not in file.read_text()):
            wrong.append(f"{page.name}: nothing to include at {path} {anchor}")
    if wrong:
        return wrong
    for name, target in LINK.findall(FENCE.sub("", text)):
        fault = None if re.match(r"[a-z]+:", target) else dead(page, name, target)
        if fault:
            wrong.append(f"{page.name}: [{name}]({target}): {fault}")
    return wrong


def examples(page: Path, voiced: Path, folder: str) -> list[str]:
    """The examples of a page that print something else; they run in `folder`, one by one."""
    environment = os.environ | {
        "PATH": f"{voiced.resolve().parent}{os.pathsep}{os.environ['PATH']}"
    }
    wrong = []
    for kind, block in FENCE.findall(page.read_text()):
        if kind != "console":
            continue
        for lines, expected in re.findall(
            r"^\$ (.*\n(?:> .*\n)*)((?:(?!\$ ).*\n)*)", block, re.MULTILINE
        ):
            command = lines.replace("\n> ", "\n").strip()
            run = ["bash", "-c", command]
            done = subprocess.run(
                run, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            printed = done.stdout + done.stderr
            if printed != expected:
                wrong.append(f"{page.name}: $ {command}\n{printed}")
    return wrong


def main() -> None:
    """Checks all pages and says what is wrong."""
    pages = sorted(PAGES.glob("*.md"))
    summary = (PAGES / "SUMMARY.md").read_text()
    wrong = [
        f"{p.name} is not in SUMMARY.md"
        for p in pages
        if p.name != "SUMMARY.md" and f"({p.name})" not in summary
    ]
    wrong += [fault for page in pages for fault in links(page)]
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("tests", "docs", "weights"):
                (Path(folder) / name).symlink_to(ROOT / name)
            wrong += [
                fault for page in pages for fault in examples(page, Path(sys.argv[1]), folder)
            ]
    print("\n".join(wrong) or f"{len(pages)} pages: nothing is wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
