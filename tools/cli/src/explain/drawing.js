"use strict";
// Lines, areas and pictures on canvases. Lengths are CSS pixels; curves are drawn a device pixel at a time.

/** The page's colours, read from its style sheet, so that light, dark and print have one source. */
function palette() {
  const style = getComputedStyle(document.documentElement);
  const names = ["ground", "panel", "ink", "soft", "line", "speech", "pad", "held", "dropped", "level", "floor", "need", "label"];
  const colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  colours.ramp = style.getPropertyValue("--ramp").trim().split(/\s+/).map(rgb);
  return colours;
}

/** The numbers of a colour #rrggbb. */
function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** A canvas's context, the canvas as large as it is shown, cleared, with CSS pixels as its unit. */
function prepare(canvas, height) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.getBoundingClientRect().width));
  const size = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) {
    [canvas.width, canvas.height] = size;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}

/** Values to a pixel, from which on a curve of all of them would be a block of colour. */
const MANY = 6;

/** A rectangle on a canvas in which values from `low` to `high` are drawn over the view's time. */
class Plot {
  constructor(surface, view, { top, height, low = 0, high = 1 }) {
    Object.assign(this, { ...surface, view, top, plotHeight: height, low, high });
  }

  x(time) {
    return this.view.x(time, this.width);
  }

  y(value) {
    const share = (value - this.low) / (this.high - this.low);
    return this.top + (1 - Math.min(1, Math.max(0, share))) * this.plotHeight;
  }

  /** Calls `draw(x, low, high, first, end)` for each device pixel: extremes of the series in it, and the frames they are of. */
  columns({ pyramid, perSecond, map = (value) => value }, draw) {
    const { view, width, ratio } = this;
    const step = 1 / ratio;
    const last = pyramid.length / perSecond;
    for (let x = 0; x < width; x += step) {
      const from = view.time(x, width);
      if (from >= last) break;
      const first = Math.floor(from * perSecond);
      const end = Math.max(first + 1, Math.floor(view.time(x + step, width) * perSecond));
      pyramid.seek(first, end);
      const [one, other] = [map(pyramid.low), map(pyramid.high)];
      draw(x, Math.min(one, other), Math.max(one, other), first, end);
    }
  }

  /** A curve; where a pixel has many values, their mean, with their extremes as a shade around it. */
  line(series, colour, thickness = 1.5, dash = []) {
    const { context, ratio } = this;
    const { pyramid, map = (value) => value } = series;
    const crowded = (this.view.span * series.perSecond) / (this.width * ratio) > MANY;
    context.save();
    this.clip();
    if (crowded && dash.length === 0) {
      const shade = sheer(colour, 0.22);
      this.fill(series, (low, high) => ({ colour: shade, top: this.y(high), bottom: this.y(low) }));
    }
    context.strokeStyle = colour;
    context.lineWidth = crowded ? Math.min(1, thickness) : thickness;
    context.lineJoin = "round";
    context.setLineDash(dash);
    context.beginPath();
    let before = null;
    this.columns(series, (x, low, high) => {
      if (!Number.isFinite(low + high)) return;
      if (crowded) {
        context.lineTo(x, this.y(map(pyramid.mean)));
        return;
      }
      const ends = [this.y(low), this.y(high)];
      if (before !== null && Math.abs(ends[0] - before) > Math.abs(ends[1] - before)) ends.reverse();
      context.lineTo(x, ends[0]);
      if (ends[1] !== ends[0]) context.lineTo(x, ends[1]);
      before = ends[1];
    });
    context.stroke();
    context.restore();
  }

  /** The area between a series and a base, a value or a series with as many frames, in a colour for each column's frames. */
  area(series, base, colourOf) {
    this.context.save();
    this.clip();
    this.fill(series, (low, high, first, end) => {
      let [least, most] = [base, base];
      if (typeof base !== "number") {
        base.pyramid.seek(first, end);
        [least, most] = [base.pyramid.low, base.pyramid.high];
      }
      return { colour: colourOf(first, end), top: this.y(Math.max(high, least)), bottom: this.y(Math.min(low, most)) };
    });
    this.context.restore();
  }

