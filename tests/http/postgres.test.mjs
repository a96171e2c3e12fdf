// What only an installation on PostgreSQL has: a server that may be away, on this machine or on another one (OPS-6, OPS-9, OPS-15, SEC-6).
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { asOptions, change, newDatabase, server, value } from '../harness/database.mjs';
import { startInstance } from '../harness/instance.mjs';
import { person } from '../harness/people.mjs';
import { postgresHost } from '../harness/postgres_host.mjs';
import { waitFor } from '../harness/wait.mjs';

const run = promisify(execFile);

async function folderOf(t) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-postgres-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// ---- init

const urls = { 'portal.public_url': 'http://localhost:1', 'portal.pki_url': 'http://localhost:2' };
const program = path.join(process.env.BUILD || 'build', 'bin/yinxinctl');
const init = (data, settings) => run(program, ['--data', data, 'init', ...asOptions({ ...urls, ...settings })]);
const refused = (promise, pattern) => assert.rejects(promise, ({ code, stderr }) => code === 1 && pattern.test(stderr));

test('OPS-6: a database that cannot be reached, or is not there, is said with its place, and the next init begins anew', async (t) => {
  const data = path.join(await folderOf(t), 'data'), store = await newDatabase();
  t.after(() => store.drop());
  const { 'store.connection': connection } = store.settings;
  await refused(init(data, { ...store.settings, 'store.connection': `${connection} host=/nowhere` }), /cannot be reached: .*\/nowhere/);
  await refused(init(data, { ...store.settings, 'store.connection': `${connection} dbname=nothing` }), /cannot be reached: .*nothing/);
  await refused(init(data, { ...store.settings, 'store.connection': `${connection} password=x` }), /store\.password_file/);
  await refused(init(data, { 'store.engine': 'postgres' }), /needs store\.connection/);
  await assert.rejects(access(path.join(data, 'yinxin.conf')), { code: 'ENOENT' }, 'nothing has to be mended by hand');
  await init(data, store.settings);
  assert.match((await run(program, ['--data', data, 'verify-log'])).stdout, /^The log holds/);
});

test('OPS-15: a database with tables of something else is not taken, nor one of ours without its keys or with others', async (t) => {
  const folder = await folderOf(t), store = await newDatabase();
  t.after(() => store.drop());
  await change(store, 'CREATE TABLE other (id bigint)');
  await refused(init(path.join(folder, 'first'), store.settings), /tables of something else/);
  await change(store, 'DROP TABLE other');
  await init(path.join(folder, 'first'), store.settings);
  const second = path.join(folder, 'second');
  await refused(init(second, store.settings), /there is a database, but its keys are not in keys\/data/);
  assert.deepEqual(await readdir(path.join(second, 'keys')).then((names) => names.filter((name) => name === 'data')), []);
  const other = path.join(folder, 'other');
  await init(other, { 'store.engine': 'sqlite' });
  await rm(path.join(other, 'yinxin.conf'));
  await refused(init(other, store.settings), /the keys in keys\/data are not this database's/);
  await assert.rejects(run(program, ['--data', other, 'doctor']), ({ stderr }) => /the keys in keys\/data are not this database's/.test(stderr));
});

// ---- connecting again

const programs = ['portal', 'keys', 'openapi', 'worker-ca', 'worker-log', 'worker-out', 'worker-tidy'];
const logOf = (instance, name) => readFile(path.join(instance.data, `log/${name}.log`), 'utf8');

// The programs whose logs tell of this.
async function tellOf(instance, event) {
  const logs = await Promise.all(programs.map((name) => logOf(instance, name)));
  return programs.filter((name, i) => logs[i].includes(`"event":"${event}"`));
}

// The server ends every connection of the installation, and counts them.
const cut = async (instance) => Number(await value(instance, `SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`));

// Everybody works on with another connection: pages, keys pool, lanes. Nobody who asks next notices.
async function worksOn(instance, end) {
  const who = await person(instance), before = await value(instance, 'SELECT count(*) FROM tree WHERE level = 0');
  await end();
  for (let i = 0; i < 20; i++) assert.equal((await who.client.get('/home')).status, 200);
  await person(instance);
  await waitFor(async () => await value(instance, 'SELECT count(*) FROM tree WHERE level = 0') > before, { what: 'rows with their numbers' });
  await waitFor(async () => await value(instance, 'SELECT count(*) FROM oplog_new') === 0, { what: 'all of them' });
  assert.deepEqual(await tellOf(instance, 'store-not-connected'), []);
}

test('OPS-9, SEC-6: over its socket a lost connection is made again by programs that have left the network', async (t) => {
  const instance = await startInstance();
  t.after(() => instance.stop());
  await worksOn(instance, async () => assert.ok(await cut(instance) >= 10));
  assert.deepEqual(await tellOf(instance, 'network-kept'), []);
});

// Whether this kernel's Landlock knows ports, and is there at all.
async function shutsPorts(instance) {
  const [major, minor] = os.release().split('.').map(Number);
  return (major > 6 || (major === 6 && minor >= 7)) && !(await tellOf(instance, 'landlock-missing')).length;
}

test('OPS-9, SEC-6: over TLS too, though the end is heard late and the root certificate lies elsewhere; the lanes keep the way to its port alone, or say that they keep the network', async (t) => {
  const host = await postgresHost(await folderOf(t));
  t.after(() => host.close());
  const instance = await startInstance({ reach: host.reach });
  t.after(() => instance.stop());
  const before = host.count();
  assert.ok(before >= 10, `${before} connections`);
  await worksOn(instance, host.cut);
  assert.ok(host.count() >= before + 5, `${host.count() - before} connections were made again`);
  assert.deepEqual(await tellOf(instance, 'network-kept'), await shutsPorts(instance) ? [] : ['worker-ca', 'worker-log', 'worker-tidy']);
  const { stdout } = await instance.ctl('doctor').catch((error) => error);
  assert.match(stdout, /database +postgres [\d.]+ .* at localhost, database /);
});

// Nobody gets into the installation's database, who was in it is out; and back.
const asServer = (sql) => run('psql', ['-Xq', '-d', server('user=postgres'), '-c', sql]);
async function shut(instance) {
  await asServer(`ALTER DATABASE ${instance.database} ALLOW_CONNECTIONS false`);
  await asServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${instance.database}'`);
  return () => asServer(`ALTER DATABASE ${instance.database} ALLOW_CONNECTIONS true`);
}

test('CON-2, OPS-9: who follows the outbox waits for a database that is away, says so once, and shows what comes after', async (t) => {
  const instance = await startInstance();
  t.after(() => instance.stop());
  const follower = spawn('setpriv', ['--pdeathsig', 'TERM', program, '--data', instance.data, 'outbox', '--follow', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => follower.kill());
  let shown = '', told = '';
  follower.stdout.on('data', (text) => { shown += text; });
  follower.stderr.on('data', (text) => { told += text; });
  const shows = async ({ phone }) => waitFor(() => {
    assert.equal(follower.exitCode, null, told);
    return shown.includes(`+86${phone}`);
  }, { what: 'the code' });
  await shows(await person(instance));
  const open = await shut(instance);
  await waitFor(() => /does not answer/.test(told) || follower.exitCode !== null, { what: 'that the database is away' });
  await open();
  await shows(await person(instance));
  assert.equal(told, 'yinxinctl: the database does not answer: codes appear here again once it does\n');
});
