// Starting, stopping, the sub-path and what an installation refuses to start with; the operator's
// command line; what a site in China shows (OPS-1, OPS-4, OPS-6, OPS-7, OPS-14, OPS-15, OPS-18).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from '../harness/client.mjs';
import { asOptions, change, newDatabase, onPostgres, rows, tamper } from '../harness/database.mjs';
import { startInstance } from '../harness/instance.mjs';
import { legalRep, mobile, orgOf, person, signIn } from '../harness/people.mjs';
import { waitFor } from '../harness/wait.mjs';

let instance;
before(async () => {
  instance = await startInstance({ base: '/yinxin', settings: { 'portal.icp': '京ICP备2026000001号-1', 'portal.police': '京公网安备11010502000001号' } });
});
after(() => instance.stop());

const inData = (name) => path.join(instance.data, name);

// ---- below a path

test('OPS-14: below a path everything works: pages, redirects, static files, cookies, a login through to a certificate', async () => {
  const client = new Client(instance);
  const front = await client.get('/');
  assert.equal(front.location, '/yinxin/login');
  const page = await client.open('/login');
  for (const [, url] of page.text.matchAll(/(?:href|src|action)="([^"#]*)"/g)) {
    if (url.startsWith('/')) assert.ok(url.startsWith('/yinxin/'), url);
  }
  const styles = page.text.match(/href="\/yinxin(\/static\/yinxin\.css\?v=[^"]+)"/)[1];
  assert.equal((await client.get(styles)).status, 200);
  assert.equal((await client.get('/me')).location, '/yinxin/login?next=%2Fme');
  await signIn(client, mobile(), { next: '/me' });
  for (const cookie of client.cookies) assert.equal(cookie.path, '/yinxin', cookie.name);
  const who = await legalRep(instance, { seal: true });
  assert.equal(who.client.cookie('device-secret').path, '/yinxin/keys');
  for (const target of ['/home', '/me', '/certs', `/certs/${who.cert}`, `/orgs/${who.org.id}/seals/${who.seal}`, '/messages', '/me/records']) {
    const { text, status } = await who.client.get(target);
    assert.equal(status, 200, target);
    for (const [, url] of text.matchAll(/(?:href|src|action|hx-get)="(\/[^"#]*)"/g)) assert.ok(url.startsWith('/yinxin/'), `${target}: ${url}`);
  }
});

test('OPS-14: a GET under another name goes to the portal\'s own, path and query kept; health answers under any', async () => {
  const client = new Client(instance);
  const moved = await client.get('/agreements/user?a=1&b=%E4%B8%AD', { headers: { host: 'other.example' } });
  assert.equal(moved.status, 308);
  assert.equal(moved.location, `${instance.url}/agreements/user?a=1&b=%E4%B8%AD`);
  assert.equal((await client.get('/login', { headers: { host: `evil.example:${instance.port}` } })).status, 308);
  const evil = await client.get('/orgs//evil.example/%0d%0aX-Evil:1', { headers: { host: 'other.example' } });
  assert.ok(!evil.headers['x-evil']);
  if (evil.location) assert.ok(evil.location.startsWith(`${instance.url}/`), evil.location);
  for (const target of ['/healthz', '/readyz']) assert.equal((await client.get(target, { headers: { host: 'other.example' } })).status, 200);
});

// ---- what a site in China shows and keeps, and the operator's command line

test('OPS-18: every page shows ICP and police number, and tells a browser in IE mode so', async () => {
  const client = new Client(instance);
  await signIn(client, mobile());
  for (const target of ['/agreements/user', '/home', '/me', '/nothing']) {
    const { text } = await client.get(target);
    assert.match(text, /京ICP备2026000001号-1/, target);
    assert.match(text, /京公网安备11010502000001号/, target);
    assert.match(text, /name="renderer" content="webkit"/, target);
    assert.match(text, /class="yx-ie"/, target);
  }
});

test('OPS-18: yesterday\'s logs are set aside and go when they are older than the days to keep', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-logs-'));
  const at = (name) => path.join(folder, name);
  const days = (count) => new Date(Date.now() - count * 86_400_000);
  await writeFile(at('portal.log'), '{"a":1}\n');
  await writeFile(at('rotated'), '2026-01-01\n');
  for (const age of [179, 182]) {
    await writeFile(at(`portal.log.${age}.gz`), '');
    await utimes(at(`portal.log.${age}.gz`), days(age), days(age));
  }
  await promisify(execFile)('deploy/rotate-logs', [folder, '180']);
  assert.deepEqual((await readdir(folder)).sort(), ['portal.log', 'portal.log.179.gz', 'portal.log.2026-01-01.gz', 'rotated']);
  assert.equal(await readFile(at('portal.log'), 'utf8'), '', 'programs go on writing to the same file');
  await rm(folder, { recursive: true });
});

test('OPS-6: every command has help, exit codes say what happened, JSON is on request', async () => {
  const { stdout } = await instance.ctl('help');
  const commands = [...stdout.matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?) {2,}\S/gm)].map(([, name]) => name);
  for (const needed of ['init', 'doctor', 'outbox', 'person verify', 'org import', 'platform add', 'agreement add', 'cert verify', 'verify-log', 'ca show']) {
    assert.ok(commands.includes(needed), `help lacks ${needed}`);
  }
  for (const command of commands) assert.ok((await instance.ctl('help', ...command.split(' '))).stdout.includes(command.split(' ')[0]), command);
  const code = (...args) => instance.ctl(...args).then(() => 0, (error) => error.code);
  assert.equal(await code('ca', 'show'), 0);
  assert.equal(await code('nothing'), 2);
  assert.equal(await code('person', 'verify'), 2);
  assert.equal(await code('person', 'verify', '--phone', '+8613900000000', '--name', '王芳', '--doc', '110101199001011234'), 1);
  const platform = { name: '平台', redirect: 'https://platform.example/callback', scopes: 'openid' };
  for (const [wrong, told] of [[{ redirect: 'http://platform.example/' }, /redirect_uris: https, or http on this machine/],
    [{ scopes: 'openid everything' }, /scopes: openid, profile/], [{ seals: 'round' }, /takes_seals: official/], [{ name: '名'.repeat(61) }, /name: 1 to 60/]])
    await assert.rejects(instance.ctl('platform', 'add', ...Object.entries({ ...platform, ...wrong }).flatMap(([name, value]) => [`--${name}`, value])),
      ({ code: status, stderr }) => status === 1 && told.test(stderr), JSON.stringify(wrong));
  for (const command of [['ca', 'show'], ['doctor']]) JSON.parse((await instance.ctl(...command, '--json').catch((error) => error)).stdout);
});