  /** Fills columns from `top` to `bottom` as `shape(low, high, first, end)` has them; neighbours of one colour as one shape. */
  fill(series, shape) {
    const { context, ratio } = this;
    let run = { colour: null, columns: [] };
    const finish = () => {
      const { colour, columns } = run;
      if (colour === null || columns.length === 0) return;
      context.fillStyle = colour;
      context.beginPath();
      for (const { x, top } of columns) context.lineTo(x, top);
      const last = columns.at(-1);
      context.lineTo(last.x + 1 / ratio, last.top);
      context.lineTo(last.x + 1 / ratio, last.bottom);
      for (let i = columns.length - 1; i >= 0; i--) context.lineTo(columns[i].x, columns[i].bottom);
      context.fill();
    };
    this.columns(series, (x, low, high, first, end) => {
      const { colour, top, bottom } = shape(low, high, first, end);
      if (colour !== run.colour) {
        finish();
        run = { colour, columns: [] };
      }
      run.columns.push({ x, top, bottom });
    });
    finish();
  }

  /** A level line over the whole width. */
  rule(value, colour, dash = []) {
    const { context } = this;
    const y = Math.round(this.y(value) * this.ratio) / this.ratio;
    context.save();
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(this.width, y);
    context.stroke();
    context.restore();
  }

  /** The values at round distances, at the left edge, with faint lines. */
  ticks(colours, count = 3) {
    const step = roundStep((this.high - this.low) / count);
    for (let value = Math.ceil(this.low / step) * step; value <= this.high; value += step) {
      this.rule(value, colours.line);
      const y = this.y(value);
      if (y > this.top + 14) this.text(number(value, step < 1 ? 1 : 0), 4, y - 3, colours.soft, { size: 10, ground: colours.panel });
    }
  }

  text(words, x, y, colour, { size = 11, align = "left", ground = null, weight = 400 } = {}) {
    const { context } = this;
    context.font = font({ size, weight });
    context.textAlign = align;
    context.textBaseline = "alphabetic";
    if (ground !== null) {
      context.lineWidth = 3;
      context.lineJoin = "round";
      context.strokeStyle = ground;
      context.strokeText(words, x, y);
    }
    context.fillStyle = colour;
    context.fillText(words, x, y);
  }

  /** Words in the middle between two places, if they have room there. */
  fitted(words, left, right, y, colour, look) {
    this.context.font = font(look);
    if (this.context.measureText(words).width + 4 > right - left) return;
    this.text(words, (left + right) / 2, y, colour, { ...look, align: "center" });
  }

  /** A rectangle over a stretch of time, a device pixel wide at least. */
  box(from, to, top, height, colour) {
    const [left, right] = [Math.max(-4, this.x(from)), Math.min(this.width + 4, this.x(to))];
    if (right < 0 || left > this.width) return;
    this.context.fillStyle = colour;
    this.context.fillRect(left, top, Math.max(1 / this.ratio, right - left), height);
  }

  clip() {
    this.context.beginPath();
    this.context.rect(0, this.top - 1, this.width, this.plotHeight + 2);
    this.context.clip();
  }
}

/** A canvas's font. */
function font({ size = 11, weight = 400 }) {
  return `${weight} ${size}px ${FONT}`;
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif';

/** A colour #rrggbb, let through. */
function sheer(colour, alpha) {
  return `rgb(${rgb(colour).join(" ")} / ${alpha})`;
}

/** The roundest step of at least this size: 1, 2 or 5 times a power of ten. */
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * 0.999999);
}

