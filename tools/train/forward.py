"""The network in float64 and plain numpy, from samples to scores, as the exported file says it."""

import numpy as np
import scipy.fft
from safetensors import safe_open


class Network:
    """An exported network."""

    def __init__(self, path: str) -> None:
        """Reads the file."""
        with safe_open(path, "numpy") as file:
            self.tensors = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata()
        self.frame, self.hop = int(metadata["frame"]), int(metadata["hop"])
        self.edges = np.array(metadata["edges"].split(), int)
        self.floor, self.memory = float(metadata["floor"]), int(metadata["memory"])

    def bands(self, samples: np.ndarray) -> np.ndarray:
        """Log bands less their running means, f64 (frames, bands), of samples f32 (n,)."""
        frames = -(-len(samples) // self.hop)
        padded = np.pad(
            samples.astype(np.float64), (0, (frames - 1) * self.hop + self.frame - len(samples))
        )
        taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.frame) / self.frame)
        taper /= np.sqrt(np.sum(taper**2))
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.frame)[:: self.hop]
        powers = np.abs(scipy.fft.rfft(windows * taper)) ** 2
        means = np.add.reduceat(powers, self.edges[:-1], axis=1)[:, : len(self.edges) - 1]
        bands = np.log1p(means / np.diff(self.edges) / self.floor)
        mean = np.zeros(bands.shape[1])
        for hop, band in enumerate(bands):
            mean += (band - mean) / min(hop + 1, self.memory)
            band -= mean
        return bands

    def scores(self, samples: np.ndarray) -> np.ndarray:
        """The score of each hop, f64 (frames,), of samples (n,), full scale 1."""
        t = self.tensors
        bands = self.bands(samples)
        taps = t["conv.weight"].shape[2]
        h = np.zeros(t["gru.weight_hh"].shape[1])
        past = np.zeros((taps, bands.shape[1]))
        scores = []
        for present in bands:
            past = np.concatenate([past[1:], present[None]])
            x = np.einsum("oit,ti->o", t["conv.weight"], past) + t["conv.bias"]
            xr, xz, xn = np.split(t["gru.weight_ih"] @ np.maximum(x, 0) + t["gru.bias_ih"], 3)
            hr, hz, hn = np.split(t["gru.weight_hh"] @ h + t["gru.bias_hh"], 3)
            r, z = _sigmoid(xr + hr), _sigmoid(xz + hz)
            h = (1 - z) * np.tanh(xn + r * hn) + z * h
            score = _sigmoid(t["output.weight"][0] @ np.maximum(h, 0) + t["output.bias"][0])
            scores.append(score)
        return np.array(scores)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
