"use strict";
// One lane a detector: what it measures, its score, and what the segmenter makes of that.

/** The measure whose score is `score` on a detector's logistic curve. */
function measureAt({ centre, width }, score) {
  return centre + width * Math.log(score / (1 - score));
}

/**
 * What there is to say and to draw of each detector. `about` is for people; `series` are the curves of its upper panel,
 * `need` the value that a measure must pass for a score of `threshold`, and `words` says a frame's measure.
 */
const DETECTORS = {
  silero: {
    about: "A small neural network: spectrum, four convolutions, and a memory (LSTM). Its score is a probability.",
    words: () => "",
  },
  gru: {
    about: "A smaller network that this project trained: levels of 48 bands over their mean of the last seconds, a convolution, and a memory (GRU). Its score is a probability.",
    words: () => "",
  },
  webrtc: {
    about: "Gaussian mixtures of six sub-band levels, one for speech and one for noise. The score is a frame's own; the thin bar at its foot is the original's decision, which it holds for some frames after speech.",
    words: (lane, i) => (lane.tracks.decision[i] > 0.5 ? "The original says speech" : "The original says no speech"),
  },
  energy: {
    title: "level and noise floor, dBFS",
    about: "Level over the noise floor, which is the quietest of the last 3 seconds. Speech is louder than what was there before.",
    series: (lane) => {
      const { level } = lane.tracks;
      const floor = Float32Array.from(level, (value, i) => value - lane.measure(i));
      return { main: level, base: floor, need: (threshold) => ({ of: "base", map: (value) => value + measureAt(lane.curve, threshold) }) };
    },
    words: (lane, i) => {
      const over = lane.measure(i);
      return `${number(lane.tracks.level[i], 1)} dBFS, ${number(over, 1)} dB over the floor of ${number(lane.tracks.level[i] - over, 1)} dBFS`;
    },
  },
  zcr: {
    title: "zero crossings a second: now, and the most of the last 3 s",
    about: "How often the signal crosses zero. Vowels do so less often than noise: the fewer crossings below the highest rate of the last 3 seconds, the more it sounds like speech.",
    series: (lane) => {
      const { rate } = lane.tracks;
      const highest = Float32Array.from(rate, (value, i) => (value + lane.constant) * 2 ** lane.measure(i) - lane.constant);
      const need = (threshold) => ({
        of: "base",
        map: (value) => (value + lane.constant) / 2 ** measureAt(lane.curve, threshold) - lane.constant,
      });
      return { main: rate, base: highest, need };
    },
    words: (lane, i) => `${number(lane.tracks.rate[i])} crossings a second, ${number(lane.measure(i), 1)} octaves below the highest rate`,
  },
  entropy: {
    title: "negentropy, nats",
    about: "How far the spectrum, seen over its noise, is from spreading evenly. Few strong bins, a vowel's harmonics, make it large.",
    words: (lane, i) => `${number(lane.measure(i), 2)} nats from an even spectrum`,
  },
  flatness: {
    title: "distance from a flat spectrum, dB",
    about: "The geometric over the arithmetic mean of the spectrum over its noise: near 0 dB in noise, large in vowels, whose valleys are deep.",
    words: (lane, i) => `${number(lane.measure(i), 1)} dB from flat`,
  },
  ltsd: {
    title: "long-term spectral divergence, dB",
    about: "Each frequency at its loudest within 65 ms on either side, over its noise. It bridges short gaps and holds weak ends.",
    words: (lane, i) => `${number(lane.measure(i), 1)} dB over the noise at its loudest around`,
  },
  sohn: {
    title: "log-odds of speech, from likelihood ratios",
    about: "Likelihood ratio of two Gaussian models, speech in noise and noise alone, over all frequencies, with a memory of what was heard before.",
    words: (lane, i) => `log-odds of ${number(lane.measure(i), 1)}`,
  },
  combined: {
    title: "log-odds of speech, from all evidence",
    about: "All of the classic evidence, each bent by a fitted curve and added up. The stripes show what each kind of it adds, against its mean in this recording: green for speech, red against.",
    stripes: [
      ["snr", "over the noise"],
      ["periodicity", "pitch"],
      ["flatness", "not flat"],
      ["modulation", "rhythm"],
      ["level", "level"],
    ],
    words: (lane, i) => {
      const parts = DETECTORS.combined.stripes.map(([track, name]) => [name, lane.stripes[track].values[i]]);
      parts.sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
      const [most, next] = parts.map(([name, value]) => `${name} ${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`);
      return `log-odds of ${number(lane.measure(i), 1)} (${most}, ${next}, …)`;
    },
  },
};

