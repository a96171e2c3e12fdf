// A complete installation in a temporary folder on free loopback ports, started and ended by deploy/run as a person would.
// Node stands as a trusted proxy before it: X-Forwarded-For is whatever a test says.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { asOptions, newDatabase } from './database.mjs';
import { waitFor } from './wait.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = process.env.BUILD || 'build';
const run = promisify(execFile);

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export const testSettings = {
  'pin.kdf_cost': '10', // honoured on loopback only
  'front.trusted_proxies': '127.0.0.1',
  ...(Number(process.env.SLOW) > 10 && { 'store.busy_ms': '60000' }), // a program under memcheck holds the write lock longer
};

// Always as long, so that no program sees half of a number.
const clockFile = (data) => path.join(path.dirname(data), 'clock');
const clockText = (offset) => String(offset).padEnd(16);

function status(url) {
  return new Promise((resolve, reject) => {
    http.get(url, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}

// What tests see of an installation, also of one that another process started.
export class Instance {
  #offset = 0;

  constructor({ data, port, pkiPort, base, database }) {
    Object.assign(this, { data, port, pkiPort, base, database });
    this.origin = `http://localhost:${port}`;
    this.url = this.origin + base;
    this.pkiUrl = `http://localhost:${pkiPort}`;
    // Moves the clock of all programs, by less than nothing back. For instances of one's own: others share theirs.
    this.clock = { advance: (ms) => this.#advance(ms) };
  }

  describe() {
    const { data, port, pkiPort, base, database } = this;
    return JSON.stringify({ data, port, pkiPort, base, database });
  }

  // In place and by one write: the programs were given this very file, and none may see it empty.
  async #advance(ms) {
    this.#offset += ms;
    const file = await open(clockFile(this.data), 'r+');
    await file.write(clockText(this.#offset), 0);
    await file.close();
  }

  // The operator's command line: { stdout, stderr }, or throws with both and code.
  ctl(...args) {
    return run(path.join(root, build, 'bin/yinxinctl'), ['--data', this.data, ...args], { maxBuffer: 1 << 26 });
  }

  program(name) {
    return path.join(root, build, 'bin', name);
  }

  // What `outbox --json` tells, one object a line: { id, kind, to, code, text, made }.
  async outbox() {
    const { stdout } = await this.ctl('outbox', '--json');
    return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  // The newest code held for a phone (+8613800000000), waited for. after: an id that was seen already.
  async sms(phone, { after = '0' } = {}) {
    return waitFor(async () => {
      const held = (await this.outbox()).filter((job) => job.to === phone && BigInt(job.id) > BigInt(after));
      return held.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1))[0];
    }, { what: `an SMS to ${phone}` });
  }

  // The last lines of every log, for a failure's report.
  async logs(lines = 15) {
    const folder = path.join(this.data, 'log');
    const parts = [];
    for (const name of (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.log'))) {
      const { stdout } = await run('tail', ['-n', String(lines), path.join(folder, name)]);
      if (stdout.trim()) parts.push(`--- ${name}\n${stdout.trim()}`);
    }
    return parts.join('\n');
  }
}

// deploy/run on a data folder: { pid, ready, ended, end(), replace(), letGo() }. ready throws what it said where it ended instead. It
// ends with us, however we end. within: the words before a command that runs it on another machine, which has this address.
export function launch({ data, port, pkiPort, base }, options, { within = [], address = '127.0.0.1' } = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...within, path.join(root, 'deploy/run'), '--quiet', '--data', data,
    '--port', port, '--pki-port', pkiPort, '--build', build, ...options].map(String), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const died = ended.then((code) => { throw new Error(`the installation ended while starting (${code}):\n${said}`); });
  died.catch(() => {});
  return {
    pid: child.pid,
    ended,
    ready: Promise.race([died, waitFor(async () => (await status(`http://${address}:${port}${base}/readyz`)) === 200,
      { timeout: 60_000, what: 'a ready installation' })]),
    end: () => {
      child.ref();
      child.kill('SIGTERM');
      return ended;
    },
    replace: () => child.kill('SIGUSR1'),
    // An installation that nobody stops must not keep its process from ending.
    letGo: () => {
      child.unref();
      child.stderr.unref();
    },
  };
}

// What the sanitizers said (make asan). A program that they end is started again, so nothing else would tell. By grep: after a
// load the logs are larger than a text may be here.
async function refuseFindings({ data }) {
  const { stdout } = await run('grep', ['-arhE', '-m1', '-A60', 'Sanitizer: |runtime error: ', path.join(data, 'log')])
    .catch(({ code, stdout: none, message }) => { if (code === 1) return { stdout: none }; throw new Error(message); });
  if (stdout) throw new Error(`a sanitizer's finding:\n${stdout.slice(0, 4000)}`);
}

// base: "" or "/yinxin". settings: { 'section.key': value } beside the test settings. reach: how PostgreSQL is reached, where not as
// usual. engine: where not the run's own. The result has stop(); also end() and start(), which leave the data folder and go on with it.
export async function startInstance({ base = '', settings = {}, reach, engine } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-'));
  await chmod(folder, 0o755);
  const [port, pkiPort] = [await freePort(), await freePort()];
  const store = await newDatabase(reach, engine);
  const instance = new Instance({ data: path.join(folder, 'data'), port, pkiPort, base, database: store.database });
  await writeFile(clockFile(instance.data), clockText(0), { mode: 0o644 });
  const given = { 'portal.public_url': instance.url, 'portal.pki_url': instance.pkiUrl,
    'test.clock_file': clockFile(instance.data), ...testSettings, ...store.settings, ...settings };
  let running;
  instance.start = async (options = []) => {
    running = launch(instance, options);
    await running.ready;
  };
  instance.end = async () => {
    await running.end();
    await refuseFindings(instance);
  };
  instance.letGo = () => running.letGo();
  instance.replace = () => running.replace();
  instance.stop = async () => {
    try {
      await instance.end();
    } finally {
      await store.drop();
      if (!process.env.KEEP) await rm(folder, { recursive: true, force: true });
    }
  };
  try {
    await instance.start(asOptions(given));
  } catch (error) {
    await instance.stop();
    throw error;
  }
  return instance;
}

// The installation that run.mjs started for all suites; where a suite runs alone, one of its own that ends with the process.
let shared;
export function sharedInstance() {
  shared ??= process.env.YINXIN_INSTANCE
    ? Promise.resolve(new Instance(JSON.parse(process.env.YINXIN_INSTANCE)))
    : startInstance().then((instance) => {
      process.once('beforeExit', () => instance.stop());
      instance.letGo();
      return instance;
    });
  return shared;
}
