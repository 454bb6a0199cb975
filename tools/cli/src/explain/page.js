"use strict";
// The page: builds the lanes, and draws them when something has changed.

const facts = JSON.parse(document.getElementById("facts").textContent);
const recording = { rate: facts.rate, length: facts.length, channel: facts.channel, labels: facts.labels };
const duration = facts.length / facts.rate;
const view = new View(duration);
const config = facts.config;
const element = (id) => document.getElementById(id);

/** What the address asks for after its #: `from`, `to` and `at` in seconds, and what docs/guide/figures.sh needs. */
const wish = new URLSearchParams(location.hash.slice(1));
const figure = wish.has("figure") ? wish.get("figure").split(",") : null;

/** All that lies over the same time, from top to bottom: its element, canvas, and how to draw it. */
const strips = [];
let lanes = [];
let colours = null;
let pointed = null; // the time under the pointer
let drawing = false;

/** Adds a strip: a head with a name and words, and a canvas. */
function strip(id, name, { words = "", about = "", wheelZooms = false, draw }) {
  if (figure !== null && !figure.includes(id)) return null;
  const section = document.createElement("section");
  section.className = "strip";
  section.dataset.strip = id;
  section.innerHTML = `<header><h2></h2><p class="summary"></p></header><p class="about"></p><p class="why"><span></span> <span></span></p><canvas role="img"></canvas>`;
  const [heading, summary, aboutLine, why, canvas] = ["h2", ".summary", ".about", ".why", "canvas"].map((query) => section.querySelector(query));
  heading.textContent = name;
  summary.textContent = words;
  aboutLine.textContent = about;
  if (!about) aboutLine.remove();
  if (!facts.lanes.some((lane) => lane.name === id)) why.remove();
  canvas.setAttribute("aria-label", `${name}${about && `: ${about}`}`);
  element("lanes").append(section);
  moveBy(canvas, view, { click: (time) => player.seek(time), hover: point, wheelZooms });
  const made = { section, summary, why, canvas, draw };
  strips.push(made);
  return made;
}

function point(time) {
  pointed = time;
  redraw();
}

/** Draws at the next picture what is on the screen. */
function redraw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    drawAll();
  });
}

function drawAll() {
  drawOverview();
  for (const made of strips) {
    const box = made.section.getBoundingClientRect();
    made.seen = printing || figure !== null || (box.bottom > -200 && box.top < window.innerHeight + 200);
    const state = `${view.from} ${view.to} ${version} ${box.width} ${window.devicePixelRatio}`;
    if (made.seen && made.drawn !== state) {
      made.draw(made.canvas);
      if (made.lane) made.summary.textContent = made.lane.summary();
      made.drawn = state;
    }
  }
  drawMoment();
}

/** The moment that is spoken of: under the pointer, or where the player is. */
function drawMoment() {
  const [first] = strips;
  if (first === undefined) return;
  const left = first.canvas.offsetLeft;
  const width = first.canvas.offsetWidth;
  const place = (line, time) => {
    const x = time === null ? -1 : view.x(time, width);
    line.hidden = time === null || x < 0 || x > width;
    line.style.transform = `translateX(${left + x}px)`;
  };
  place(element("cursor"), figure === null || wish.has("at") ? player.time : null);
  place(element("pointer"), pointed);
  const time = pointed ?? player.time;
  for (const { why, lane, seen } of strips) {
    if (!lane || !seen) continue;
    const { decision, fate } = lane.words(time);
    [why.firstChild.textContent, why.lastChild.textContent] = [decision, fate];
  }
  element("time").textContent = `${clock(player.time, 2)} / ${clock(duration, 2)}`;
}

let version = 0; // of what is drawn besides the view
let printing = false;

function segmentAll() {
  for (const lane of lanes) lane.restart(config);
  const [{ lane } = {}] = strips.filter(({ lane }) => lane);
  if (lane) element("command").textContent = commandWords(lane, config, facts.file);
  version++;
  redraw();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  colours = palette();
  version++;
}

// The waveform and the spectrogram.