// What doctor says of an installation that was only made: of({ subject }) its [{ grade, text }…], and the exit status.
async function examined(t, ...settings) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-doctor-'));
  const store = await newDatabase();
  t.after(() => Promise.all([rm(folder, { recursive: true }), store.drop()]));
  const ctl = (...args) => promisify(execFile)(instance.program('yinxinctl'), ['--data', path.join(folder, 'data'), ...args]);
  await ctl('init', ...asOptions(store.settings), ...settings.flatMap((setting) => ['--set', setting.replace('FOLDER', folder)]));
  return { folder, doctor: async () => {
    const { stdout, code = 0 } = await ctl('doctor', '--json').catch((error) => error);
    return { code, of: (wanted) => JSON.parse(stdout).filter(({ subject }) => subject === wanted) };
  } };
}

test('OPS-6, OPS-17: doctor calls TLS in front of us wrong as long as no proxy is listed', async (t) => {
  const urls = ['portal.public_url=https://portal.example', 'portal.pki_url=http://pki.example'];
  const open = await (await examined(t, ...urls)).doctor();
  assert.equal(open.code, 1);
  assert.ok(open.of('settings').some(({ grade, text }) => grade === 'wrong' && /trusted_proxies/.test(text)));
  const listed = await (await examined(t, ...urls, 'front.trusted_proxies=192.0.2.1')).doctor();
  assert.ok(!listed.of('settings').some(({ grade }) => grade === 'wrong'));
});

