// What ctemplate's auto-escape leaves open, closed by what a template may hold (docs/dependencies.md, ctemplate): a template
// keeps to a small HTML whose every hole stands where escaping is known to hold.
import { every, files, finding, lineOf } from './files.mjs';

const pragma = '{{%AUTOESCAPE context="HTML"}}';
const urlAttributes = ['href', 'src', 'action', 'hx-get', 'data-src', 'data-href', 'poster'];
const forbidden = /^(on[a-z]+|style|formaction|srcdoc|xlink:href|hx-on.*|hx-post|hx-put|hx-patch|hx-delete|hx-vals|hx-vars|background|ping|data)$/;
const tagPattern = /<\/?[a-zA-Z](?:"[^"]*"|'[^']*'|\{\{[^}]*\}\}|[^<>"'{]|\{(?!\{))*>/g;
const attributePattern = /([^\s=<>"'/{}]+)=("([^"]*)"|'([^']*)')/g;
// The version comes from the program's own files; a …QUERY is a whole query that the program has encoded value by value.
const plainInQuery = /^STATIC_VERSION$|QUERY$/;

const blank = (text) => text.replace(/[^\n]/g, ' ');

function balanced(text) {
  const open = [];
  for (const [, kind, name] of text.matchAll(/\{\{([#/])([A-Z0-9_]+)\}\}/g)) {
    if (kind === '#') open.push(name);
    else if (open.pop() !== name) return false;
  }
  return !open.length;
}

function checkUrl(report, name, value) {
  const fixed = /^(#|https:\/\/)/.test(value);
  const holes = value.replace(/\{\{[#/][A-Z0-9_]+\}\}/g, '');
  if (!holes.startsWith('{{BASE}}') && !fixed) report(`${name} must begin with {{BASE}}, # or https://`);
  if (/^https:\/\//.test(value) && /\{\{/.test(value)) report(`${name} to another site may hold no value`);
  const query = value.split('#')[0].split('?').slice(1).join('?').replace(/\{\{[#/][^}]*\}\}/g, '');
  for (const [, hole, escape] of query.matchAll(/\{\{([A-Z0-9_]+)(:[a-z]+)?\}\}/g)) {
    if (escape !== ':u' && !plainInQuery.test(hole)) report(`{{${hole}}} in a query needs :u`);
  }
}

function checkAttribute(report, name, value) {
  if (forbidden.test(name)) report(`attribute ${name} is not protected by escaping`);
  if (/\{\{>/.test(value)) report(`include inside ${name}`);
  if (!balanced(value)) report(`section opened and closed on two sides of a quote of ${name}`);
  if (urlAttributes.includes(name)) checkUrl(report, name, value);
  if (name === 'hx-trigger' && /[[{]/.test(value)) report('filter in hx-trigger');
}

function checkTag(report, tag) {
  const bare = tag.replace(/"[^"]*"|'[^']*'/g, '""');
  if (/\{\{[^#/]/.test(bare)) report('value or include inside a tag but outside quotes');
  if (/=(?!"")/.test(bare)) report('attribute without quotes');
  if (!balanced(bare)) report('section opened and closed on two sides of a tag');
  for (const [, name, , double, single] of tag.matchAll(attributePattern)) checkAttribute(report, name.toLowerCase(), double ?? single);
}

function checkTemplate({ name, text }) {
  if (!text.startsWith(pragma)) finding(name, 1, `does not begin with ${pragma}: nothing in it is escaped`);
  const body = text.replace(/\{\{![\s\S]*?\}\}/g, blank).replace(/<!--[\s\S]*?-->/g, blank);
  for (const match of body.matchAll(tagPattern)) checkTag((what) => finding(name, lineOf(body, match.index), what), match[0]);
  const file = { name, text: body };
  every(file, /<style\b/gi, 'inline style');
  every(file, /<script\b(?![^>]*\bsrc=)/gi, 'inline script');
  every(file, /<script\b[^>]*>[^<]*\S[^<]*<\/script>/gi, 'script with a body');
  every(file, /\{\{[^}]*:none[^}]*\}\}/g, 'escaping switched off');
  every(file, /<(iframe|object|embed|base|applet|frame)\b/gi, 'element not allowed');
  every(file, /<\s*\{\{/g, 'name of a tag from a value');
  every(file, /\{\{>[A-Z0-9_]+:[^}]*\}\}/g, 'include escaped twice');
  for (const match of body.matchAll(/<(textarea|pre)\b[^>]*>([\s\S]*?)<\/\1>/g)) {
    for (const [hole] of match[2].matchAll(/\{\{[A-Z0-9_]+(?!:p\}\})(:[a-z]+)?\}\}/g)) {
      finding(name, lineOf(body, match.index), `${hole} in ${match[1]} needs :p, or it loses its lines`);
    }
  }
}

files(/^templates\/(?!mail\/).*\.tpl$/).forEach(checkTemplate);
