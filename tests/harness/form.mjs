// Reads forms out of our own pages: attributes are always in double quotes there, and templates are linted.

const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
export function unescape(text) {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name) => {
    if (name[0] !== '#') return named[name] ?? whole;
    return String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
  });
}

// What is read where spans only keep words together: the page without them.
export const unspanned = (html) => html.replace(/<\/?span[^>]*>/g, '');

function* tags(html) {
  const pattern = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[^\s=>"/]+(?:="[^"]*")?)*)\s*\/?>([^<]*)/gi;
  for (const [, slash, name, rest, text] of html.matchAll(pattern)) {
    const attributes = {};
    for (const [, key, , value] of rest.matchAll(/([^\s=]+)(="([^"]*)")?/g)) attributes[key.toLowerCase()] = unescape(value ?? '');
    yield { name: name.toLowerCase(), closing: slash === '/', attributes, text: unescape(text) };
  }
}

// What a browser would send of one control, or undefined.
function valueOf({ name, attributes: a }) {
  if (name !== 'input') return undefined;
  if (['submit', 'button', 'image', 'reset', 'file'].includes(a.type)) return undefined;
  if (['checkbox', 'radio'].includes(a.type)) return 'checked' in a ? a.value ?? 'on' : undefined;
  return a.value ?? '';
}

// Every form: { action, method, fields } with the fields as a browser would send them untouched.
export function forms(html) {
  const found = [];
  let form;
  let select;
  for (const tag of tags(html)) {
    const { name, closing, attributes: a } = tag;
    if (name === 'form') {
      if (!closing) found.push(form = { action: a.action, method: (a.method ?? 'get').toLowerCase(), fields: {} });
      else form = undefined;
    } else if (!form || 'disabled' in a) continue;
    else if (name === 'select') select = closing ? undefined : a.name;
    else if (name === 'option' && select && !closing) {
      if ('selected' in a || !(select in form.fields)) form.fields[select] = a.value ?? tag.text.trim();
    } else if (name === 'textarea' && !closing) form.fields[a.name] = tag.text.replace(/^\r?\n/, '');
    else if (a.name) {
      const value = valueOf(tag);
      if (value !== undefined) form.fields[a.name] = value;
    }
  }
  return found;
}
