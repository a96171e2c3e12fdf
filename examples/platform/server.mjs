// The example platform's server: node server.mjs (config.mjs says what it wants to know).
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readRoots } from './certificates.mjs';
import { readConfig } from './config.mjs';
import { checkDocument, downloads, finishDocument } from './document.mjs';
import { documentPage, errorPage, homePage } from './pages.mjs';
import { Portal } from './portal.mjs';
import { Sessions, tokenGood } from './sessions.mjs';
import { Refused, readUpload } from './upload.mjs';

// What an operator can mend is told in one line.
async function configured() {
  try {
    const config = await readConfig();
    return { config, roots: await readRoots(config.ca) };
  } catch (error) {
    console.error(`example platform: ${error.message}`);
    process.exit(2);
  }
}

const { config, roots } = await configured();
const portal = new Portal(config);
const sessions = new Sessions(config.origin);
const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-example-'));
const files = new Map(await Promise.all([['/style.css', 'text/css'], ['/mark.svg', 'image/svg+xml']]
  .map(async ([name, type]) => [name, { type, content: await readFile(new URL(`public${name}`, import.meta.url)) }])));

// A form's answer leads to the portal, and form-action is held against redirects too.
const headers = {
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; " +
    `form-action 'self' ${new URL(config.issuer).origin}`,
  'Referrer-Policy': 'same-origin', 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store',
};

function show(visit, status, page) {
  visit.response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
  delete visit.session.notice;
}

const go = ({ response }, where) => response.writeHead(303, { Location: where }).end();

// state: ok, or wait for what the person may want to do again.
function goBack(visit, state, text, where) {
  visit.session.notice = { state, text };
  go(visit, where);
}

// Browsers name the page that a form stands on; with the token in the form that is two locks.
function sameOrigin({ request }) {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== config.origin) throw new Refused(403, '这个请求来自别的网站，没有执行。');
}

async function readForm(visit) {
  let text = '';
  for await (const part of visit.request.setEncoding('utf8')) {
    text += part;
    if (text.length > 4096) throw new Refused(413, '提交的内容太大。');
  }
  if (!tokenGood(visit.session, new URLSearchParams(text).get('csrf'))) throw new Refused(403, '页面已经过期，请回到首页再试。');
}

function signedIn({ session }) {
  if (!session.person) throw new Refused(401, '请先用印信扫码登录。');
}

function documentOf({ session, id }) {
  const document = session.documents.get(id);
  if (!document) throw new Refused(404, '没有这份文件，或者登录已经结束。');
  return document;
}

// ---- asking the portal, and what the browser brings back

const ASKED_MOST = 20;
function remember({ session }, asked) {
  session.asked.set(asked.state, asked);
  for (const state of session.asked.keys()) {
    if (session.asked.size <= ASKED_MOST) break;
    session.asked.delete(state);
  }
}

async function ask(visit, { asked, url }, purpose) {
  remember(visit, { ...asked, ...purpose });
  go(visit, url);
}

async function login(visit) {
  await readForm(visit);
  await ask(visit, await portal.beginLogin(), { login: true });
}

async function startSigning(visit, document) {
  const asked = await portal.beginSigning(document.credentials, document).catch((error) => {
    // what the portal says of a key that was there at the login: its certificate has ended since
    if (/credentialID/.test(error.error_description)) throw new Refused(409, '选定的证书已不能使用，可能已吊销或到期。请退出后重新登录，另选一张证书。');
    throw error;
  });
  await ask(visit, asked, { document: document.id });
}

async function finishLogin(visit, tokens) {
  const { session } = visit;
  const person = await portal.person(tokens);
  const credentials = await portal.credentials(tokens.access_token);
  sessions.renew(session, visit.response);
  Object.assign(session, { person, credentials, token: tokens.access_token });
  go(visit, '/');
}

async function finishSigning(visit, tokens, document) {
  finishDocument(document, await portal.signatures(tokens.access_token, document.credentials, document));
  goBack(visit, 'ok', document.seal ? '已签字并盖章。' : '已签字。', `/documents/${document.id}`);
}

