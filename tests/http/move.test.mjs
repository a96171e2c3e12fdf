// Moving an installation from SQLite to PostgreSQL and back as an operator does it (OPS-9, docs/operation.md).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { request } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { startInstance } from '../harness/instance.mjs';
import { legalRep, makeSeal, platform, signIn } from '../harness/people.mjs';
import { scanAndApprove } from '../harness/scan.mjs';

let instance, server;
before(async () => {
  server = await startPostgres();
  instance = await startInstance({ settings: { 'store.engine': 'sqlite', 'limits.sms_resend_s': '0' } });
});
after(async () => {
  await instance?.stop();
  await server?.end();
});

// A server of its own with an empty database: { connection, end() }. It ends with us, however we end.
async function startPostgres() {
  const child = spawn('tests/harness/postgres', ['sh', '-c', 'echo "$YINXIN_POSTGRES"; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const [line] = await Promise.race([once(child.stdout, 'data'), closed.then(() => { throw new Error('no PostgreSQL'); })]);
  return { connection: String(line).trim(), end: () => { child.stdin.end(); return closed; } };
}

const inData = (name) => path.join(instance.data, name);
const sum = async (file) => createHash('sha256').update(await readFile(file)).digest('hex');

// A copy of yinxin.conf with these lines of [store]. In place of another, so that owner and mode are the configuration's.
async function writeConf(name, store) {
  let text = await readFile(inData('yinxin.conf'), 'utf8');
  for (const [key, value] of Object.entries(store)) text = text.replace(new RegExp(`^#?${key} =.*$`, 'm'), `${key} = ${value}`);
  const { uid, gid } = await stat(inData('yinxin.conf'));
  await writeFile(inData(name), text, { mode: 0o640 });
  await chown(inData(name), uid, gid);
}

// The configuration that was in use is kept under a name; another one takes its place.
async function useConf(name, former) {
  await rename(inData('yinxin.conf'), inData(former));
  await rename(inData(name), inData('yinxin.conf'));
}

// db and blob are set aside, and new ones made for the same owner.
async function setAside(folder) {
  await mkdir(inData(folder));
  for (const part of ['db', 'blob']) {
    const { uid, gid, mode } = await stat(inData(part));
    await rename(inData(part), inData(`${folder}/${part}`));
    await mkdir(inData(part));
    await chown(inData(part), uid, gid);
    await chmod(inData(part), mode & 0o7777);
  }
}

const files = async () => (await readdir(inData('blob'), { recursive: true })).filter((name) => name.endsWith('.blob')).sort();
const records = (text) => [...text.matchAll(/href="\/records\/(\d+)"/g)].map(([, id]) => id);

// What a person sees of what is theirs.
async function look(who, client = who.client) {
  const get = async (target) => {
    const page = await client.get(target);
    assert.equal(page.status, 200, target);
    return page.text;
  };
  return { records: records(await get('/me/records')), seals: (await get(`/orgs/${who.org.id}/seals`)).match(/\/seals\/\d+/g),
    picture: await get(`/orgs/${who.org.id}/seals/${who.seal}/picture.svg`), cert: /已签发|使用中|有效/.test(await get(`/certs/${who.cert}`)) };
}

// Everything that an installation is for, on the database that it has now.
async function works(who, asks, before) {
  assert.match((await instance.ctl('verify-log')).stdout, /The log holds/);
  assert.deepEqual(await look(who), before, 'who was signed in still is, and sees the same');
  const again = new Client(instance);
  await signIn(again, who.phone);
  const now = await look(who, again);
  assert.deepEqual({ ...now, records: now.records.slice(-before.records.length) }, before);
  assert.ok(now.records.length > before.records.length, 'the sign-in stands in the records');
  await scanAndApprove(new Client(instance), who.client, instance.url + request(asks).path);
  await makeSeal(who, who.org);
  assert.equal((await instance.ctl('doctor', '--json').catch((error) => error)).code, undefined);
}

test('OPS-9: moved to PostgreSQL and back, an installation is the same: people, keys, seals, records and the log', async () => {
  const who = await legalRep(instance, { seal: true }), asks = await platform(instance);
  await scanAndApprove(new Client(instance), who.client, instance.url + request(asks).path);
  await writeConf('postgres.conf', { engine: 'postgres', connection: server.connection });
  const move = (to) => instance.ctl('move', '--to', inData(to));

  await assert.rejects(move('postgres.conf'), ({ code, stderr }) => code === 1 && /programs have the database open/.test(stderr));
  const first = await look(who);
  await instance.end();
  const was = await Promise.all([sum(inData('db/yinxin.db')), files()]);
  const { stdout } = await move('postgres.conf');
  assert.match(stdout, /^account +1  [0-9a-f]{16}  the same$/m);
  assert.match(stdout, /^files +2  [0-9a-f]{16}  the same$/m);
  assert.match(stdout, /^Moved: \d+ rows and 2 files/m);
  assert.doesNotMatch(stdout, /DIFFERS/);
  assert.deepEqual(await Promise.all([sum(inData('db/yinxin.db')), files()]), was, 'the source is as it was');
  await assert.rejects(move('postgres.conf'), ({ code, stderr }) => code === 1 && /whole database already/.test(stderr));

  await useConf('postgres.conf', 'sqlite.conf');
  await setAside('before');
  await instance.start();
  await works(who, asks, first);
  assert.deepEqual(await files(), [], 'files lie in the database');
  const second = await look(who);
  await instance.end();

  assert.match((await move('sqlite.conf')).stdout, /^files +4 .* the same$/m);
  await useConf('sqlite.conf', 'postgres.conf');
  await instance.start();
  await works(who, asks, second);
});
