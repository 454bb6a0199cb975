// Uses the page as a reader does: sliders, buttons, keys, wheel and a click, and returns what came of each.
const seen = {};
const push = (name, value) => {
  const slider = document.getElementById(`slider-${name}`);
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
};
const type = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const count = () => lanes.map((lane) => lane.result.segments.length);
seen.before = count();
push("min_silence_ms", 2000);
push("threshold", 0.9);
seen.after = count();
seen.command = document.getElementById("command").textContent;
[...document.querySelectorAll("#controls button")].at(-1).click();
seen.reset = count();
seen.all = view.span;
document.getElementById("closer").click();
seen.closer = view.span;
type("+");
seen.key = view.span;
const canvas = document.querySelector("[data-strip=waveform] canvas");
const box = canvas.getBoundingClientRect();
const x = Math.round(box.left + box.width / 4);
const wheel = (options) => {
  const event = new WheelEvent("wheel", { clientX: x, cancelable: true, bubbles: true, ...options });
  canvas.dispatchEvent(event);
};
const under = view.time(x - box.left, box.width);
wheel({ deltaY: -300 });
seen.wheel = view.span;
seen.stays = Math.abs(view.time(x - box.left, box.width) - under);
type("0");
seen.home = view.span;
type("ArrowRight");
seen.moved = player.time;
dispatchEvent(new Event("beforeprint")); // draws what is off the screen, too
seen.blank = [...document.querySelectorAll("#lanes canvas")].filter((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.every((value) => value === 0);
}).length;
seen.wide = document.documentElement.scrollWidth <= window.innerWidth;
seen.networks = document.querySelectorAll("[src], link").length;
return seen;
