// The example platform as a process of its own, registered with an installation: { url, client, secret, env, stop() }.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './instance.mjs';
import { platform } from './people.mjs';
import { waitFor } from './wait.mjs';

export const exampleFolder = fileURLToPath(new URL('../../examples/platform/', import.meta.url));

// It says where it listens once it does; whatever else it writes is a failure's report.
export async function startExample(instance, { name = '北辰电子招投标交易平台（示例）' } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const registered = await platform(instance, { name, redirect: `${url}/callback`, flags: ['--shows-number'],
    scopes: 'openid profile service credential' });
  const ca = await mkdtemp(path.join(os.tmpdir(), 'yinxin-ca-'));
  await instance.ctl('ca', 'export', ca);
  const env = { ...process.env, PLATFORM_ISSUER: instance.url, PLATFORM_CLIENT_ID: registered.client,
    PLATFORM_CLIENT_SECRET: registered.secret, PLATFORM_CA: ca, PLATFORM_PORT: String(port), PLATFORM_NAME: name };
  const child = spawn(process.execPath, ['server.mjs'], { cwd: exampleFolder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await waitFor(() => {
    if (child.exitCode !== null) throw new Error(said);
    return said.includes(url);
  }, { what: 'the example platform' });
  return { url, ...registered, env, said: () => said, stop: async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(ca, { recursive: true, force: true });
  } };
}