const PANEL = 76;
const SCORE = 70;
const SEGMENTS = 18;
const STRIPE = 9;

/** A detector's lane: its numbers, what the segmenter makes of them, and how it is drawn. */
class Lane {
  constructor(facts, recording) {
    Object.assign(this, facts);
    this.recording = recording;
    this.kind = DETECTORS[this.name];
    this.scores = scoresOf(this.name);
    this.tracks = Object.fromEntries(facts.tracks.map((track) => [track.name, trackOf(this.name, track)]));
    this.perSecond = this.rate / this.hop;
  }

  /** What the detector does, and when its scores come. */
  get about() {
    const ahead = this.lookahead > 0 ? `, for which it hears ${lengthOf(this.lookahead, this.rate)} ahead` : "";
    return `${this.kind.about} A score each ${lengthOf(this.hop, this.rate)}${ahead}.`.trim();
  }

  /** Takes over the segmenter's settings. */
  restart(config) {
    this.config = { ...config };
    this.found = null;
  }

  /** What the segmenter makes of the scores; found when it is first asked for. */
  get result() {
    this.found ??= segment(this.scores, this, this.recording, this.config);
    return this.found;
  }

  /** What frame `i`'s score was made of, from the score: the curve between them is known. */
  measure(i) {
    const score = Math.min(1 - 6e-8, Math.max(1e-30, this.scores[i]));
    return measureAt(this.curve, score);
  }

  frameAt(time) {
    return Math.min(this.scores.length - 1, Math.max(0, Math.floor(time * this.perSecond)));
  }

  /** Why the detector decided at a time as it did, and what becomes of the speech there. */
  words(time) {
    const i = this.frameAt(time);
    const measured = this.kind.words(this, i);
    const { decision, fate } = verdictWords(this, i);
    return { decision: measured ? `${measured} → ${decision}` : decision[0].toUpperCase() + decision.slice(1), fate };
  }

  /** How much speech there is, and where labels are given, how well it agrees. */
  summary() {
    const { segments } = this.result;
    const { rate, length, labels } = this.recording;
    const speech = segments.reduce((sum, { start, end }) => sum + end - start, 0);
    const time = speech / rate < 120 ? `${number(speech / rate, 1)} s` : clock(speech / rate, 0);
    const words = [`${segments.length} segment${segments.length === 1 ? "" : "s"}`, `${time} of speech (${number((speech / length) * 100)} %)`];
    if (labels !== null) {
      const labelled = labels.reduce((sum, { start, end }) => sum + end - start, 0);
      const both = overlap(segments, labels);
      if (labelled > 0) words.push(`miss rate ${number((1 - both / labelled) * 100, 1)} %`);
      if (labelled < length) words.push(`false-alarm rate ${number(((speech - both) / (length - labelled)) * 100, 1)} %`);
    }
    return words.join(", ");
  }

  /** The curves of the upper panel, made when they are first drawn. */
  get curves() {
    if (this.made === undefined && this.curve) {
      const made = this.kind.series?.(this) ?? {
        main: Float32Array.from(this.scores, (_, i) => this.measure(i)),
        need: (threshold) => ({ value: measureAt(this.curve, threshold) }),
      };
      const series = (values) => ({ pyramid: new Pyramid(values), perSecond: this.perSecond });
      this.made = { main: series(made.main), base: made.base && series(made.base), need: made.need };
    }
    return this.made;
  }

  /** What each kind of evidence adds, less its mean: a sum's parts have no zero of their own. */
  get stripes() {
    this.striped ??= Object.fromEntries(
      this.kind.stripes.map(([track]) => {
        const values = this.tracks[track];
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const lessMean = values.map((value) => value - mean);
        return [track, { values: lessMean, pyramid: new Pyramid(lessMean), perSecond: this.perSecond }];
      }),
    );
    return this.striped;
  }

  get scoreSeries() {
    this.scored ??= { pyramid: new Pyramid(this.scores), perSecond: this.perSecond };
    return this.scored;
  }

  get height() {
    const panel = this.curve ? PANEL + 10 : 0;
    const stripes = (this.kind.stripes?.length ?? 0) * STRIPE;
    return panel + (stripes && stripes + 8) + SCORE + 6 + SEGMENTS + (this.tracks.decision ? 12 : 0) + (this.recording.labels !== null ? 12 : 0) + 2;
  }

