// SEC-2: no query is pasted together. What a statement of the store is given is written down where it is called: string
// literals, names of macros that are string literals themselves, or a constant of the file that is written so. Values come
// by V() alone. And it is written once for both engines (OPS-9): in no word that only one of them has.
import { files, finding, lineOf } from './files.mjs';

const places = { store_one: 1, store_change_one: 1, store_add: 1, store_change: 2, store_ahead: 1, rows_open: 2 }; // which argument it is
const call = new RegExp(`\\b(${Object.keys(places).join('|')})_?\\(`, 'g');
const oneEngines = /\b(LIKE|ILIKE|GLOB|REGEXP|ROWID|CTID|PRAGMA|COLLATE|IFNULL|INSTR|STRFTIME|PRINTF|NOW|INTERVAL|ANY|FOR\s+UPDATE|INSERT\s+OR|sqlite_\w+|pg_\w+)\b|::/i;
const string = /"(?:\\.|[^"\\\n])*"/y;
const written = /^(?:"(?:\\.|[^"\\\n])*"|[A-Z][A-Z0-9_]*(?:\("[^"]*"\))?|\s|\\\n)+$/;

// Arguments of a call, cut at the commas of its own level; from: behind the opening bracket.
function argumentsOf(text, from) {
  const list = [];
  let depth = 0, start = from;
  for (let at = from; at < text.length; at++) {
    string.lastIndex = at;
    const literal = text[at] === '"' && string.exec(text);
    if (literal) at += literal[0].length - 1;
    else if ('([{'.includes(text[at])) depth++;
    else if (')]}'.includes(text[at]) && --depth < 0) return [...list, text.slice(start, at)];
    else if (text[at] === ',' && !depth) {
      list.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return list;
}

const withoutComments = (text) => text.replace(/"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\//g,
  (part) => (part[0] === '"' ? part : part.replace(/[^\n]/g, ' ')));
const sources = files(/^(src|cgi-bin|bin)\/.*\.[ch]$/).map(({ name, text }) => ({ name, text: withoutComments(text) }));

// Macros whose body is a string, their parameters among it.
const macros = new Map();
for (const { name, text } of sources) {
  for (const [, macro, parameters, body] of text.matchAll(/^#define (\w+)(\([^)]*\))?((?:\\\n|.)*)/gm)) {
    const names = (parameters ?? '').match(/\w+/g) ?? [];
    const rest = body.replaceAll('\\\n', ' ').replace(/"(?:\\.|[^"\\\n])*"/g, ' ').replace(/\b\w+\b/g, (word) => (names.includes(word) ? '' : word));
    macros.set(`${name} ${macro}`, rest.trim());
    if (!macros.has(macro) || name.endsWith('.h')) macros.set(macro, rest.trim());
  }
}

// A macro of this file, else one of a header, holds strings and such macros alone.
function isText(name, macro) {
  const rest = macros.get(`${name} ${macro}`) ?? macros.get(macro);
  return rest !== undefined && rest.split(/\s+/).filter(Boolean).every((word) => /^[A-Z]\w*$/.test(word) && isText(name, word));
}

// What each "static const char name[] = …;" of a file is, but for those that the preprocessor may put something else for.
function constantsOf(text) {
  const always = text.replace(/^#\s*if[^]*^#\s*endif|^#\s*define (?:\\\n|.)*/gm, '');
  const found = [...always.matchAll(/^static const char (\w+)\[\] =((?:"(?:\\.|[^"\\\n])*"|[^;"])*);/gm)];
  return new Map(found.filter(([, constant]) => !new RegExp(`^#\\s*define ${constant}\\b`, 'm').test(text)).map(([, constant, body]) => [constant, body.trim()]));
}

for (const { name, text } of sources) {
  if (name.startsWith('src/store/')) continue;
  const constants = constantsOf(text);
  for (const match of text.matchAll(call)) {
    const given = argumentsOf(text, match.index + match[0].length)[places[match[1]]]?.trim() ?? '';
    const query = constants.get(given) ?? given;
    const used = query.replace(/"(?:\\.|[^"\\\n])*"/g, ' ').match(/\w+/g) ?? [];
    if (!written.test(query)) finding(name, lineOf(text, match.index), `query that is not written down here: ${query.slice(0, 80)}`);
    else if (oneEngines.test(query)) finding(name, lineOf(text, match.index), `query in the words of one engine: ${query.match(oneEngines)[0]}`);
    else for (const macro of used) if (!isText(name, macro)) finding(name, lineOf(text, match.index), `query with ${macro}, which is no text`);
  }
  for (const match of text.matchAll(/\b(?:sqlite3_|PQ)\w+\s*\(/g)) finding(name, lineOf(text, match.index), `engine called beside the store: ${match[0]}`);
}
