"use strict";
// From scores to segments: the engine's `src/segment/segmenter.rs` and `config.rs`, line by line, so that the page's
// sliders give the segments of `voiced detect` to the sample. Besides, it remembers how it came to them.
//
// Times are whole numbers of samples at the detector's rate, exact far beyond any recording. Scores are the detector's
// f32, thresholds are f64: as in the engine.

/** What a frame was to the segmenter. */
const State = Object.freeze({
  SILENCE: 0,
  BEGIN: 1, // the score reached the threshold: speech begins
  SPEECH: 2, // the score is at the threshold or above
  BETWEEN: 3, // in speech, between the two thresholds: it holds
  QUIET: 4, // in speech, below the lower threshold: the silence is counted
  WAITING: 5, // in speech, between the two thresholds in a silence that is counted
  END: 6, // the silence was long enough: speech ended where it began
  CUT: 7, // speech was too long
});

/** The settings in samples; `SegmentConfig::limits`. */
function limitsOf(config, rate, hop) {
  const samples = (ms) => (rate * ms) / 1000;
  const pad = samples(config.speech_pad_ms);
  return {
    onset: config.threshold,
    offset: config.neg_threshold ?? Math.max(config.threshold - 0.15, 0.01),
    minSpeech: samples(config.min_speech_ms),
    minSilence: samples(config.min_silence_ms),
    pad,
    maxSpeech: rate * (config.max_speech_s ?? Infinity) - hop - 2 * pad,
    cut: config.cut,
    minSilenceAtCut: samples(config.min_silence_at_max_speech_ms),
  };
}

class Segmenter {
  constructor(limits, hop) {
    this.limits = limits;
    this.hop = hop;
    this.now = 0; // start of the next score's frame
    this.speech = null; // speech that has not ended; times before padding
    this.open = null; // the last segment where its end is not yet reported: `start` is padded, `end` is not
    this.segments = []; // those reported
    /** Every stretch of speech, kept or not: what it was before padding, and the frame's time at which that was settled. */
    this.stretches = [];
    /** Every silence in speech: from where it was counted to where it ended, or was long enough. */
    this.quiets = [];
  }

  /** Takes the next frame's score and returns what the frame was, a `State`. */
  push(score) {
    const { limits } = this;
    const now = this.now;
    this.now += this.hop;

    if (this.speech === null && score >= limits.onset) {
      this.begin(now);
      return State.BEGIN;
    }
    if (this.speech !== null && score >= limits.onset) this.resume(now);
    const whole = this.speech;
    if (this.speech !== null && now - this.speech.start > limits.maxSpeech) this.cut(now);
    const cut = this.speech !== whole;
    const before = this.speech;
    if (score < limits.offset) this.quiet(now);
    this.settle(now);
    if (cut) return State.CUT;
    if (before === null) return State.SILENCE;
    if (this.speech === null) return State.END;
    if (score >= limits.onset) return State.SPEECH;
    if (score < limits.offset) return State.QUIET;
    return this.speech.quietSince === null ? State.BETWEEN : State.WAITING;
  }

  /** Ends the recording after `length` samples. */
  finish(length) {
    const { speech } = this;
    if (speech !== null) {
      this.speech = null;
      this.endQuiet(speech, length, false);
      this.end(speech, length, length);
    }
    if (this.open !== null) this.reportEnd(Math.min(length, this.paddedEnd()));
  }

  begin(start) {
    if (this.open !== null && this.roomForBoth(start)) this.reportEnd(this.paddedEnd());
    const speech = { start, reported: null, quietSince: null, longest: null, last: null, resumed: 0 };
    if (this.open === null) speech.reported = Math.floor(Math.max(0, start - this.limits.pad));
    this.speech = speech;
  }

