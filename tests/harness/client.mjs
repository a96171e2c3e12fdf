// A small browser over HTTP: a jar of cookies, forms, redirects one by one, an address of its own.
import http from 'node:http';
import { forms } from './form.mjs';

let next = 1;
// A fresh /64 of the documentation network for each client: limits of one test don't reach another.
function ownAddress() {
  const n = next++ + (process.pid % 4096) * 4096;
  return `2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::1`;
}

function parseCookie(line) {
  const [pair, ...attributes] = line.split(/;\s*/);
  const at = pair.indexOf('=');
  const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path: '/', sameSite: 'lax', line };
  for (const attribute of attributes) {
    const [key, value = ''] = attribute.split('=');
    if (/^path$/i.test(key)) cookie.path = value;
    if (/^samesite$/i.test(key)) cookie.sameSite = value.toLowerCase();
    if (/^max-age$/i.test(key)) cookie.maxAge = Number(value);
    if (/^httponly$/i.test(key)) cookie.httpOnly = true;
    if (/^secure$/i.test(key)) cookie.secure = true;
  }
  return cookie;
}

function pathMatches(cookie, path) {
  return path === cookie.path || path.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`);
}

function encode(fields) {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs).toString();
}

export class Client {
  constructor(instance, { address = ownAddress(), agent = 'Mozilla/5.0 (harness) Chrome/120.0' } = {}) {
    // headers: sent with every request
    Object.assign(this, { instance, address, agent, cookies: [], headers: {} });
    this.connections = new http.Agent({ keepAlive: true });
  }

  cookie(name) {
    return this.cookies.find((cookie) => cookie.name === name);
  }

  #keep(lines) {
    for (const cookie of lines.map(parseCookie)) {
      this.cookies = this.cookies.filter((old) => old.name !== cookie.name || old.path !== cookie.path);
      if (!(cookie.maxAge <= 0)) this.cookies.push(cookie);
    }
  }

  // crossSite: as a browser that comes from another site. Strict cookies stay home, Lax ones go only with a GET.
  #jar(path, method, crossSite) {
    return this.cookies.filter((cookie) => pathMatches(cookie, path) &&
      !(crossSite && (cookie.sameSite === 'strict' || (cookie.sameSite === 'lax' && method !== 'GET'))))
      .map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  // path: below the base path, or a whole URL of the portal. Answers { status, headers, bytes, text, location, json() };
  // header values as node has them, names in lower case. pki: to the plain listener.
  async request(path, { method = 'GET', headers = {}, body, crossSite = false, pki = false } = {}) {
    const { instance } = this;
    const target = path.startsWith(instance.origin) ? path.slice(instance.origin.length) : instance.base + path;
    const port = pki ? instance.pkiPort : instance.port;
    const sent = { host: `localhost:${port}`, 'user-agent': this.agent, 'x-forwarded-for': this.address, accept: 'text/html,*/*' };
    const cookies = this.#jar(target.replace(/[?#].*/s, ''), method, crossSite);
    if (cookies) sent.cookie = cookies;
    if (method === 'POST') sent.origin = crossSite ? 'https://elsewhere.example' : instance.origin;
    Object.assign(sent, this.headers, headers);
    for (const name of Object.keys(sent)) if (sent[name] === null) delete sent[name];
    if (body !== undefined && !('transfer-encoding' in sent)) sent['content-length'] ??= Buffer.byteLength(body);
    const answer = await new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, path: target, method, headers: sent, agent: this.connections });
      request.on('error', reject).on('response', (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part)).on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) }));
      });
      request.end(body);
    });
    answer.text = answer.bytes.toString('utf8');
    answer.json = () => JSON.parse(answer.text);
    answer.url = instance.origin + target;
    answer.location = answer.headers.location;
    this.#keep(answer.headers['set-cookie'] ?? []);
    return answer;
  }

  get(path, options) {
    return this.request(path, options);
  }

  // fields: an object (an array value repeats its name), or a string sent as it is.
  post(path, fields = {}, { headers = {}, ...options } = {}) {
    return this.request(path, { method: 'POST', body: typeof fields === 'string' ? fields : encode(fields), ...options,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
  }

  // Follows redirects inside the portal, at most ten; stops at one that leads elsewhere.
  async follow(answer) {
    for (let hops = 0; answer.location && hops < 10; hops++) {
      const url = new URL(answer.location, answer.url);
      if (url.origin !== this.instance.origin) return answer;
      answer = await this.request(url.href);
    }
    return answer;
  }

  // Opens a page and all it redirects to.
  async open(path, options) {
    return this.follow(await this.get(path, options));
  }

  // The form whose action is this path (below the base): { action, fields }, with its CSRF token among the fields.
  form(html, action) {
    const wanted = this.instance.base + action;
    const form = forms(html).find((one) => one.action === wanted || one.action?.split('?')[0] === wanted);
    if (!form) throw new Error(`no form to ${wanted}; there are: ${forms(html).map((one) => one.action).join(', ') || 'none'}`);
    return form;
  }

  // Opens a page, fills the form to action, sends it. The answer is not followed.
  async submit(page, action, fields = {}, options) {
    const opened = typeof page === 'string' ? await this.open(page) : page;
    const form = this.form(opened.text, action);
    return this.post(this.instance.origin + form.action, { ...form.fields, ...fields }, options);
  }

  close() {
    this.connections.destroy();
  }
}
