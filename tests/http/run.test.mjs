// deploy/run as a person starts and ends it: what it prints, and that Ctrl-C leaves nothing behind (OPS-1).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '../harness/client.mjs';
import { asOptions, newDatabase } from '../harness/database.mjs';
import { freePort } from '../harness/instance.mjs';
import { mobile } from '../harness/people.mjs';
import { waitFor } from '../harness/wait.mjs';

const program = fileURLToPath(new URL('../../deploy/run', import.meta.url));
const build = process.env.BUILD || 'build';
const nobody = { uid: 65534, gid: 65534 };

// pid → what tells this process from a later one with its number, and its parent.
function processes() {
  const all = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      if (fields[0] !== 'Z') all.set(Number(pid), { parent: Number(fields[1]), began: fields[19] });
    } catch {
      // it ended meanwhile
    }
  }
  return all;
}

// The process and all that came of it: [pid, began].
function family(pid) {
  const all = processes(), found = [pid];
  for (const one of found) for (const [child, { parent }] of all) if (parent === one) found.push(child);
  return found.map((one) => [one, all.get(one)?.began]);
}

function command(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}

// In a process group of its own, as a terminal does it, with PIPE ignored, as some callers have it.
class Run {
  constructor({ folder, store }, ports, user) {
    Object.assign(this, { base: '', port: ports[0], pkiPort: ports[1], origin: `http://localhost:${ports[0]}`, said: '', refused: '' });
    const command = ['-c', 'trap "" PIPE; exec "$@"', 'bash', program, '--data', path.join(folder, 'data'), '--port', ports[0], '--pki-port', ports[1],
      '--build', build, ...asOptions({ 'limits.sms_resend_s': '0', ...store.settings })];
    this.child = spawn('setpriv', ['--pdeathsig', 'TERM', 'bash', ...command].map(String), { ...user, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.refused += text; });
    this.child.stdout.setEncoding('utf8').on('data', (text) => { this.said += text; });
    this.ended = once(this.child, 'close');
  }

  ready() {
    return waitFor(() => {
      if (this.child.exitCode !== null) throw new Error(this.said + this.refused);
      return /codes appear here/.test(this.said);
    }, { timeout: 60_000, what: 'a ready installation' });
  }

  // Asks for a code at the login page, and waits until it was printed.
  async code() {
    const before = this.said.length;
    await new Client(this).submit('/login', '/login', { role: 'legal_rep', region: '86', phone: mobile(), agree: '1', act: 'send' });
    return waitFor(() => this.said.slice(before).match(/\d\d:\d\d:\d\d .*?(\d{6})/)?.[1], { what: 'the code' });
  }

  // Ctrl-C. A second is what it takes; a timer that is slept over takes 30.
  async interrupt() {
    process.kill(-this.child.pid, 'SIGINT');
    await waitFor(() => this.child.exitCode !== null || this.child.signalCode, { what: 'the end' });
    await this.ended;
  }
}

async function place(t, user) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-run-'));
  const store = await newDatabase();
  t.after(() => Promise.all([rm(folder, { recursive: true, force: true }), store.drop()]));
  chmodSync(folder, 0o755);
  if (user) chownSync(folder, user.uid, user.gid);
  return { folder, store };
}

async function startsAndEnds(t, user) {
  const home = await place(t, user), run = new Run(home, [await freePort(), await freePort()], user);
  t.after(() => run.child.kill('SIGKILL'));
  await run.ready();
  const members = family(run.child.pid);
  assert.ok(members.length > 15, `${members.length} processes`);
  await run.interrupt();
  assert.equal(run.child.exitCode, 0);
  const left = processes();
  assert.deepEqual(members.filter(([pid, began]) => left.get(pid)?.began === began), []);
  for (const lane of ['ca', 'log', 'out', 'tidy']) { // by itself, between two units, and not killed in the middle of one
    const last = readFileSync(path.join(home.folder, `data/log/worker-${lane}.log`), 'utf8').trim().split('\n').at(-1);
    assert.equal(JSON.parse(last).event, 'ended', `${lane}: ${last}`);
  }
}

test('OPS-1: Ctrl-C ends all of it, each lane between two units, and no process survives', (t) => startsAndEnds(t));

test('OPS-1: the same for who is not root', async (t) => {
  if (process.getuid() !== 0) return t.skip('the tests are not run as root, so the test before this one has shown it');
  try {
    execFileSync('test', ['-x', program], nobody);
  } catch {
    return t.skip('the user nobody cannot reach this checkout');
  }
  return startsAndEnds(t, nobody);
});

test('OPS-1, CON-2: every address that is printed answers, and a second start prints no code of the first', async (t) => {
  const home = await place(t), ports = [await freePort(), await freePort()];
  const first = new Run(home, ports);
  t.after(() => first.child.kill('SIGKILL'));
  await first.ready();
  const addresses = first.said.match(/http:\S+/g);
  assert.equal(addresses.length, 2);
  for (const url of addresses) assert.equal((await fetch(url)).status, 200, url);
  const old = await first.code();
  await first.interrupt();
  const second = new Run(home, ports);
  t.after(() => second.child.kill('SIGKILL'));
  await second.ready();
  await second.code();
  assert.ok(!second.said.includes(old), second.said);
  await second.interrupt();
});

// On a connection of its own: nginx closes old ones when it begins anew.
const answers = async (run) => assert.equal((await fetch(`${run.origin}/readyz`, { headers: { connection: 'close' } })).status, 200);

test('OPS-4, OPS-5: with a configuration that no program takes nothing is replaced, and who is asked answers as before', async (t) => {
  const home = await place(t), conf = path.join(home.folder, 'data/yinxin.conf'), run = new Run(home, [await freePort(), await freePort()]);
  t.after(() => run.child.kill('SIGKILL'));
  await run.ready();
  await run.code(); // all that reads the configuration has read it
  const good = readFileSync(conf), programs = family(run.child.pid).filter(([pid]) => /\/bin\/(plain\/)?(portal|openapi|worker)\0/.test(command(pid)));
  assert.ok(programs.length > 12, `${programs.length} programs`);
  appendFileSync(conf, 'keep_dayz = 18\n');
  run.child.kill('SIGUSR1');
  await waitFor(() => /nothing was replaced/.test(run.refused), { what: 'the refusal' });
  assert.match(run.refused, /yinxin\.conf:\d+: \[test\] has no key "keep_dayz"/);
  await answers(run);
  const left = processes();
  assert.deepEqual(programs.filter(([pid, began]) => left.get(pid)?.began !== began), [], 'the same processes as before');
  writeFileSync(conf, good);
  run.child.kill('SIGUSR1');
  await waitFor(() => /All programs were replaced/.test(run.said), { what: 'the replacement' });
  await answers(run);
  await run.interrupt();
});

test('OPS-4: a configuration that was put in place by root alone is said with what mends it', async (t) => {
  if (process.getuid() !== 0) return t.skip('the programs are who starts them');
  const home = await place(t), conf = path.join(home.folder, 'data/yinxin.conf'), ports = [await freePort(), await freePort()];
  const first = new Run(home, ports);
  t.after(() => first.child.kill('SIGKILL'));
  await first.ready();
  await first.interrupt();
  chownSync(conf, 0, 0);
  const second = new Run(home, ports);
  await second.ended;
  assert.equal(second.child.exitCode, 1);
  assert.equal(second.refused, `run: the user yinxin can't read ${conf}: chgrp yinxin ${conf}, chmod 640 ${conf}\n`);
});
