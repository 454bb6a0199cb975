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

/**
 * What the segmenter made of frame `i`: its decision, from the score's side of the thresholds and what went before, and
 * what becomes of the speech that the frame belongs to.
 */
function verdictWords(lane, i) {
  const { rate, hop, scores } = lane;
  const { limits, states, stretches, quiets } = lane.result;
  const now = i * hop;
  const score = scores[i];
  const onset = share(limits.onset);
  const offset = share(limits.offset);
  const said = `score ${scoreWords(score, limits)}`;
  const quiet = lastBefore(quiets, now);
  const ms = (samples) => number((samples / rate) * 1000);
  const counted = quiet === null ? "" : `${ms(now - quiet.start)} of ${ms(limits.minSilence)} ms`;
  const goesOn = (decision) => ({ decision, fate: fateWords(lane, stretchAt(stretches, now)) });
  const ended = (decision) => ({ decision, fate: fateWords(lane, settledAt(stretches, now)) });
  switch (states[i]) {
    case State.BEGIN:
      return goesOn(`${said} ≥ ${onset}: speech begins.`);
    case State.SPEECH:
      return goesOn(`${said} ≥ ${onset}: speech.`);
    case State.BETWEEN:
      return goesOn(`${said}, between ${offset} and ${onset}: speech goes on (hysteresis).`);
    case State.QUIET:
      return goesOn(`${said} < ${offset}: silence for ${counted}, speech held.`);
    case State.WAITING:
      return goesOn(`${said}, between ${offset} and ${onset}: silence for ${counted}, but only a score below ${offset} can end speech.`);
    case State.END:
      return ended(`${said} < ${offset}: silence for ${counted}, so speech ended at ${clock(quiet.start / rate)}.`);
    case State.CUT:
      return ended(`${said}: speech is longer than max_speech and is cut.`);
    default:
      return { decision: `${said} < ${onset}: silence.`, fate: paddingWords(lane, now) };
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
  const path = file.startsWith("-") && file !== "-" ? `./${file}` : file;
  const plain = /^[\w./-]+$/.test(path);
  return [...words, plain ? path : `'${path.replaceAll("'", "'\\''")}'`].join(" ");
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
