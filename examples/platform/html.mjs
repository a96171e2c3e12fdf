// Text into HTML: html`…` escapes every value but what html`…` itself made.
class Markup {
  constructor(text) {
    this.text = text;
  }
}

const escaped = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function render(value) {
  if (value === undefined || value === null || value === false) return '';
  if (Array.isArray(value)) return value.map(render).join('');
  return value instanceof Markup ? value.text : String(value).replace(/[&<>"']/g, (letter) => escaped[letter]);
}

export function html(parts, ...values) {
  return new Markup(parts.reduce((text, part, i) => text + part + (i < values.length ? render(values[i]) : ''), ''));
}

export const textOf = (markup) => render(markup);
