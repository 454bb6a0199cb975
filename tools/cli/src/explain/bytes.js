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

/** Extremes of stretches of values at any scale: each level has those of 8 neighbours in the level below. */
class Pyramid {
  constructor(low, high = low) {
    this.length = low.length;
    this.levels = [{ low, high }];
    while (low.length > 64) {
      const next = { low: new Float32Array(Math.ceil(low.length / 8)), high: new Float32Array(Math.ceil(low.length / 8)) };
      for (let i = 0; i < next.low.length; i++) {
        let [least, most] = [Infinity, -Infinity];
        for (let j = 8 * i; j < Math.min(8 * i + 8, low.length); j++) {
          if (low[j] < least) least = low[j];
          if (high[j] > most) most = high[j];
        }
        next.low[i] = least;
        next.high[i] = most;
      }
      this.levels.push(next);
      ({ low, high } = next);
    }
  }

  /** Sets `low` and `high` to the extremes of the values `from .. to`; to infinities where there are none. */
  seek(from, to) {
    [this.low, this.high] = [Infinity, -Infinity];
    from = Math.max(0, from);
    to = Math.min(this.length, to);
    for (let level = 0; from < to; level++) {
      const last = level + 1 === this.levels.length;
      const { low, high } = this.levels[level];
      const take = (i) => {
        if (low[i] < this.low) this.low = low[i];
        if (high[i] > this.high) this.high = high[i];
      };
      while (from < to && (last || from % 8 !== 0)) take(from++);
      while (from < to && to % 8 !== 0) take(--to);
      from >>= 3;
      to >>= 3;
    }
  }
}
