"use strict";
// The sliders of the segmenter's settings.

const SLIDERS = [
  { field: "threshold", name: "threshold", most: 1, step: 0.01, unit: "", about: "a score from here on begins speech" },
  { field: "neg_threshold", name: "neg_threshold", most: 1, step: 0.01, unit: "", about: "in speech, a score below is silence" },
  { field: "min_silence_ms", name: "min_silence", most: 2000, step: 10, unit: "ms", about: "silence that ends speech: the hangover" },
  { field: "min_speech_ms", name: "min_speech", most: 2000, step: 10, unit: "ms", about: "speech that is not longer is dropped" },
  { field: "speech_pad_ms", name: "speech_pad", most: 500, step: 5, unit: "ms", about: "segments grow by this on each side" },
];

/** Builds the sliders for `config`, and calls `changed` whenever one of them has changed it. */
class Controls {
  constructor(element, config, changed) {
    this.element = element;
    this.initial = { ...config };
    this.config = config;
    this.changed = changed;
    this.rows = SLIDERS.map((slider) => this.row(slider));
    const reset = document.createElement("button");
    reset.type = "button";
    reset.textContent = "Reset";
    reset.addEventListener("click", () => {
      Object.assign(config, this.initial);
      this.show();
      changed();
    });
    element.append(reset);
    this.show();
  }

  row({ field, name, most, step, unit, about }) {
    const row = document.createElement("div");
    row.className = "slider";
    const label = document.createElement("label");
    label.htmlFor = `slider-${field}`;
    label.innerHTML = `<b>${name}</b> <small>${about}</small>`;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", id: label.htmlFor, min: 0, max: most, step });
    const exact = document.createElement("input");
    Object.assign(exact, { type: "number", min: 0, step: "any", title: name });
    if (unit === "") exact.max = 1;
    exact.setAttribute("aria-label", `${name}${unit && `, ${unit}`}`);
    const set = (value) => {
      this.config[field] = value;
      if (field === "neg_threshold" && this.automatic) this.automatic.checked = false;
      this.show();
      this.changed();
    };
    slider.addEventListener("input", () => set(Number(slider.value)));
    exact.addEventListener("change", () => {
      const value = Number(exact.value);
      const legal = exact.value !== "" && value >= 0 && value <= (unit === "ms" ? Number.MAX_VALUE : 1);
      if (legal) set(value);
      else this.show();
    });
    const values = document.createElement("span");
    values.className = "value";
    values.append(exact, unit);
    row.append(label, slider, values);
    if (field === "neg_threshold") row.append(this.automaticBox());
    this.element.append(row);
    return { field, slider, exact };
  }

  /** Whether the lower threshold follows the upper one. */
  automaticBox() {
    const label = document.createElement("label");
    label.className = "automatic";
    this.automatic = document.createElement("input");
    this.automatic.type = "checkbox";
    this.automatic.addEventListener("change", () => {
      this.config.neg_threshold = this.automatic.checked ? null : this.lower();
      this.show();
      this.changed();
    });
    label.append(this.automatic, "0.15 below");
    return label;
  }

  /** The lower threshold in use. */
  lower() {
    return this.config.neg_threshold ?? Math.max(this.config.threshold - 0.15, 0.01);
  }

  show() {
    for (const { field, slider, exact } of this.rows) {
      const value = field === "neg_threshold" ? Number(this.lower().toFixed(6)) : this.config[field];
      slider.value = value;
      if (document.activeElement !== exact || Number(exact.value) !== value) exact.value = value;
    }
    this.automatic.checked = this.config.neg_threshold === null;
  }
}