async function callback(visit) {
  const asked = visit.session.asked.get(visit.url.searchParams.get('state'));
  if (!asked) throw new Refused(400, '这个请求不是从这里发起的，或者已经用过。请重新发起。');
  visit.session.asked.delete(asked.state);
  const document = asked.document && documentOf({ session: visit.session, id: asked.document });
  let tokens;
  try {
    tokens = await portal.finish(visit.url, asked, asked.login);
  } catch (error) {
    if (error.error !== 'access_denied') throw error;
    const words = asked.login ? '没有登录：请求被拒绝，或者已经过期。' : '没有签署：请求被拒绝，或者已经过期。';
    return goBack(visit, 'wait', words, document ? `/documents/${document.id}` : '/');
  }
  return asked.login ? finishLogin(visit, tokens) : finishSigning(visit, tokens, document);
}

// ---- documents

async function upload(visit) {
  const document = await readUpload(visit.request, visit.session, folder);
  visit.session.documents.set(document.id, document);
  await startSigning(visit, document);
}

async function signAgain(visit) {
  await readForm(visit);
  await startSigning(visit, documentOf(visit));
}

async function showDocument(visit) {
  const document = documentOf(visit);
  const checks = document.signed && await checkDocument(document, roots);
  show(visit, 200, documentPage({ config, session: visit.session, document, checks }));
}

// RFC 8187: encodeURIComponent leaves some that a header's value may not hold.
const extendedValue = (text) => encodeURIComponent(text).replace(/['()*]/g,
  (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

async function download(visit) {
  const document = documentOf(visit);
  const part = downloads[visit.which];
  if (!part || (visit.which !== 'original' && !document.signed)) throw new Refused(404, '没有这份文件。');
  const name = extendedValue(document.name + part.suffix);
  visit.response.writeHead(200, { 'Content-Type': part.type, 'Content-Disposition': `attachment; filename*=UTF-8''${name}` });
  const content = part.content(document);
  if (content.pipe) await pipeline(content, visit.response);
  else visit.response.end(content);
}

async function logout(visit) {
  await readForm(visit);
  const { token } = visit.session;
  sessions.end(visit.session, visit.response);
  if (token) await portal.signOut(token).catch(() => {}); // it ends within the hour by itself
  go(visit, '/');
}

// ---- routes

const home = (visit) => show(visit, 200, homePage({ config, session: visit.session }));
const routes = [
  ['GET', /^\/$/, home],
  ['POST', /^\/login$/, login],
  ['GET', /^\/callback$/, callback],
  ['POST', /^\/logout$/, logout],
  ['POST', /^\/documents$/, upload, signedIn],
  ['GET', /^\/documents\/([0-9a-f-]{36})$/, showDocument, signedIn],
  ['POST', /^\/documents\/([0-9a-f-]{36})\/sign$/, signAgain, signedIn],
  ['GET', /^\/documents\/([0-9a-f-]{36})\/files\/([a-z0-9]+)$/, download, signedIn],
];

async function answer(visit) {
  const { request, url } = visit;
  for (const [method, pattern, handler, guard] of routes) {
    const match = url.pathname.match(pattern);
    if (!match || request.method !== method) continue;
    [, visit.id, visit.which] = match;
    if (method === 'POST') sameOrigin(visit);
    guard?.(visit);
    return handler(visit);
  }
  throw new Refused(404, '没有这个页面。');
}

// What a person is told of a failure; the rest goes to the log, where neither tokens nor names stand.
function fail(visit, error) {
  const { request, response, session, url } = visit;
  const known = error instanceof Refused;
  if (!known) {
    const what = [error.code ?? error.name, error.error, error.error_description ?? error.message].filter(Boolean).join(': ');
    console.error(`${request.method} ${url.pathname}: ${what}`);
  }
  if (response.headersSent) return response.destroy();
  // what was not read of the request goes with its connection
  if (!request.complete) response.setHeader('Connection', 'close');
  return show(visit, known ? error.status : 502, errorPage({ config, session }, known ? { title: '没有办成', text: error.message } :
    { title: '印信没有答应', text: '向印信请求时出了错，什么都没有签。请稍后重新发起。' }));
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, config.origin);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const file = request.method === 'GET' && files.get(url.pathname);
  if (file) return response.writeHead(200, { 'Content-Type': file.type, 'Cache-Control': 'max-age=300' }).end(file.content);
  const visit = { request, response, url, session: sessions.of(request, response) };
  try {
    await answer(visit);
  } catch (error) {
    fail(visit, error);
  }
});

server.listen(config.port, '127.0.0.1', () => console.log(`Example platform  ${config.origin}/`));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  });
}
