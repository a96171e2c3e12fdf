// The stage for benches: an installation with a person who has all that pages show, the bare programs to measure against
// behind the same nginx, and as many records as wanted.
import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ask, credentialsOf } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { value } from '../harness/database.mjs';
import { startInstance } from '../harness/instance.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { waitFor } from '../harness/wait.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const build = process.env.BUILD || 'build';
export const program = (name) => path.join(root, build, 'load', name);

// The headers with which wrk is this browser.
export function headersOf(client) {
  const jar = client.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return { Cookie: jar, 'User-Agent': client.agent };
}

// hello: as many processes as the portal has, behind the same nginx with the same parameters.
async function startHello(instance) {
  const socket = path.join(instance.data, 'run/hello.sock');
  const workers = Math.max(os.cpus().length * 2, 4);
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'spawn-fcgi', '-n', '-s', socket, '-M', '0666', '-b', '1024', '--',
    '/usr/bin/multiwatch', '-f', String(workers), '-r', '1000', '-t', '1000', '--', program('hello')], { stdio: 'ignore' });
  const file = path.join(instance.data, 'run/nginx.conf');
  const conf = await readFile(file, 'utf8');
  const places = `location = ${instance.base}/bench/hello { fastcgi_pass unix:${socket}; }
		location = ${instance.base}/bench/static { default_type text/html; alias ${path.join(root, 'static/build/mark.svg')}; }
		location ${instance.base}/static/ {`;
  await writeFile(file, conf.replace(`location ${instance.base}/static/ {`, places));
  process.kill(Number(await readFile(path.join(instance.data, 'run/nginx.pid'), 'utf8')), 'SIGHUP');
  const client = new Client(instance);
  await waitFor(async () => (await client.get('/bench/hello')).text === 'hello\n', { what: 'hello behind nginx' });
  client.close();
  return child;
}

// With the real clock: reading a test's would cost what no installation pays. Acts follow one another faster than any hand's: past
// the front's own limits, which are not what is measured.
export async function openStage({ settings = {}, engine, open = startInstance } = {}) {
  const instance = await open({ engine, settings: { 'test.clock_file': '', ...settings } });
  const who = await legalRep(instance, { seal: true });
  const asker = await platform(instance);
  const desktop = new Client(instance, { address: '127.0.0.1' });
  who.client.address = '127.0.0.1';
  const credentials = await credentialsOf(desktop, who.client, asker);
  const hello = await startHello(instance);
  return { instance, who, asker, desktop, credentials,
    close: async () => {
      hello.kill('SIGTERM');
      for (const client of [who.client, desktop]) client.close();
      await instance.stop();
    } };
}

// Adds records until there are `rows` more, and waits until the log lane has numbered them all.
export async function addRecords({ instance, who }, rows, accounts = 1000) {
  const account = await value(instance, `SELECT CAST(account AS TEXT) FROM instance WHERE cert = ${who.cert}`);
  await run(program('fill'), ['--data', instance.data, '--rows', rows, '--accounts', accounts, '--account', account, '--org',
    who.org.id, '--cert', who.cert, '--seal', who.seal].map(String));
  await waitFor(async () => (await value(instance, 'SELECT count(*) FROM oplog_new')) === 0,
    { what: 'a numbered log', timeout: 600_000 });
}

// A request that waits for its scan: { id, … } with the path that its page asks every two seconds; mostly nothing is new.
export async function waitingTicket({ desktop, asker }) {
  const asked = await ask(desktop, asker, { scope: 'openid profile' });
  const page = await desktop.get(`/tickets/${asked.id}/wait`);
  return { ...asked, state: page.text.match(/hx-get="([^"]*\/state\?seen=[^"]*)"/)[1] };
}
