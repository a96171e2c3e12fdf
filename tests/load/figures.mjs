// Figures of several rounds: middle and spread, and how they are printed.
export const sorted = (list) => [...list].sort((a, b) => a - b);
export const median = (list) => {
  const all = sorted(list);
  const at = (all.length - 1) / 2;
  return (all[Math.floor(at)] + all[Math.ceil(at)]) / 2;
};
export const spread = (list) => ({ min: Math.min(...list), median: median(list), max: Math.max(...list) });

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
export const shown = ({ min, median: middle, max }) => `${digits(middle)} (${digits(min)}–${digits(max)})`;

// Lines of a Markdown table.
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

// What the issue of this product promises, held against what was measured. The bounds stand where they are measured.
export class Promises {
  #lines = [];
  #broken = 0;

  // holds: whether value fits; bound: in words.
  check(what, value, bound, holds) {
    this.#lines.push([what, typeof value === 'number' ? digits(value) : value, bound, holds ? 'held' : '**missed**']);
    if (!holds) this.#broken++;
  }

  atLeast(what, value, bound) { this.check(what, value, `≥ ${bound}`, value >= bound); }
  atMost(what, value, bound) { this.check(what, value, `≤ ${bound}`, value <= bound); }

  get broken() { return this.#broken; }
  table() { return table(['promise', 'measured', 'bound', ''], this.#lines); }
}
