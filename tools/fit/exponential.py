#!/usr/bin/env python3
"""Prints `EXP_POLYNOMIAL` of `src/kernels/scalar.rs`: p(r) in e^r = 1 + r + r^2 p(r), of degree 3, the highest power first.

    python3 exponential.py

The largest relative error on |r| <= ln 2 / 2 is made as small as it gets, by the second algorithm of Remez (1934).
"""

import numpy as np

DEGREE = 3
EDGE = np.log(2) / 2


def error(coefficients: np.ndarray, r: np.ndarray) -> np.ndarray:
    """The relative error of the approximation."""
    return (1 + r + r**2 * np.polyval(coefficients, r)) / np.exp(r) - 1


def remez() -> np.ndarray:
    """The coefficients of p, the highest power first."""
    points = EDGE * np.cos(np.pi * np.arange(DEGREE + 2) / (DEGREE + 1))
    grid = np.linspace(-EDGE, EDGE, 200_001)
    for _ in range(50):
        # At the points: r^2 p(r) - sign * level * e^r = e^r - 1 - r.
        powers = points[:, None] ** np.arange(DEGREE + 2, 1, -1)
        signs = (-1.0) ** np.arange(DEGREE + 2)
        matrix = np.column_stack([powers, -signs * np.exp(points)])
        coefficients = np.linalg.solve(matrix, np.exp(points) - 1 - points)[:-1]
        # Between two changes of sign lies one new point each.
        errors = error(coefficients, grid)
        pieces = np.split(np.arange(len(grid)), np.flatnonzero(np.diff(np.sign(errors)) != 0) + 1)
        pieces = [piece for piece in pieces if abs(errors[piece]).max() > 0]
        new = np.array([grid[piece[np.argmax(abs(errors[piece]))]] for piece in pieces])
        new = new[np.argsort(-abs(error(coefficients, new)))][: DEGREE + 2]
        new = np.sort(new)[::-1]
        if len(new) < DEGREE + 2 or np.allclose(new, points, atol=1e-9):
            break
        points = new
    return coefficients


def main() -> None:
    """Prints the coefficients, and the largest error with them as `f32`."""
    coefficients = remez().astype(np.float32)
    print(", ".join(f"{c:.9e}" for c in coefficients))
    grid = np.linspace(-EDGE, EDGE, 1_000_001)
    largest = abs(error(coefficients.astype(float), grid)).max()
    print(f"largest relative error, without rounding in the evaluation: {largest:.2e}")


if __name__ == "__main__":
    main()