test('OPS-6, CERT-17: doctor tells of the issuing CA\'s end from three years before', async (t) => {
  const { folder, doctor } = await examined(t, 'portal.public_url=http://localhost:1', 'portal.pki_url=http://localhost:2', 'test.clock_file=FOLDER/clock');
  const grades = async (days) => {
    await writeFile(path.join(folder, 'clock'), String(days * 86_400_000));
    return (await doctor()).of('certificates').map(({ grade }) => grade);
  };
  assert.deepEqual(await grades(7 * 365 - 10), ['ok', 'ok']);
  assert.deepEqual(await grades(7 * 365 + 10), ['note', 'note']);
});

test('CON-2, CON-3: without an SMS service a code waits for a person in the outbox and nowhere counts as sent', async () => {
  const client = new Client(instance), phone = mobile();
  await client.submit('/login', '/login', { role: 'legal_rep', region: '86', phone, agree: '1', act: 'send' });
  const job = await instance.sms(`+86${phone}`);
  assert.match(job.text, new RegExp(`【印信】.*${job.code}`));
  const { stdout } = await instance.ctl('outbox');
  assert.ok(!stdout.includes(phone), 'masked for who looks over a shoulder');
  assert.equal((await rows(instance, `SELECT count(*) AS n FROM job WHERE id = ${job.id} AND payload_box IS NOT NULL`))[0].n, 1);
});

test('CERT-1: the catalogue offers interconnect certs of 1, 2 and 3 years, for persons and for orgs', async () => {
  const who = await person(instance);
  const org = await orgOf(instance, who);
  for (const base of ['', `/orgs/${org.id}`]) {
    const { text } = await who.client.open(`${base}/certs/new`);
    assert.match(text, /互连证书/);
    for (const years of [1, 2, 3]) assert.match(text, new RegExp(`${years} 年`), `${base} ${years}`);
  }
});

// ---- a second start

test('OPS-1: a second start finds all in place: people, sessions, keys, configuration', async () => {
  const who = await person(instance);
  const files = ['yinxin.conf', 'keys/data/search.key', 'keys/web/web.key', 'keys/api/pairwise.key', 'log.pub'];
  const before = await Promise.all(files.map((file) => readFile(inData(file))));
  await instance.end();
  await instance.start();
  assert.deepEqual(await Promise.all(files.map((file) => readFile(inData(file)))), before);
  assert.equal((await who.client.get('/home')).status, 200, 'still signed in');
  assert.match((await instance.ctl('verify-log')).stdout, /^The log holds: /);
});

test('LOG-3: an entry taken out of or put into the lists by hand is named by verify-log with its row', async () => {
  const who = await legalRep(instance, { seal: true });
  const [{ oplog }] = await rows(instance, `SELECT CAST(oplog AS TEXT) AS oplog FROM oplog_ref WHERE object_kind = 3 AND object = ${who.seal}`);
  const named = async () => JSON.parse(await instance.ctl('verify-log', '--json').then(({ stdout }) => stdout, (error) => error.stdout));
  const entry = `SELECT 3, object, kind, oplog, org FROM oplog_ref WHERE oplog = ${oplog} AND object_kind = 1`;
  await waitFor(async () => (await named()).holds, { what: 'a whole log' });
  await change(instance, `INSERT INTO oplog_ref (object_kind, object, kind, oplog, org) ${entry}`);
  const slipped = await named();
  assert.deepEqual([slipped.holds, slipped.finding, slipped.row], [false, 'bad-ref', oplog]);
  await assert.rejects(instance.ctl('verify-log'), ({ code, stdout }) => code !== 0 && stdout.includes(`row ${oplog}`));
  await tamper(instance, 'oplog_ref', `DELETE FROM oplog_ref WHERE oplog = ${oplog} AND object_kind = 3 AND object <> ${who.seal}`);
  assert.equal((await named()).holds, true);
  await change(instance, `DELETE FROM oplog_ref WHERE oplog = ${oplog} AND object_kind = 3`);
  const lost = await named();
  assert.deepEqual([lost.holds, lost.finding, lost.row], [false, 'bad-ref', oplog]);
  await change(instance, `INSERT INTO oplog_ref (object_kind, object, kind, oplog, org) ${entry.replace('object,', `${who.seal},`)}`);
  assert.equal((await named()).holds, true);
});

