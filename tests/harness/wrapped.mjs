// The programs of a build under a wrapper: BUILD/KIND/bin holds the wrapper under each program's name, and the programs
// themselves in bin/plain. deploy/run and the harness take BUILD/KIND as they take any build.
import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export async function wrapPrograms(build, kind, wrapper) {
  const bin = path.join(build, kind, 'bin');
  await rm(bin, { recursive: true, force: true });
  await mkdir(path.join(bin, 'plain'), { recursive: true });
  for (const name of await readdir(path.join(build, 'bin'))) {
    await copyFile(path.join(build, 'bin', name), path.join(bin, 'plain', name));
    await copyFile(wrapper, path.join(bin, name));
  }
  return path.join(build, kind);
}

export const unitSuites = async (build) => (await readdir(path.join(build, 'tests')))
  .filter((name) => /^unit-\w+$/.test(name)).sort().map((name) => path.join(build, 'tests', name));

// A folder that each of the programs' users may write into.
export async function openFolder(name) {
  const folder = await mkdtemp(path.join(os.tmpdir(), `yinxin-${name}-`));
  await chmod(folder, 0o1777);
  return folder;
}

// { code, text }: what a command ended with and said. Said at once where aloud.
export function runCommand(command, args, { env, aloud } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', aloud ? 'inherit' : 'pipe', aloud ? 'inherit' : 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (piece) => { text += piece; });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, text }));
  });
}
