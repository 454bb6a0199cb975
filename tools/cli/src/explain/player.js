"use strict";
// Plays the recording, and knows where it is.

class Player {
  /** `moved` is called whenever the time has changed, `told` with whether it plays and with what is wrong, or null. */
  constructor(sound, duration, { moved, told }) {
    this.sound = sound;
    this.duration = duration;
    this.moved = moved;
    this.told = told;
    this.audio = null;
    this.rest = 0; // where it stands while there is no audio
  }

  get time() {
    return this.audio === null ? this.rest : Math.min(this.duration, this.audio.currentTime);
  }

  get playing() {
    return this.audio !== null && !this.audio.paused;
  }

  seek(time) {
    this.rest = Math.min(this.duration, Math.max(0, time));
    if (this.audio !== null) this.audio.currentTime = this.rest;
    this.moved();
  }

  toggle() {
    if (this.sound === null) return;
    if (this.playing) {
      this.audio.pause();
      return;
    }
    this.audio ??= this.load();
    if (this.audio === null) return;
    if (this.time >= this.duration - 0.01) this.seek(0);
    this.audio.play().catch((error) => {
      if (error.name === "AbortError") return; // paused before it began
      const reason = error.name === "NotSupportedError" ? `this browser does not play ${this.sound.words}` : error.message;
      this.told(false, `No sound: ${reason}.`);
    });
  }

  /** Sound is decoded when it is first asked for: it is the largest part of the page, and the last. */
  load() {
    if (document.getElementById("sound") === null) {
      this.told(false, "The page is still loading.");
      return null;
    }
    const audio = new Audio(URL.createObjectURL(new Blob([bytesOf("sound")], { type: this.sound.kind })));
    audio.addEventListener("loadedmetadata", () => (audio.currentTime = this.rest), { once: true });
    audio.addEventListener("play", () => this.run());
    for (const event of ["pause", "ended"]) audio.addEventListener(event, () => this.told(false, null));
    for (const event of ["seeked", "timeupdate"]) audio.addEventListener(event, () => this.moved());
    return audio;
  }

  /** Follows the time, picture by picture. */
  run() {
    this.told(true, null);
    const step = () => {
      this.moved();
      if (this.playing) requestAnimationFrame(step);
    };
    step();
  }
}
