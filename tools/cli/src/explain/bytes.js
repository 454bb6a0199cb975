"use strict";
// From the page's text to arrays.

/** The bytes that an element holds as base64. The text is let go. */
function bytesOf(id) {
  const element = document.getElementById(id);
  const text = element.textContent;
  element.remove();
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** A detector's scores, as exact as it gave them: (frames). */
function scoresOf(name) {
  return new Float32Array(bytesOf(`${name}-scores`).buffer);
}

/** The values of a track, to 1/65535 of their range: (frames). */
function trackOf(name, { name: track, low, step }) {
  const levels = new Uint16Array(bytesOf(`${name}-${track}`).buffer);
  return Float32Array.from(levels, (level) => low + step * level);
}

/**
 * Extremes and means of stretches of values at any scale: each level has those of 8 neighbours in the level below.
 * The values themselves may be extremes already, `low` and `high`; they then have no mean that is worth anything.
 */
class Pyramid {
  constructor(low, high = low) {
    this.length = low.length;
    let below = { low, high, sum: low };
    this.levels = [below];
    while (below.low.length > 64) {
      const count = Math.ceil(below.low.length / 8);
      const [least, most, sum] = [0, 1, 2].map(() => new Float32Array(count));
      for (let i = 0; i < count; i++) {
        [least[i], most[i]] = [Infinity, -Infinity];
        for (let j = 8 * i; j < Math.min(8 * i + 8, below.low.length); j++) {
          if (below.low[j] < least[i]) least[i] = below.low[j];
          if (below.high[j] > most[i]) most[i] = below.high[j];
          sum[i] += below.sum[j];
        }
      }
      below = { low: least, high: most, sum };
      this.levels.push(below);
    }
  }

  /** Sets `low`, `high` and `mean` to those of the values `from .. to`; where there are none, to infinities and NaN. */
  seek(from, to) {
    from = Math.max(0, from);
    to = Math.min(this.length, to);
    let [least, most, total] = [Infinity, -Infinity, 0];
    const count = to - from;
    for (let level = 0; from < to; level++) {
      const last = level + 1 === this.levels.length;
      const { low, high, sum } = this.levels[level];
      const take = (i) => {
        if (low[i] < least) least = low[i];
        if (high[i] > most) most = high[i];
        total += sum[i];
      };
      while (from < to && (last || from % 8 !== 0)) take(from++);
      while (from < to && to % 8 !== 0) take(--to);
      from >>= 3;
      to >>= 3;
    }
    [this.low, this.high, this.mean] = [least, most, total / count];
  }
}