/** Times at round distances, a label's width apart: calls `draw(time, label)`. */
function timeTicks(view, width, draw) {
  const least = (view.span * 75) / width;
  const step = least < 1 ? roundStep(least) : [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].find((step) => step >= least) ?? 3600;
  const digits = Math.max(0, Math.min(3, -Math.floor(Math.log10(step) + 1e-9)));
  for (let i = Math.ceil(view.from / step - 1e-9); i * step <= view.to; i++) draw(i * step, clock(i * step, digits));
}

/** A pattern of slanted lines. */
function hatch(context, colour, ratio) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(6 * ratio);
  const pen = tile.getContext("2d");
  const size = tile.width;
  pen.strokeStyle = colour;
  pen.lineWidth = ratio * 1.2;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift - 1, size + 1);
    pen.lineTo(shift + size + 1, -1);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** The spectrogram as a picture, a column for each pixel or for each spectrum, whichever are fewer. */
class Spectrogram {
  constructor({ rate, hop, rows }, bytes) {
    Object.assign(this, { rate, hop, rows, bytes, columns: bytes.length / rows });
    this.picture = document.createElement("canvas");
    [this.quiet, this.loud] = this.contrast();
  }

  /** The levels between which colours run: all but the quietest fifth and the loudest thousandth. */
  contrast() {
    const counts = new Uint32Array(256);
    const stride = Math.max(1, Math.floor(this.bytes.length / 200000)) | 1;
    let total = 0;
    for (let i = 0; i < this.bytes.length; i += stride, total++) counts[this.bytes[i]]++;
    const level = (rank) => {
      let seen = 0;
      return counts.findIndex((count) => (seen += count) > rank * total);
    };
    const [quiet, loud] = [level(0.2), level(0.999)];
    return [Math.max(quiet, loud - 140), Math.max(loud, quiet + 20)];
  }

  draw({ context, width, height, ratio }, view, ramp) {
    const { rows, bytes } = this;
    const perSecond = this.rate / this.hop;
    const first = Math.max(0, Math.floor(view.from * perSecond));
    const last = Math.min(this.columns, Math.ceil(view.to * perSecond));
    const pixels = Math.min(Math.round(width * ratio), last - first);
    if (pixels < 1) return;
    const { picture } = this;
    [picture.width, picture.height] = [pixels, rows];
    const pen = picture.getContext("2d");
    const image = pen.createImageData(pixels, rows);
    const colours = this.colours(ramp);
    for (let x = 0; x < pixels; x++) {
      const from = first + Math.floor((x * (last - first)) / pixels);
      const to = Math.max(from + 1, first + Math.floor(((x + 1) * (last - first)) / pixels));
      const stride = Math.max(1, Math.floor((to - from) / 6));
      for (let row = 0; row < rows; row++) {
        let loudest = 0;
        for (let column = from; column < to; column += stride) {
          loudest = Math.max(loudest, bytes[column * rows + row]);
        }
        const at = 4 * ((rows - 1 - row) * pixels + x);
        for (let part = 0; part < 3; part++) image.data[at + part] = colours[3 * loudest + part];
        image.data[at + 3] = 255;
      }
    }
    pen.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    const [left, right] = [first, last].map((column) => view.x(column / perSecond, width));
    context.drawImage(picture, left, 0, right - left, height);
  }

  /** Red, green and blue of each level. */
  colours(ramp) {
    const colours = new Uint8Array(3 * 256);
    for (let level = 0; level < 256; level++) {
      const share = Math.min(1, Math.max(0, (level - this.quiet) / (this.loud - this.quiet)));
      const place = share * (ramp.length - 1);
      const index = Math.min(ramp.length - 2, Math.floor(place));
      for (let part = 0; part < 3; part++) {
        colours[3 * level + part] = ramp[index][part] + (place - index) * (ramp[index + 1][part] - ramp[index][part]);
      }
    }
    return colours;
  }

  /** How high a frequency lies, from 0 to 1; rows are equally wide in mel. */
  share(hertz) {
    return Math.log10(1 + hertz / 700) / Math.log10(1 + this.rate / 2 / 700);
  }
}