  draw(canvas, view, colours) {
    const surface = prepare(canvas, this.height);
    let top = 0;
    if (this.curve) {
      this.drawMeasure(surface, view, colours);
      top += PANEL + 10;
    }
    if (this.kind.stripes) top = this.drawStripes(surface, view, colours, top) + 8;
    const plot = new Plot(surface, view, { top, height: SCORE });
    this.drawStates(plot, colours);
    this.drawScore(plot, colours);
    top += SCORE + 6;
    this.drawSegments(plot, colours, top);
    top += SEGMENTS + 2;
    if (this.tracks.decision) {
      this.drawDecisions(plot, colours, top);
      top += 12;
    }
    if (this.recording.labels !== null) {
      for (const { start, end } of this.recording.labels) {
        plot.box(start / this.recording.rate, end / this.recording.rate, top, 8, sheer(colours.label, 0.8));
      }
    }
  }

  /** What the detector measures, over what it compares it with, and the line to pass. */
  drawMeasure(surface, view, colours) {
    const { main, base, need } = this.curves;
    const extremes = [main, base].filter(Boolean).map(({ pyramid }) => {
      pyramid.seek(0, pyramid.length);
      return [pyramid.low, pyramid.high];
    });
    let [low, high] = [Math.min(...extremes.map(([low]) => low)), Math.max(...extremes.map(([, high]) => high))];
    [low, high] = [low - 0.06 * (high - low) - 1e-6, high + 0.25 * (high - low) + 1e-6]; // room for the title
    const plot = new Plot(surface, view, { top: 0, height: PANEL, low, high });
    plot.ticks(colours, 3);
    const line = need(this.result.limits.onset);
    const needed = line.of ? { ...base, map: line.map } : null;
    const enough = sheer(colours.speech, 0.3);
    const less = sheer(colours.level, 0.12);
    const { onset } = this.result.limits;
    plot.area(main, base ?? low, (first, end) => {
      this.scoreSeries.pyramid.seek(first, end);
      return this.scoreSeries.pyramid.high >= onset ? enough : less;
    });
    if (base) plot.line(base, colours.floor, 1.5);
    if (needed) plot.line(needed, colours.need, 1.2, [4, 3]);
    else if (Number.isFinite(line.value) && line.value > low && line.value < high) plot.rule(line.value, colours.need, [4, 3]);
    plot.line(main, colours.level, 1.5);
    plot.text(this.kind.title, surface.width - 4, 11, colours.soft, { align: "right", ground: colours.panel });
  }

  /** What each kind of evidence adds: for speech or against it. */
  drawStripes(surface, view, colours, top) {
    for (const [track, name] of this.kind.stripes) {
      const plot = new Plot(surface, view, { top, height: STRIPE - 1 });
      plot.fill(this.stripes[track], (low, high) => {
        const value = Math.abs(low) > Math.abs(high) ? low : high;
        const strength = Math.min(16, Math.round((Math.abs(value) / 3) * 16)) / 16;
        return { colour: sheer(value > 0 ? colours.speech : colours.dropped, strength), top, bottom: top + STRIPE - 1 };
      });
      plot.text(name, surface.width - 4, top + STRIPE - 2, colours.soft, { size: 9, align: "right", ground: colours.panel });
      top += STRIPE;
    }
    return top;
  }