  /** Speech has outgrown `max_speech`: what was said up to a silence in it becomes a segment, whatever its length. */
  cut(now) {
    const { speech } = this;
    this.speech = null;
    let [end, rest] = [now, null];
    if (this.limits.cut === "longest-silence" && speech.longest !== null) {
      [end, rest] = [speech.longest.start, speech.longest.end];
    } else if (this.limits.cut === "last-silence" && speech.last !== null) {
      [end, rest] = [speech.last, speech.resumed >= speech.last ? speech.resumed : null];
    }
    this.endQuiet(speech, now, false);
    this.close(speech, end, now, true);
    if (rest !== null) this.begin(rest);
  }

  quiet(now) {
    const { speech } = this;
    if (speech === null) return;
    speech.quietSince ??= now;
    const since = speech.quietSince;
    if (now - since > this.limits.minSilenceAtCut) speech.last = since;
    if (now - since >= this.limits.minSilence) {
      this.speech = null;
      this.endQuiet(speech, now, true);
      this.end(speech, since, now);
    }
  }

  resume(now) {
    const { speech, limits } = this;
    if (speech.quietSince === null) return;
    const silence = { start: speech.quietSince, end: now };
    this.endQuiet(speech, now, false);
    speech.quietSince = null;
    const length = silence.end - silence.start;
    const { longest } = speech;
    if (length > limits.minSilenceAtCut && (longest === null || length > longest.end - longest.start)) {
      speech.longest = silence;
    }
    if (speech.last !== null && speech.resumed < speech.last) speech.resumed = now;
  }

  /** Speech ended at `end`: it becomes a segment if it was long enough. */
  end(speech, end, now) {
    if (end - speech.start > this.limits.minSpeech) {
      this.close(speech, end, now, false);
    } else {
      this.stretches.push({ start: speech.start, end, settled: now, segment: null, cut: false });
    }
  }

  close(speech, end, now, cut) {
    const start = this.confirm(speech);
    this.stretches.push({ start: speech.start, end, settled: now, segment: this.segments.length, cut });
    this.open = { start, end };
  }

  /** `speech` is sure to become a segment: its padded start. */
  confirm(speech) {
    if (speech.reported !== null) return speech.reported;
    let halfGap = 0;
    if (this.open !== null) {
      halfGap = Math.floor((speech.start - this.open.end) / 2);
      this.reportEnd(this.open.end + halfGap);
    }
    speech.reported = speech.start - halfGap;
    return speech.reported;
  }

  settle(now) {
    if (this.speech !== null) {
      const earliestEnd = this.speech.quietSince ?? now + 1;
      if (earliestEnd - this.speech.start > this.limits.minSpeech) this.confirm(this.speech);
    } else if (this.open !== null) {
      const padded = this.paddedEnd();
      if (now >= padded && this.roomForBoth(this.now)) this.reportEnd(padded);
    }
  }

  /** Where the open segment ends if it has its padding to itself. */
  paddedEnd() {
    return Math.floor(this.open.end + this.limits.pad);
  }

  /** Whether speech that begins at `start` leaves room for the padding of both. */
  roomForBoth(start) {
    return start - this.open.end >= 2 * this.limits.pad;
  }

  reportEnd(end) {
    this.segments.push({ start: this.open.start, end });
    this.open = null;
  }

  endQuiet(speech, to, long) {
    if (speech.quietSince !== null) this.quiets.push({ start: speech.quietSince, end: to, long });
  }
}

/**
 * The segments of a detector's scores, in samples of the recording as `voiced detect` gives them, and how they came
 * about, in samples at the detector's rate.
 */
function segment(scores, { rate, hop, framed }, recording, config) {
  const limits = limitsOf(config, rate, hop);
  const segmenter = new Segmenter(limits, hop);
  const states = new Uint8Array(scores.length);
  for (let i = 0; i < scores.length; i++) states[i] = segmenter.push(scores[i]);
  segmenter.finish(framed);
  const nearest = (position) => {
    return Math.min(Math.floor((position * recording.rate + Math.floor(rate / 2)) / rate), recording.length);
  };
  const segments = segmenter.segments.map(({ start, end }) => ({ start: nearest(start), end: nearest(end) }));
  return { limits, states, segments, stretches: segmenter.stretches, quiets: segmenter.quiets };
}