// ---- what it does not start with

// Ends the installation, breaks it, sees it refuse, mends it. Answers what was said.
async function refuses(spoil, mend) {
  await instance.end();
  await spoil();
  let said;
  try {
    await assert.rejects(instance.start(), (error) => {
      said = error.message;
      return /ended while starting \((?!0\))/.test(said);
    });
    await instance.end();
  } finally {
    await mend();
  }
  await instance.start();
  return said;
}

test('OPS-15: without its keys a database is not opened, and nothing new is made beside it', async () => {
  const away = `${instance.data}.keys-away`;
  const said = await refuses(() => rename(inData('keys/data'), away), async () => {
    await assert.rejects(readFile(inData('keys/data/search.key')), { code: 'ENOENT' }, 'no new keys hide the loss');
    await rename(away, inData('keys/data'));
  });
  assert.match(said, /keys\/data|search\.key/);
});

test('OPS-15: init beside a database without keys makes nothing either', async () => {
  const away = `${instance.data}.keys-away`;
  await instance.end();
  await rename(inData('keys/data'), away);
  try {
    await assert.rejects(instance.ctl('init'), ({ stderr }) => /bring them back/.test(stderr));
    await assert.rejects(readFile(inData('keys/data/search.key')), { code: 'ENOENT' });
  } finally {
    await rename(away, inData('keys/data'));
  }
  await instance.start();
});

test('OPS-15: init makes no second database beside the keys of an installation', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-second-')), data = path.join(folder, 'data'), conf = path.join(data, 'yinxin.conf');
  const [first, second] = [await newDatabase(), await newDatabase()];
  t.after(() => Promise.all([rm(folder, { recursive: true }), first.drop(), second.drop()]));
  const ctl = (...args) => promisify(execFile)(instance.program('yinxinctl'), ['--data', data, ...args]);
  const urls = ['--set', 'portal.public_url=http://localhost:1', '--set', 'portal.pki_url=http://localhost:2'];
  await ctl('init', ...urls, ...asOptions(first.settings));
  const proven = (await ctl('ca', 'show')).stdout, good = await readFile(conf, 'utf8');
  // another database is named, or its folder is empty
  const [lose, find] = onPostgres ? [() => writeFile(conf, good.replace(`dbname=${first.database}`, `dbname=${second.database}`)), () => writeFile(conf, good)]
    : [() => rename(path.join(data, 'db'), path.join(data, 'away')), async () => {
      await rm(path.join(data, 'db'), { recursive: true });
      await rename(path.join(data, 'away'), path.join(data, 'db'));
    }];
  await lose();
  for (let i = 0; i < 2; i++)
    await assert.rejects(ctl('init'), ({ code, stderr }) => code === 1 && /its database is empty: yinxinctl move carries the data over/.test(stderr));
  await find();
  await ctl('init');
  assert.equal((await ctl('ca', 'show')).stdout, proven, 'the same CA as before');
});

test('OPS-7: a database of a newer version is refused, not used', async () => {
  const said = await refuses(() => change(instance, 'UPDATE schema_version SET version = version + 1'),
    () => change(instance, 'UPDATE schema_version SET version = version - 1'));
  assert.match(said, /made by a newer program/);
});

test('OPS-4: a key that nobody knows is refused and named with its line', async () => {
  const conf = inData('yinxin.conf');
  const before = await readFile(conf, 'utf8');
  const line = before.trimEnd().split('\n').length + 3;
  const said = await refuses(() => appendFile(conf, '\n[limits]\nsms_phone_houre = 7\n'), () => writeFile(conf, before));
  assert.match(said, /sms_phone_houre/);
  assert.match(said, new RegExp(`yinxin\\.conf:(${line - 1}|${line}|${line + 1}):`));
});

test('OPS-4: a value out of its range is refused with what is allowed', async () => {
  const conf = inData('yinxin.conf');
  const before = await readFile(conf, 'utf8');
  const said = await refuses(() => appendFile(conf, '\n[pin]\nkdf_cost = 99\n'), () => writeFile(conf, before));
  assert.match(said, /kdf_cost/);
});