const extremes = new Int8Array(bytesOf("waveform").buffer);
const [lowest, highest] = [0, 1].map((part) => Float32Array.from({ length: extremes.length / 2 }, (_, i) => extremes[2 * i + part] / 127));
const waveform = { pyramid: new Pyramid(lowest, highest), perSecond: facts.waveform.rate / facts.waveform.stretch };
const spectrogram = new Spectrogram(facts.spectrogram, bytesOf("spectrogram"));

function drawWaveform(surface, seen, colour, top, height) {
  const plot = new Plot(surface, seen, { top, height, low: -1.05, high: 1.05 });
  plot.fill(waveform, (low, high) => {
    const [top, bottom] = [plot.y(high), plot.y(low)];
    return { colour, top, bottom: Math.max(bottom, top + 1 / surface.ratio) };
  });
  return plot;
}

function drawTimes(plot, height) {
  timeTicks(view, plot.width, (time, label) => {
    const x = plot.x(time);
    plot.context.fillStyle = colours.line;
    plot.context.fillRect(x, 0, 1, height - 14);
    plot.text(label, Math.min(plot.width - 24, Math.max(20, x)), height - 3, colours.soft, { size: 10, align: "center" });
  });
}

/** The whole recording, and which part of it is seen. */
function drawOverview() {
  const surface = prepare(element("overview"), 36);
  const { context, width, height } = surface;
  const whole = new View(duration);
  drawWaveform(surface, whole, colours.soft, 0, height);
  const [left, right] = [whole.x(view.from, width), whole.x(view.to, width)];
  context.fillStyle = sheer(colours.ground, 0.72);
  context.fillRect(0, 0, left, height);
  context.fillRect(right, 0, width - right, height);
  context.strokeStyle = colours.level;
  context.lineWidth = 1.5;
  context.strokeRect(left + 0.75, 0.75, Math.max(3, right - left - 1.5), height - 1.5);
  context.fillStyle = colours.dropped;
  context.fillRect(whole.x(player.time, width) - 0.5, 0, 1.5, height);
}

const player = new Player(facts.sound, duration, {
  moved: () => {
    if (player.playing) view.follow(player.time);
    redraw();
  },
  told: (playing, trouble) => {
    element("play").setAttribute("aria-pressed", playing);
    element("play").textContent = playing ? "❚❚ Pause" : "▶ Play";
    if (trouble !== null) element("trouble").textContent = trouble;
    redraw();
  },
});

