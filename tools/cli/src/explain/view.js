"use strict";
// Which part of the recording is seen, and how fingers, wheel and keys move it.

/** The shortest time that can be seen at once, in seconds. */
const CLOSEST = 0.05;

/** A stretch of time, in seconds, inside the recording. */
class View {
  constructor(duration) {
    this.duration = duration;
    this.from = 0;
    this.to = duration;
    this.changed = () => {};
  }

  get span() {
    return this.to - this.from;
  }

  /** Shows `from .. to`, moved and cut to fit the recording. */
  show(from, to) {
    const span = Math.min(this.duration, Math.max(Math.min(CLOSEST, this.duration), to - from));
    this.from = Math.min(Math.max(0, from), this.duration - span);
    this.to = this.from + span;
    this.changed();
  }

  /** Makes the time seen `factor` times as long around the time `at`, which stays where it is. */
  zoom(factor, at = (this.from + this.to) / 2) {
    const span = Math.min(this.duration, Math.max(CLOSEST, this.span * factor));
    const share = (at - this.from) / this.span;
    this.show(at - share * span, at - share * span + span);
  }

  pan(seconds) {
    this.show(this.from + seconds, this.to + seconds);
  }

  /** Moves as far as it takes to see the time `at`; while it plays, a page at a time. */
  follow(at) {
    if (at < this.from || at >= this.to) this.show(at - 0.05 * this.span, at + 0.95 * this.span);
  }

  /** Where a time lies on a width of pixels. */
  x(time, width) {
    return ((time - this.from) / this.span) * width;
  }

  time(x, width) {
    return this.from + (x / width) * this.span;
  }
}

/**
 * Lets fingers, mouse and wheel move the view over an element: dragging pans, pinching and the wheel zoom, a click
 * without dragging calls `click` with its time. `hover` gets the time under the pointer, or null.
 * Where the wheel must scroll the page, it zooms with Ctrl only.
 */
function moveBy(element, view, { click, hover, wheelZooms }) {
  const fingers = new Map();
  let moved = 0;
  const timeOf = (event) => {
    const box = element.getBoundingClientRect();
    return view.time(event.clientX - box.left, box.width);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, event.clientX);
    if (fingers.size === 1) moved = 0;
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    hover(timeOf(event));
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    const width = element.getBoundingClientRect().width;
    const step = event.clientX - before;
    moved += Math.abs(step);
    if (fingers.size === 2) {
      const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, x]) => x);
      const [was, is] = [Math.abs(before - other), Math.abs(event.clientX - other)];
      const left = element.getBoundingClientRect().left;
      if (was > 5 && is > 5) view.zoom(was / is, view.time((event.clientX + other) / 2 - left, width));
    } else if (moved > 4) {
      view.pan((-step / width) * view.span);
    }
    fingers.set(event.pointerId, event.clientX);
  });
  const lift = (event) => {
    if (fingers.delete(event.pointerId) && event.type === "pointerup" && fingers.size === 0 && moved <= 4) click(timeOf(event));
  };
  element.addEventListener("pointerup", lift);
  element.addEventListener("pointercancel", lift);
  element.addEventListener("pointerleave", () => hover(null));
  element.addEventListener(
    "wheel",
    (event) => {
      const width = element.getBoundingClientRect().width;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      const pixels = event.deltaMode === 1 ? 16 : 1; // lines
      if (event.ctrlKey || event.metaKey || (wheelZooms && Math.abs(event.deltaY) > Math.abs(sideways))) {
        view.zoom(Math.exp(event.deltaY * pixels * (event.ctrlKey ? 0.01 : 0.002)), timeOf(event));
      } else if (sideways !== 0 && Math.abs(sideways) >= Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        view.pan(((sideways * pixels) / width) * view.span);
      } else {
        return; // the page scrolls
      }
      event.preventDefault();
    },
    { passive: false },
  );
}
