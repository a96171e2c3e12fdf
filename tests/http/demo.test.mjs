// `make demo`: what a visitor finds, and that nothing of it stays.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../harness/instance.mjs';

const program = fileURLToPath(new URL('../../deploy/demo/demo.mjs', import.meta.url));

// Starts the demo and reads until it has said everything up to its last line before the codes.
async function startDemo() {
  const ports = { PORT: await freePort(), PKI_PORT: await freePort(), PLATFORM_PORT: await freePort() };
  const env = { ...process.env, ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])) };
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let said = '';
  for await (const line of readline.createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    if (line.startsWith('Ctrl-C ends it')) break;
  }
  return { child, ended, said, ports };
}

const page = async (url) => {
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text() };
};

test('OPS-2: the demo says what to click, has org and platform running, and ends without a trace', async (t) => {
  const demo = await startDemo();
  t.after(() => demo.child.kill('SIGKILL'));
  const link = (pattern) => demo.said.match(pattern)[1];
  assert.match(demo.said, /瀚澜恒筑（河北雄安）/);
  assert.match((await page(link(/Open (\S+\/login)/))).text, /登录印信/);
  assert.match((await page(`http://127.0.0.1:${demo.ports.PLATFORM_PORT}/`)).text, /用印信扫码登录/);
  const install = await page(link(/Open (\S+\/install)/));
  assert.match(install.text, /登录印信/, 'who is not signed in signs in first');
  demo.child.kill('SIGINT');
  assert.deepEqual(await demo.ended, [0, null]);
  await assert.rejects(fetch(`http://127.0.0.1:${demo.ports.PORT}/login`));
});
