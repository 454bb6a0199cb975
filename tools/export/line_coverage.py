"""Which lines of one Python function a call runs."""

import dis
import inspect
import sys
import types
from collections.abc import Callable


class LineCoverage:
    """Collects the lines of `function` that run, call by call, by `sys.settrace`."""

    def __init__(self, function: Callable) -> None:
        """Reads the source of `function`, which must be plain Python."""
        self._code = function.__code__
        source, first = inspect.getsourcelines(function)
        self.text = {first + i: line.strip() for i, line in enumerate(source)}
        """Source text by line number."""
        self.executable = {n for _, n in dis.findlinestarts(self._code) if n is not None}
        """Numbers of the lines that hold code."""

    def lines_of(self, call: Callable[[], object]) -> tuple[object, set[int]]:
        """Runs `call`; returns its result and the numbers of the function's lines that ran."""
        hit: set[int] = set()

        def in_function(frame: types.FrameType, event: str, _: object) -> Callable:
            if event == "line":
                hit.add(frame.f_lineno)
            return in_function

        def on_call(frame: types.FrameType, _event: str, _: object) -> Callable | None:
            return in_function if frame.f_code is self._code else None

        sys.settrace(on_call)
        try:
            result = call()
        finally:
            sys.settrace(None)
        return result, hit

    def find(self, text: str, occurrence: int = 0) -> int:
        """Returns the number of the line that starts with `text`: the n-th from 0."""
        return [n for n, line in self.text.items() if line.startswith(text)][occurrence]
