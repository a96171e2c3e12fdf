// Files in a folder of a test's own, and what the openssl command says of them: the judge that knows nothing of our code.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export const DISTID = 'distid:1234567812345678';

// { code, text } of a program: its exit status and all that it wrote.
export function say(program, args) {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 1 << 24 }, (error, stdout, stderr) => resolve({ code: error ? error.code ?? 1 : 0,
      text: stdout + stderr }));
  });
}

export const openssl = (...args) => say('openssl', args);

// A folder that goes with the test.
export async function folderOf(t) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const at = (name) => path.join(folder, name);
  return { at, write: async (name, content) => { await writeFile(at(name), content); return at(name); } };
}
