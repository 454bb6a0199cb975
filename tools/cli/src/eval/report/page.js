'use strict';
// A chip shows or hides its system everywhere; hovering it, or a row of a table, lets the others fade.
const chips = [...document.querySelectorAll('[data-chip]')];
const hidden = new Set();
let alone = null;

function paint() {
  for (const chip of chips) {
    const system = chip.dataset.chip;
    const off = hidden.has(system);
    const faded = alone !== null && alone !== system;
    const marks = document.querySelectorAll(`svg [stroke="var(--s${system})"], svg [fill="var(--s${system})"]`);
    for (const mark of marks) {
      if (mark.closest('[data-system]')) continue;
      mark.style.opacity = faded ? .12 : '';
      mark.style.display = off ? 'none' : '';
    }
    chip.setAttribute('aria-pressed', String(!off));
    for (const part of document.querySelectorAll(`[data-system="${system}"]`)) part.hidden = off;
  }
}

for (const chip of chips) {
  const system = chip.dataset.chip;
  chip.addEventListener('click', () => {
    if (!hidden.delete(system)) hidden.add(system);
    alone = null;
    paint();
  });
}
for (const part of [...chips, ...document.querySelectorAll('tr[data-system]')]) {
  const system = part.dataset.chip ?? part.dataset.system;
  part.addEventListener('pointerenter', () => { if (!hidden.has(system)) { alone = system; paint(); } });
  part.addEventListener('pointerleave', () => { alone = null; paint(); });
}
// On paper everything is open.
addEventListener('beforeprint', () => { for (const details of document.querySelectorAll('details')) details.open = true; });
