// SEC-1: the tables that the programs print of themselves, walked by everybody who has no business there, over another's
// objects. A new row whose object the walk does not know makes it fail.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { ask } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { change, tables, text, value } from '../harness/database.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { legalRep, orgOf, person, PIN, platform, setPin, signIn, takeCert } from '../harness/people.mjs';
import { codeOf, scan, scanAndApprove } from '../harness/scan.mjs';
import { waitFor } from '../harness/wait.mjs';

const run = promisify(execFile);

let instance;
let portal, openapi; // their tables
let owner, objects, account;
let second; // the owner's other browser
let callers; // { name: client }
let member; // of the owner's org, in the standard edition
const passes = {}; // what each caller's forms carry: { csrf, edition }

async function table(program) {
  const { stdout } = await run(instance.program(program), ['--routes']);
  return JSON.parse(stdout);
}

// ---- the owner and all that is theirs

const only = (text, pattern) => {
  const found = text.match(pattern);
  assert.ok(found, `the owner's page lacks ${pattern}`);
  return found[1];
};

// One consent, one record, one claimed ticket, a second session: made by the same steps as anybody's.
async function makeObjects(who) {
  const { client } = who, asking = await platform(instance), desktop = new Client(instance);
  const params = new URLSearchParams({ response_type: 'code', client_id: asking.client, redirect_uri: asking.redirect, scope: 'openid phone',
    state: 'walk', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
  await scanAndApprove(desktop, client, `/oauth2/authorize?${params}`);
  const asked = await ask(desktop, asking, { scope: 'openid' });
  const link = await codeOf(desktop, asked.id);
  await scan(client, link);
  const sessions = (await client.open('/me/sessions')).text, list = (await client.open('/me/records')).text;
  const cert = (await client.open(`/certs/${who.cert}`)).text;
  return {
    kind: ['user'], form: ['pem', 'der', 'chain'],
    org: [who.org.id], seal: [who.seal], cert: [who.cert, who.personal],
    session: [only(sessions, /\/me\/sessions\/(\d+)\/end"/)], device: [only(sessions, /\/me\/devices\/(\d+)\/name"/)],
    consent: [only((await client.open('/me/consents')).text, /\/me\/consents\/(\d+)\/revoke"/)],
    message: [only((await client.open('/messages')).text, /\/messages\/(\d+)\/read"/)],
    record: [only(list, /\/records\/(\d+)"/)],
    certificate: [only(cert, /\/files\/(\d+)\/pem"/)],
    item: [only((await client.open('/certs/new')).text, /\/certs\/new\/(\d+)"/)],
    orgItem: [only((await client.open(`/orgs/${who.org.id}/certs/new`)).text, /\/certs\/new\/(\d+)"/)],
    ticket: [asked.id], code: [link.split('/s/')[1]],
  };
}

// A path of a row for each of the objects that its parts name. mine: parts that are the caller's own.
function pathsOf(row, mine = {}) {
  let paths = [row.pattern];
  for (const [, part] of row.pattern.matchAll(/:(\w+)/g)) {
    const name = part === 'item' && row.pattern.startsWith('/orgs/') ? 'orgItem' : part;
    const values = mine[part] ? [mine[part]] : objects[name];
    assert.ok(values?.every(Boolean), `the walk has no object for :${part} of ${row.method} ${row.pattern}: give it one`);
    if (part === 'certificate') paths = paths.filter((path) => path.includes(`/certs/${owner.cert}/`)); // the files of that cert
    paths = paths.flatMap((path) => values.map((one) => path.replace(`:${part}`, one)));
  }
  return paths;
}

const isForeign = (row) => /:(org|seal|cert|certificate|session|device|consent|message|record|ticket)\b/.test(row.pattern);

// Values that every form's fields would take, so that a refusal is not the form's.
const goodFields = { device_name: '办公室电脑', pin: PIN, again: PIN, agree: '1', reason: 'lost', to: 'standard', number: '11', kind: 'official',
  act: 'submit', template: 'round_star', diameter: '420', ring: '12', letter: '100', trust_platform: '1' };

async function passOf(name, client) {
  const signedIn = name !== 'nobody';
  const { fields } = client.form((await client.open(signedIn ? '/logout' : '/login')).text, signedIn ? '/logout' : '/login');
  return { csrf: fields.csrf, edition: fields.edition ?? '' };
}

function bodyOf(row, pass) {
  const body = { ...pass };
  for (const { name } of row.fields) if (name in goodFields) body[name] = goodFields[name];
  if (row.fields.some(({ name }) => name === 'instance')) body.instance = owner.instance;
  return body;
}

const knock = (client, row, path, pass) => (row.method === 'GET' ? client.get(path) : client.post(path, bodyOf(row, pass)));

// All that is the owner's, as the database holds it, without when it was last looked at.
async function belongings() {
  const volatile = ['seen', 'last_used', 'last_login'];
  const all = await tables(instance);
  const parts = [...all].flatMap(([name, columns]) => {
    const where = columns.includes('account') ? `account = ${account}` : columns.includes('org') ? `org = ${owner.org.id}`
      : name === 'account' ? `id = ${account}` : name === 'ticket_items' ? `ticket = ${objects.ticket[0]}` : undefined;
    const kept = columns.filter((column) => !volatile.includes(column) && !(name === 'session' && column === 'org'));
    return where ? [{ table: name, columns: kept, where }] : [];
  });
  assert.ok(parts.length > 12, 'too few tables are looked at');
  for (const name of ['account', 'ticket_items']) assert.ok(all.has(name), `${name} is no table any more`);
  return (await text(instance, parts)).split('\n');
}

// No page makes a member yet.
async function memberOf(org) {
  const who = await person(instance, { role: 'standard' });
  const id = await value(instance, 'SELECT CAST(account AS TEXT) FROM session ORDER BY id DESC LIMIT 1');
  await change(instance, `INSERT INTO member (id, org, account, role, joined) SELECT max(id) + 1, ${org.id}, ${id}, 3, max(joined) FROM member`);
  return who;
}

before(async () => {
  instance = await sharedInstance();
  [portal, openapi] = await Promise.all([table('portal'), table('openapi')]);
  owner = await legalRep(instance, { seal: true });
  owner.personal = await takeCert(owner);
  await change(instance, 'UPDATE sms_code SET made = made - 120000'); // as if a minute had passed: the owner signs in once more
  second = new Client(instance);
  await signIn(second, owner.phone);
  const stranger = await person(instance, { verified: false });
  const verified = await person(instance);
  const other = await person(instance);
  other.org = await orgOf(instance, other);
  await setPin(other);
  objects = await makeObjects(owner);
  // only a numbered record has a receipt
  await waitFor(async () => Number(await value(instance, `SELECT count(*) FROM tree WHERE oplog = ${objects.record[0]}`)) > 0,
    { timeout: 60_000, what: 'a numbered record' });
  owner.otherOrg = other.org.id;
  account = await value(instance, `SELECT CAST(account AS TEXT) FROM session WHERE id = ${objects.session[0]}`);
  member = await memberOf(owner.org);
  owner.instance = await value(instance, `SELECT CAST(id AS TEXT) FROM instance WHERE account = ${account}`);
  callers = { nobody: new Client(instance), 'a stranger without real name': stranger.client, 'a verified stranger': verified.client,
    "another org's legal representative": other.client };
  // this machine itself passes the front server's limits of requests: here the programs are asked, not that net
  for (const client of [owner.client, second, member.client, ...Object.values(callers)]) client.address = '127.0.0.1';
  for (const [name, client] of Object.entries(callers)) passes[name] = await passOf(name, client);
  passes.owner = await passOf('owner', owner.client);
  passes.member = await passOf('member', member.client);
});

// The walk believes the tables; what stands open in them is therefore written down here once more.
const OPEN_PAGES = ['GET /', 'GET /login', 'POST /login', 'GET /agreements/:kind', 'GET /s/:code', 'GET /healthz', 'GET /readyz',
  // tickets of the asking browser, held by its visit, and the platforms' way to it
  'GET /tickets/:ticket/wait', 'GET /tickets/:ticket/state', 'GET /tickets/:ticket/qr.svg', 'POST /tickets/:ticket/here',
  'POST /tickets/:ticket/cancel', 'GET /collect/:ticket', 'GET /oauth2/authorize', 'POST /oauth2/authorize',
  'GET /csc/oauth2/authorize', 'POST /csc/oauth2/authorize'];
const OPEN_API = ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /.well-known/openid-configuration',
  'GET /.well-known/oauth-authorization-server', 'GET /oauth2/jwks', 'POST /csc/v1/info', 'POST /csc/v2/info', 'GET /pki', 'GET /pki/crl/:file',
  'GET /pki/ca/:file', 'POST /pki/ocsp/:hierarchy', 'GET /pki/ocsp/:hierarchy', 'GET /pki/log/checkpoint', 'GET /pki/log/checkpoint/:size',
  'GET /pki/log/key'];
const FROM_ELSEWHERE = ['POST /csc/oauth2/authorize', 'POST /oauth2/authorize'];
const FOR_MEMBERS = ['GET /orgs/:org', 'GET /orgs/:org/certs'];
const named = (rows) => rows.map(({ method, pattern }) => `${method} ${pattern}`).sort();

test('SEC-1, SEC-2: no row is open to anyone, or takes forms from elsewhere, but those that are meant to', () => {
  const open = (rows) => rows.filter(({ roles }) => roles.includes('anyone') || !roles.length);
  assert.deepEqual(named(open(portal)), [...OPEN_PAGES].sort());
  assert.deepEqual(named(open(openapi)), [...OPEN_API].sort());
  assert.deepEqual(named([...portal, ...openapi].filter(({ needs }) => needs.includes('from-elsewhere'))), FROM_ELSEWHERE);
  assert.deepEqual(named([...portal, ...openapi].filter(({ needs, roles }) => needs.includes('plain') && !roles.includes('anyone'))), []);
});

test("SEC-1: a member of an org passes none of its rows but those for members, nor any other of the legal representative's", async (t) => {
  const before = await belongings(), bad = [], counts = {};
  let tried = 0;
  for (const row of portal.filter((one) => /:(org|seal|cert|record)\b/.test(one.pattern))) {
    const welcome = FOR_MEMBERS.includes(`${row.method} ${row.pattern}`);
    for (const path of pathsOf(row)) {
      const { status } = await knock(member.client, row, path, passes.member);
      const wanted = welcome ? 200 : row.pattern.startsWith('/orgs/') ? 403 : 404;
      tried++;
      counts[status] = (counts[status] ?? 0) + 1;
      if (status !== wanted) bad.push(`${row.method} ${path} answered ${status}, not ${wanted}`);
    }
  }
  t.diagnostic(`${tried} knocks of a member: ${JSON.stringify(counts)}`);
  assert.deepEqual(bad, []);
  assert.deepEqual(await belongings(), before);
});

test('SEC-1: the owner reaches every page of the table with these objects, so that a refusal is a refusal', async () => {
  const client = owner.client, bad = [];
  for (const row of portal.filter(({ method, needs }) => method === 'GET' && !needs.includes('writes'))) {
    if (/^\/(oauth2|csc|collect)\//.test(row.pattern)) continue;
    if (row.roles.includes('anyone') && row.pattern.startsWith('/tickets/')) continue; // of the asking browser, not the owner
    for (const path of pathsOf(row)) {
      const { status } = await client.get(path);
      const fine = [200, ...(['/', '/login', '/workbench'].includes(row.pattern) || /\/(install|progress)$/.test(path) ? [303] : [])];
      // nothing is installed or issued of the personal cert yet
      if (path.startsWith(`/certs/${owner.personal}/progress`)) fine.push(404);
      if (!fine.includes(status)) bad.push(`${row.method} ${path}: ${status}`);
    }
  }
  assert.deepEqual(bad, []);
});

test('SEC-1: nobody passes a row that is not theirs, with any object of another, by GET or POST', async (t) => {
  const before = await belongings(), bad = [], counts = {};
  let tried = 0;
  const expect = (name, row, path, status, wanted) => {
    tried++;
    counts[status] = (counts[status] ?? 0) + 1;
    if (!wanted.includes(status)) bad.push(`${name}: ${row.method} ${path} answered ${status}, not ${wanted}`);
  };
  for (const row of portal) {
    const open = row.roles.includes('anyone'), foreign = isForeign(row);
    if (row.needs.includes('plain') || (open && !foreign)) continue;
    await Promise.all(Object.entries(callers).map(async ([name, client]) => {
      if (name !== 'nobody' && !foreign) {
        const needsName = row.needs.includes('real-name') && name === 'a stranger without real name';
        if (needsName) expect(name, row, row.pattern, (await knock(client, row, pathsOf(row)[0], passes[name])).status, [403]);
        return;
      }
      const mine = name === "another org's legal representative" && /:org.*:/.test(row.pattern) ? [{}, { org: owner.otherOrg }] : [{}];
      for (const own of mine) {
        if (own.org && !/:(seal|cert|ticket|record)\b/.test(row.pattern)) continue; // one's own org: nothing of another in it
        for (const path of pathsOf(row, own)) {
          const answer = await knock(client, row, path, passes[name]);
          if (open) expect(name, row, path, answer.status, [403, 404, 409]);
          else if (name === 'nobody') expect(name, row, path, answer.status, [row.method === 'GET' ? 303 : 401]);
          else if (row.pattern.startsWith('/tickets/') || row.pattern.startsWith('/keys/tickets/')) expect(name, row, path, answer.status, [403, 404, 409]);
          else expect(name, row, path, answer.status, row.needs.includes('real-name') && name === 'a stranger without real name' ? [403, 404] : [404]);
          if (name === 'nobody' && !open && row.method === 'GET') {
            assert.equal(answer.location, path === '/logout' ? '/login' : `/login?next=${encodeURIComponent(path)}`);
          }
          assert.ok(!answer.text.includes(owner.name), `${name}: ${path} names the owner`);
        }
      }
    }));
  }
  t.diagnostic(`${tried} knocks at ${portal.length} rows: ${JSON.stringify(counts)}`);
  assert.deepEqual(bad, []);
  assert.ok(tried > 200, `${tried} is too few`);
  assert.deepEqual(await belongings(), before, 'nothing of the owner changed');
});

test('SEC-1: ids that do not exist, are no ids or overflow are not found', async () => {
  const client = owner.client, bad = [];
  for (const row of portal.filter((one) => isForeign(one) && !one.roles.includes('anyone'))) {
    for (const id of ['0', '-1', '1', '9223372036854775807', '9223372036854775808', '99999999999999999999', '1e3', '0x10', '%00', 'a', '1%2F..%2F2', '%FF']) {
      const path = row.pattern.replace(/:(form|kind|item)/g, (_, part) => objects[part][0]).replace(/:\w+/g, id);
      const { status } = await knock(client, row, path, passes.owner);
      if (![404, 400].includes(status)) bad.push(`${row.method} ${path}: ${status}`);
    }
  }
  assert.deepEqual(bad, []);
});

test('SEC-2: every form without its token, with another\'s, or from another origin is refused, and nothing changes', async (t) => {
  const before = await belongings(), bad = [];
  const { client } = owner, pass = passes.owner, anothers = passes['a verified stranger'].csrf;
  let tried = 0;
  const refused = async (what, row, path, answer) => {
    tried++;
    if (answer.status !== 403) bad.push(`${what}: POST ${path} answered ${answer.status}`);
  };
  for (const row of portal.filter(({ method, needs }) => method === 'POST' && !needs.includes('from-elsewhere'))) {
    for (const path of pathsOf(row)) {
      const body = bodyOf(row, pass);
      await refused('no token', row, path, await client.post(path, { ...body, csrf: [] }));
      await refused('an empty token', row, path, await client.post(path, { ...body, csrf: '' }));
      await refused("another's token", row, path, await client.post(path, { ...body, csrf: anothers }));
      await refused('a flipped token', row, path, await client.post(path, { ...body, csrf: pass.csrf.slice(0, -2) + (pass.csrf.at(-2) === 'A' ? 'B' : 'A') + pass.csrf.at(-1) }));
      for (const origin of ['https://evil.example', 'null', `${instance.origin}.evil.example`, instance.origin.replace('http:', 'https:'), 'http://localhost']) {
        await refused(`origin ${origin}`, row, path, await client.post(path, body, { headers: { origin } }));
      }
      await refused('neither origin nor referer', row, path, await client.post(path, body, { headers: { origin: null } }));
      await refused('a foreign referer', row, path, await client.post(path, body, { headers: { origin: null, referer: `${instance.origin}.evil.example/` } }));
    }
  }
  t.diagnostic(`${tried} forged forms`);
  assert.deepEqual(bad, []);
  assert.deepEqual(await belongings(), before);
});

test('SEC-1: a method that a path does not know is answered with 405 and those that it knows', async () => {
  const bad = [];
  const methodsOf = (rowsOf, pattern) => new Set(rowsOf.filter((row) => row.pattern === pattern).map(({ method }) => method));
  for (const pattern of new Set(portal.map((row) => row.pattern))) {
    const knows = methodsOf(portal, pattern), row = portal.find((one) => one.pattern === pattern);
    if (row.needs.includes('plain')) continue;
    for (const method of ['PUT', 'DELETE', 'PATCH', 'POST', 'GET'].filter((one) => !knows.has(one))) {
      const answer = await owner.client.request(pathsOf(row)[0], { method, ...(method !== 'GET' && { body: '' }) });
      const allow = new Set(answer.headers.allow?.split(', ').filter((one) => one !== 'HEAD'));
      if (answer.status !== 405 || [...allow].sort().join() !== [...knows].sort().join()) {
        bad.push(`${method} ${pattern}: ${answer.status}, Allow ${answer.headers.allow}`);
      }
    }
  }
  assert.deepEqual(bad, []);
});

test('LOGIN-5, SEC-1: a kept session scans, decides and reads, and is turned away from everything else', async () => {
  const kept = second, bad = [], pass = await passOf('kept', kept);
  await change(instance, `UPDATE session SET kept = 1 WHERE id = ${objects.session[0]}`);
  const before = await belongings();
  for (const row of portal.filter(({ needs }) => needs.includes('full-session'))) {
    for (const path of pathsOf(row)) {
      const answer = await knock(kept, row, path, pass);
      const good = row.method === 'GET' ? answer.status === 303 && answer.location.startsWith('/login?next=') : answer.status === 403;
      if (!good) bad.push(`${row.method} ${path}: ${answer.status} ${answer.location ?? ''}`);
    }
  }
  assert.deepEqual(bad, []);
  assert.deepEqual(await belongings(), before);
  for (const path of ['/home', '/messages', '/scan', `/tickets/${objects.ticket[0]}`]) assert.equal((await kept.get(path)).status, 200, path);
});

test('SEC-1, API-1: without a client\'s credentials or a token no row of the open API is served, and errors hold no HTML', async (t) => {
  const client = new Client(instance, { address: '127.0.0.1' }), asking = await platform(instance), bad = [];
  const answers = { 401: 0 };
  const ways = { nothing: {}, 'a made-up client': { authorization: `Basic ${btoa('nobody:secret')}` },
    'a wrong secret': { authorization: `Basic ${btoa(`${asking.client}:wrong`)}` }, 'a made-up token': { authorization: `Bearer ${'A'.repeat(43)}` },
    'half a header': { authorization: 'Basic' }, 'broken base64': { authorization: 'Basic ***' }, 'no colon': { authorization: `Basic ${btoa('x')}` } };
  for (const row of openapi.filter(({ roles }) => !roles.includes('anyone'))) {
    for (const [what, headers] of Object.entries(ways)) {
      const body = row.body === 'json' ? '{"credentialID":"1"}' : row.body === 'form' ? 'token=x&grant_type=authorization_code&code=x' : undefined;
      const answer = row.method === 'GET' ? await client.get(row.pattern, { headers })
        : await client.post(row.pattern, body ?? '', { headers: { ...headers, 'content-type': row.body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded' } });
      answers[answer.status] = (answers[answer.status] ?? 0) + 1;
      if (answer.status !== 401 || !/^application\/json/.test(answer.headers['content-type']) || !answer.json().error || !answer.headers['www-authenticate']) {
        bad.push(`${what}: ${row.method} ${row.pattern}: ${answer.status} ${answer.text.slice(0, 80)}`);
      }
      assert.ok(!answer.text.includes('<'), row.pattern);
      assert.ok(!answer.headers['set-cookie'], row.pattern);
    }
  }
  t.diagnostic(JSON.stringify(answers));
  assert.deepEqual(bad, []);
});

test('SEC-1: the open API knows no other method, path or host of its rows', async () => {
  const client = new Client(instance, { address: '127.0.0.1' }), bad = [];
  for (const pattern of new Set(openapi.map((row) => row.pattern))) {
    if (openapi.find((row) => row.pattern === pattern).needs.includes('plain')) continue;
    const pki = /^\/pki(\/|$)/.test(pattern);
    const knows = new Set(openapi.filter((row) => row.pattern === pattern).map(({ method }) => method));
    const path = pattern.replace(/:\w+/, 'sm2');
    for (const method of ['PUT', 'DELETE', 'GET', 'POST'].filter((one) => !knows.has(one))) {
      const answer = await client.request(path, { method, pki, ...(method !== 'GET' && { body: '' }) });
      if (answer.status !== 405 || !answer.headers.allow) bad.push(`${method} ${pattern}: ${answer.status}`);
    }
    assert.equal((await client.request(`${path}/`, { pki })).status, path === '/pki' ? 308 : 404, `${path}/`);
  }
  assert.deepEqual(bad, []);
});
