"""The network: bands of a spectrum in, a convolution over time, a GRU, a probability out."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

TAPS = 3
"""Hops that the convolution sees: the present one and those before."""

Parameters = dict[str, jax.Array]


def initial(seed: int, bands: int, channels: int, hidden: int) -> Parameters:
    """Random parameters, under the names and in the shapes of the exported file."""
    rng = np.random.default_rng([seed, 7])

    def uniform(*shape: int, fan: int) -> jax.Array:
        return jnp.asarray(rng.uniform(-1, 1, shape) / np.sqrt(fan), jnp.float32)

    return {
        "conv.weight": uniform(channels, bands, TAPS, fan=bands * TAPS),
        "conv.bias": jnp.zeros(channels),
        "gru.weight_ih": uniform(3 * hidden, channels, fan=hidden),
        "gru.bias_ih": jnp.zeros(3 * hidden),
        "gru.weight_hh": uniform(3 * hidden, hidden, fan=hidden),
        "gru.bias_hh": jnp.zeros(3 * hidden),
        "output.weight": uniform(1, hidden, fan=hidden),
        "output.bias": jnp.zeros(1),
    }


def gru_step(weight: jax.Array, bias: jax.Array, h: jax.Array, x: jax.Array) -> tuple:
    """One step of PyTorch's `GRUCell`: h (clips, hidden), x (clips, 3 * hidden) from the input."""
    past = h @ weight.T + bias
    (xr, xz, xn), (hr, hz, hn) = jnp.split(x, 3, -1), jnp.split(past, 3, -1)
    r, z = jax.nn.sigmoid(xr + hr), jax.nn.sigmoid(xz + hz)
    h = (1 - z) * jnp.tanh(xn + r * hn) + z * h
    return h, h


def logits(parameters: Parameters, bands: jax.Array) -> jax.Array:
    """The logarithms of the odds of speech, (clips, hops), of bands (clips, hops, bands)."""
    p = parameters
    padded = jnp.pad(bands, ((0, 0), (TAPS - 1, 0), (0, 0)))
    hops = bands.shape[1]
    y = sum(padded[:, tap : tap + hops] @ p["conv.weight"][:, :, tap].T for tap in range(TAPS))
    y = jax.nn.relu(y + p["conv.bias"])
    x = y @ p["gru.weight_ih"].T + p["gru.bias_ih"]
    step = partial(gru_step, p["gru.weight_hh"], p["gru.bias_hh"])
    start = jnp.zeros((bands.shape[0], p["gru.weight_hh"].shape[1]))
    _, h = jax.lax.scan(step, start, x.swapaxes(0, 1))
    return (jax.nn.relu(h) @ p["output.weight"][0] + p["output.bias"][0]).T