  /** The visible part of a list in order of time, in samples at the detector's rate. */
  visible(list, view, reach = (item) => item.end) {
    const [from, to] = [view.from * this.rate, view.to * this.rate];
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (reach(list[middle]) < from) low = middle + 1;
      else high = middle;
    }
    let last = low;
    while (last < list.length && list[last].start <= to) last++;
    return list.slice(low, last);
  }

  /** What the segmenter takes each moment for: speech, silence that is counted, speech too short. */
  drawStates(plot, colours) {
    const { context, ratio, top, view } = plot;
    const { stretches, quiets, limits } = this.result;
    const seconds = (samples) => samples / this.rate;
    for (const { start, end, segment } of this.visible(stretches, view, ({ settled }) => settled)) {
      plot.box(seconds(start), seconds(end), top, SCORE, sheer(segment === null ? colours.dropped : colours.speech, 0.13));
    }
    const lines = hatch(context, sheer(colours.held, 0.55), ratio);
    for (const { start, end, long } of this.visible(quiets, view)) {
      const [left, right] = [plot.x(seconds(start)), plot.x(seconds(end))];
      if (right - left < 2) continue; // no room for a pattern
      plot.box(seconds(start), seconds(end), top, SCORE, sheer(colours.held, 0.08));
      plot.box(seconds(start), seconds(end), top, SCORE, lines);
      if (right - left > 60) {
        const words = long ? `${number(seconds(end - start) * 1000)} ms: the end` : `${number(seconds(end - start) * 1000)} of ${number(seconds(limits.minSilence) * 1000)} ms`;
        plot.fitted(words, left, right, top + 12, colours.held, { size: 10, ground: colours.panel });
      }
    }
  }

  /** The score and its two thresholds. */
  drawScore(plot, colours) {
    const { onset, offset } = this.result.limits;
    const { context, width } = plot;
    plot.rule(0, colours.line);
    plot.rule(1, colours.line);
    context.fillStyle = sheer(colours.need, 0.1);
    const [high, low] = [plot.y(onset), plot.y(offset)];
    if (offset < onset) context.fillRect(0, high, width, low - high);
    const [speech, silence] = [sheer(colours.speech, 0.16), sheer(colours.ink, 0.06)];
    plot.area(this.scoreSeries, 0, (first, end) => {
      this.scoreSeries.pyramid.seek(first, end);
      return this.scoreSeries.pyramid.high >= onset ? speech : silence;
    });
    plot.rule(onset, colours.need, [4, 3]);
    plot.rule(offset, colours.need, [1, 3]);
    plot.line(this.scoreSeries, colours.ink, 1.6);
    plot.text(`speech from ${share(onset)}`, width - 4, high - 3, colours.need, { size: 10, align: "right", ground: colours.panel });
    if (offset <= onset) plot.text(`silence below ${share(offset)}`, width - 4, low + 10, colours.need, { size: 10, align: "right", ground: colours.panel });
    plot.text("1", 4, plot.y(1) + 10, colours.soft, { size: 10, ground: colours.panel });
    plot.text("score", 4, plot.y(0) - 3, colours.soft, { size: 10, ground: colours.panel });
  }

  /** The segments, lighter where they are padding, and what was too short. */
  drawSegments(plot, colours, top) {
    const { context, view } = plot;
    const { segments, stretches, limits } = this.result;
    const seconds = (samples) => samples / this.rate;
    plot.box(view.from, view.to, top + SEGMENTS / 2 - 0.5, 1, colours.line);
    const rate = this.rate / this.recording.rate;
    for (const { start, end } of this.visible(segments.map(({ start, end }) => ({ start: start * rate, end: end * rate })), view)) {
      plot.box(seconds(start), seconds(end), top, SEGMENTS, colours.pad);
      const pad = seconds(limits.pad);
      const words = { size: 10 };
      plot.fitted("pad", plot.x(seconds(start)), plot.x(seconds(start) + pad), top + 12.5, colours.ink, words);
      plot.fitted("pad", plot.x(seconds(end) - pad), plot.x(seconds(end)), top + 12.5, colours.ink, words);
    }
    for (const stretch of this.visible(stretches, view, ({ settled }) => settled)) {
      const { start, end, segment } = stretch;
      const [left, right] = [plot.x(seconds(start)), plot.x(seconds(end))];
      if (segment !== null) {
        plot.box(seconds(start), seconds(end), top, SEGMENTS, colours.speech);
        plot.fitted(String(segment + 1), Math.max(0, left), Math.min(plot.width, right), top + 13, colours.panel, { weight: 600 });
        continue;
      }
      plot.box(seconds(start), seconds(end), top + 3, SEGMENTS - 6, sheer(colours.dropped, 0.5));
      context.save();
      context.strokeStyle = colours.dropped;
      context.setLineDash([3, 2]);
      context.lineWidth = 1;
      const needed = plot.x(seconds(start + limits.minSpeech));
      if (needed - left > 4) context.strokeRect(left, top + 2.5, needed - left, SEGMENTS - 5);
      context.restore();
      const [spoken, least] = [end - start, limits.minSpeech].map((samples) => number(seconds(samples) * 1000));
      const words = `dropped: ${spoken} of ${least} ms`;
      plot.fitted(words, left, needed, top + 12.5, colours.ink, { size: 10 });
    }
  }

  /** WebRTC's own decisions, held after speech as the original holds them. */
  drawDecisions(plot, colours, top) {
    this.decided ??= { pyramid: new Pyramid(this.tracks.decision), perSecond: this.perSecond };
    const colour = sheer(colours.level, 0.6);
    plot.fill(this.decided, (low, high) => ({ colour: high > 0.5 ? colour : null, top, bottom: top + 7 }));
  }
}

/** How much of the time two lists of stretches share; both in order. */
function overlap(one, other) {
  let [sum, j] = [0, 0];
  for (const { start, end } of one) {
    while (j < other.length && other[j].end <= start) j++;
    for (let k = j; k < other.length && other[k].start < end; k++) {
      sum += Math.min(end, other[k].end) - Math.max(start, other[k].start);
    }
  }
  return sum;
}
