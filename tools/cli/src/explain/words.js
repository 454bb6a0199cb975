"use strict";
// What is drawn, said in words.

/** A number with a true minus. */
function number(value, digits = 0) {
  return value.toFixed(digits).replace("-", "−");
}

/** Seconds as a clock's minutes and seconds, or hours too. */
function clock(seconds, digits = 3) {
  const unit = 10 ** digits;
  const whole = Math.round(seconds * unit) / unit;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = (whole % 60).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Samples in words, in milliseconds up to a second. */
function lengthOf(samples, rate) {
  const ms = (samples / rate) * 1000;
  return ms < 1000 ? `${number(ms)} ms` : `${number(ms / 1000, 2)} s`;
}

/** A threshold, with the digits that it has. */
function share(value) {
  return Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? number(value, 2) : String(Number(value.toFixed(6)));
}

/** A score, with as many digits as it takes to see on which side of the thresholds it lies. */
function scoreWords(score, { onset, offset }) {
  for (let digits = 2; digits < 8; digits++) {
    const rounded = Number(score.toFixed(digits));
    if (rounded >= onset === score >= onset && rounded < offset === score < offset) return number(score, digits);
  }
  return String(score);
}

/** The last of these, in order of `start`, that begins at `position` or before; null where there is none. */
function lastBefore(list, position) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].start <= position) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? list[low - 1] : null;
}

/** What the segmenter made of frame `i`: its score's side of the thresholds, and the state that this left. */
function verdictWords(lane, i) {
  const { rate, hop, scores } = lane;
  const { limits, states, stretches, quiets } = lane.result;
  const now = i * hop;
  const score = scores[i];
  const state = states[i];
  const time = (samples) => clock(samples / rate);
  const quiet = lastBefore(quiets, now);
  const onset = share(limits.onset);
  const offset = share(limits.offset);
  let side = `≥ ${onset}`;
  if (score < limits.offset) side = `< ${offset}`;
  else if (score < limits.onset) side = `, between ${offset} and ${onset}`;
  const said = `score ${scoreWords(score, limits)}${side.startsWith(",") ? side : ` ${side}`}`;
  const counted = quiet === null ? "" : `${number(((now - quiet.start) / rate) * 1000)} of ${number((limits.minSilence / rate) * 1000)} ms`;
  switch (state) {
    case State.BEGIN:
      return `${said}: speech begins. ${fateWords(lane, stretchAt(stretches, now))}`;
    case State.SPEECH:
      return `${said}: speech. ${fateWords(lane, stretchAt(stretches, now))}`;
    case State.BETWEEN:
      return `${said}: neither, so speech goes on (hysteresis). ${fateWords(lane, stretchAt(stretches, now))}`;
    case State.QUIET:
      return `${said}: silence for ${counted}, speech held. ${fateWords(lane, stretchAt(stretches, now))}`;
    case State.WAITING:
      return `${said}: the silence goes on, ${counted}, but only a score below ${offset} can end speech. ${fateWords(lane, stretchAt(stretches, now))}`;
    case State.END:
      return `${said}: silence for ${counted}, so speech ended at ${time(quiet.start)}. ${fateWords(lane, settledAt(stretches, now))}`;
    case State.CUT:
      return `${said}: speech is too long and cut. ${fateWords(lane, settledAt(stretches, now))}`;
    default: {
      const said0 = score < limits.onset ? `score ${scoreWords(score, limits)} < ${onset}` : said;
      return `${said0}: silence. ${paddingWords(lane, now)}`;
    }
  }
}

/** The stretch of speech that goes on at `now`. */
function stretchAt(stretches, now) {
  const stretch = lastBefore(stretches, now);
  return stretch !== null && now <= stretch.settled ? stretch : null;
}

/** The stretch whose end was settled at `now`. */
function settledAt(stretches, now) {
  const stretch = lastBefore(stretches, now);
  return stretch !== null && stretch.settled === now ? stretch : stretchAt(stretches, now);
}

/** What becomes of a stretch of speech. */
function fateWords(lane, stretch) {
  if (stretch === null) return "";
  const { rate, result } = lane;
  const { minSpeech, pad } = result.limits;
  const length = lengthOf(stretch.end - stretch.start, rate);
  if (stretch.segment === null) {
    return `Dropped: ${length} is not longer than min_speech, ${lengthOf(minSpeech, rate)}.`;
  }
  const { start, end } = result.segments[stretch.segment];
  const times = `${clock(start / lane.recording.rate)} to ${clock(end / lane.recording.rate)}`;
  return `Segment ${stretch.segment + 1}: ${length} of speech${pad > 0 ? `, padded to ${times}` : `, ${times}`}.`;
}

/** Whether silence at `now` belongs to a segment's padding. */
function paddingWords(lane, now) {
  const at = (now / lane.rate) * lane.recording.rate;
  const segment = lastBefore(lane.result.segments, at);
  if (segment === null || at >= segment.end) return "";
  return `In the padding of segment ${lane.result.segments.indexOf(segment) + 1}.`;
}

/** The `voiced detect` that gives a lane's segments. */
function commandWords(lane, config, file) {
  const words = ["voiced detect", "-d", lane.name];
  if (lane.mode) words.push("--mode", lane.mode);
  if (lane.recording.channel !== null) words.push("--channel", lane.recording.channel);
  for (const [field, usual] of Object.entries(DEFAULTS)) {
    const value = config[field];
    if (value !== usual) words.push(`--${field.replaceAll("_", "-")}`, value);
  }
  const plain = /^[\w./-]+$/.test(file) && !file.startsWith("-");
  return [...words, plain ? file : `'${file.replaceAll("'", "'\\''")}'`].join(" ");
}

/** The engine's defaults. */
const DEFAULTS = Object.freeze({
  threshold: 0.5,
  neg_threshold: null,
  min_speech_ms: 250,
  min_silence_ms: 100,
  speech_pad_ms: 30,
  max_speech_s: null,
  cut: "longest-silence",
  min_silence_at_max_speech_ms: 98,
});