function build() {
  const peak = 20 * Math.log10(facts.waveform.peak);
  strip("waveform", "Waveform", {
    words: `peak ${number(peak, 1)} dBFS`,
    wheelZooms: true,
    draw: (canvas) => {
      const surface = prepare(canvas, 92);
      const times = new Plot(surface, view, { top: 0, height: 76 });
      drawTimes(times, 92);
      drawWaveform(surface, view, colours.level, 0, 76);
    },
  });
  strip("spectrogram", "Spectrogram", {
    words: `0 to ${facts.spectrogram.rate / 2000} kHz, mel scale`,
    wheelZooms: true,
    draw: (canvas) => {
      const surface = prepare(canvas, 120);
      spectrogram.draw(surface, view, colours.ramp);
      const plot = new Plot(surface, view, { top: 0, height: 120 });
      for (const hertz of [250, 1000, 2000, 4000]) {
        if (hertz < facts.spectrogram.rate / 2 - 200) {
          const y = (1 - spectrogram.share(hertz)) * 120;
          plot.text(hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`, 4, y + 4, colours.soft, { size: 10, ground: colours.ground });
        }
      }
    },
  });
  const shown = figure === null ? facts.lanes : facts.lanes.filter(({ name }) => figure.includes(name));
  lanes = shown.map((lane) => new Lane(lane, recording));
  for (const lane of lanes) {
    const name = lane.mode === null ? lane.name : `${lane.name}, mode ${lane.mode}`;
    const made = strip(lane.name, name, { about: lane.about, draw: (canvas) => lane.draw(canvas, view, colours) });
    made.lane = lane;
  }
}

function listen() {
  view.changed = redraw;
  element("play").addEventListener("click", () => player.toggle());
  element("closer").addEventListener("click", () => view.zoom(0.5, centre()));
  element("wider").addEventListener("click", () => view.zoom(2, centre()));
  element("all").addEventListener("click", () => view.show(0, duration));
  const overview = element("overview");
  const jump = (event) => {
    if (event.buttons === 0 && event.type === "pointermove") return;
    const box = overview.getBoundingClientRect();
    const time = ((event.clientX - box.left) / box.width) * duration;
    if (view.span < duration) view.show(time - view.span / 2, time + view.span / 2);
    if (event.type === "pointerdown") {
      overview.setPointerCapture(event.pointerId);
      player.seek(time);
    }
  };
  overview.addEventListener("pointerdown", jump);
  overview.addEventListener("pointermove", jump);
  overview.addEventListener("wheel", (event) => {
    view.zoom(Math.exp(event.deltaY * 0.002), centre());
    event.preventDefault();
  }, { passive: false });
  document.addEventListener("keydown", press);
  window.addEventListener("resize", redraw);
  window.addEventListener("scroll", redraw, { passive: true });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => {
    setTheme(dark.matches ? "dark" : "light");
    redraw();
  });
  window.addEventListener("beforeprint", () => {
    printing = true;
    element("settings").open = true;
    setTheme("light");
    drawAll();
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    setTheme(dark.matches ? "dark" : "light");
    redraw();
  });
}

/** Where zooming by key or button closes in: the player's place where it is seen. */
function centre() {
  const { time } = player;
  return time > view.from && time < view.to ? time : (view.from + view.to) / 2;
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  if (event.key === " " && event.target.matches("button, summary")) return; // its own key
  const keys = {
    " ": () => player.toggle(),
    ArrowLeft: () => player.seek(player.time - (event.shiftKey ? 0.01 : view.span / 50)),
    ArrowRight: () => player.seek(player.time + (event.shiftKey ? 0.01 : view.span / 50)),
    "+": () => view.zoom(0.5, centre()),
    "=": () => view.zoom(0.5, centre()),
    "-": () => view.zoom(2, centre()),
    "0": () => view.show(0, duration),
    "[": () => view.pan(-view.span / 2),
    "]": () => view.pan(view.span / 2),
    Home: () => player.seek(0),
    End: () => player.seek(duration),
  };
  const act = keys[event.key];
  if (act === undefined) return;
  act();
  if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") view.follow(player.time);
  event.preventDefault();
}

/** Words about the recording. */
function describe() {
  const channels = facts.channel === null ? (facts.channels > 1 ? `the mean of ${facts.channels} channels` : "1 channel") : `channel ${facts.channel} of ${facts.channels}`;
  element("about").textContent = `${clock(duration, 2)}, ${facts.rate.toLocaleString("en")} Hz, ${channels}. ` +
    (facts.sound === null ? "Made without sound." : `Plays ${facts.sound.words}.`);
  element("play").disabled = facts.sound === null;
  if (config.max_speech_s !== null) {
    element("trouble").textContent = `Speech is cut after ${config.max_speech_s} s, at the ${config.cut.replace("-", " ")}.`;
  }
  element("version").textContent = facts.version;
  document.body.classList.toggle("labelled", facts.labels !== null);
}

function start() {
  const theme = wish.get("theme");
  setTheme(theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  if (figure !== null) {
    document.body.classList.add("figure");
    document.body.style.width = `${Number(wish.get("width") ?? 900)}px`;
    if (!wish.has("at")) document.body.classList.add("timeless");
    if (wish.has("legend")) document.body.append(document.querySelector(".legend"));
  }
  element("settings").open = figure !== null || matchMedia("(min-width: 1000px)").matches;
  build();
  describe();
  new Controls(element("controls"), config, segmentAll);
  listen();
  if (wish.has("from") || wish.has("to")) view.show(Number(wish.get("from") ?? 0), Number(wish.get("to") ?? duration));
  if (wish.has("at")) player.seek(Number(wish.get("at")));
  segmentAll();
  drawAll();
  document.documentElement.dataset.height = Math.ceil(document.body.getBoundingClientRect().height);
}

start();
