// Moving an installation from SQLite to PostgreSQL and back as an operator does it (OPS-9, docs/operation.md).
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { request } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { startInstance } from '../harness/instance.mjs';
import { legalRep, makeSeal, platform, signIn } from '../harness/people.mjs';
import { endServer, folderOf, startServer } from '../harness/postgres_process.mjs';
import { scanAndApprove } from '../harness/scan.mjs';
import { waitFor } from '../harness/wait.mjs';

const run = promisify(execFile);

let instance, server;
before(async () => {
  server = await startPostgres();
  instance = await startInstance({ engine: 'sqlite', settings: { 'limits.sms_resend_s': '0' } });
});
after(async () => {
  await instance?.stop();
  await server?.end();
});

// A server of its own with an empty database: { connection, folder, run(database, sql), end() }. It ends with us, however we end.
async function startPostgres() {
  const child = spawn('tests/harness/postgres', ['sh', '-c', 'echo "$YINXIN_POSTGRES"; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const [line] = await Promise.race([once(child.stdout, 'data'), closed.then(() => { throw new Error('no PostgreSQL'); })]);
  const connection = String(line).trim();
  return { connection, folder: folderOf(connection), run: (database, sql) => asked(connection, database, sql),
    end: () => { child.stdin.end(); return closed; } };
}

// As its superuser: what psql prints.
const asked = async (connection, database, sql) =>
  (await run('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', `${connection} user=postgres dbname=${database}`, '-c', sql])).stdout.trim();

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

// What the next move to this database does at its first row of oplog: it takes no end.
const HANGS_AT_OPLOG = `
  CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1000); RETURN NEW; END $$;
  CREATE FUNCTION when_made() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.oplog') THEN
      CREATE TRIGGER hang BEFORE INSERT ON oplog FOR EACH ROW EXECUTE FUNCTION hang();
    END IF; END $$;
  GRANT CREATE ON SCHEMA public TO yinxin;
  CREATE EVENT TRIGGER when_made ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION when_made();`;

// The server ends while somebody waits in it like this, and starts again.
async function restart(signal, waiting) {
  const some = () => server.run('postgres', `SELECT count(*) FROM pg_stat_activity WHERE usename = 'yinxin' AND ${waiting}`);
  await waitFor(async () => await some() !== '0', { what: 'a move in the middle' });
  await endServer(server.folder, signal);
  startServer(server.folder);
  await waitFor(() => server.run('postgres', 'SELECT 1'), { what: 'the server again' });
}

test('OPS-9: a server that ends in the middle of a move, to it or from it: that is said, and the next move goes on', async () => {
  const who = await legalRep(instance, { seal: true }), asks = await platform(instance);
  const before = await look(who);
  await server.run('postgres', "CREATE DATABASE second OWNER yinxin TEMPLATE template0 ENCODING 'UTF8'");
  await server.run('second', HANGS_AT_OPLOG);
  await writeConf('second.conf', { engine: 'postgres', connection: `${server.connection} dbname=second` });
  await instance.end();
  const move = (to) => instance.ctl('move', '--to', inData(to));
  const isCutOff = (moving) => assert.rejects(moving, ({ code, stderr }) =>
    code === 1 && /the table oplog cannot be copied whole: a database does not answer\. Move again/.test(stderr));

  for (const signal of ['SIGINT', 'SIGQUIT'])
    await Promise.all([isCutOff(move('second.conf')), restart(signal, "wait_event = 'PgSleep'")]);
  assert.equal(await server.run('second', 'SELECT count(*) > 0 FROM account'), 't', 'what was committed is there');
  assert.equal(await server.run('second', 'SELECT count(*) FROM oplog'), '0');
  await server.run('second', 'DROP EVENT TRIGGER when_made; DROP FUNCTION hang CASCADE');
  assert.match((await move('second.conf')).stdout, /^Moved: /m);
  await useConf('second.conf', 'sqlite.conf');
  await setAside('before second');
  await instance.start();
  await works(who, asks, before);
  const second = await look(who);
  await instance.end();

  const lock = spawn('psql', ['-Xq', '-d', `${server.connection} user=postgres dbname=second`, '-c', 'BEGIN', '-c', 'LOCK TABLE oplog', '-c', 'SELECT pg_sleep(1000)']);
  await waitFor(() => server.run('second', "SELECT 1 FROM pg_locks WHERE relation = 'oplog'::regclass AND granted"), { what: 'the lock' });
  await Promise.all([isCutOff(move('sqlite.conf')), restart('SIGINT', "wait_event_type = 'Lock'"), once(lock, 'close')]);
  assert.match((await move('sqlite.conf')).stdout, /^Moved: /m);
  await useConf('sqlite.conf', 'second.conf');
  await instance.start();
  await works(who, asks, second);
});
