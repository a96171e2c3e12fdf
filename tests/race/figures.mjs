// Runs a race program; what it counted, and what went wrong in it.
import { spawnSync } from 'node:child_process';

// Answers { races, failed }: the figures of each race in order, and the names of the tests that failed with what they say.
export function race(program, cwd = '.') {
  const { status, stdout, stderr, error } = spawnSync(program, [], { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error) throw error;
  const races = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const failed = [...stderr.matchAll(/^\[ {2}FAILED {2}\] (?!\d+ test)(.*)$/gm)].map(([, name]) => name);
  if (status && !failed.length) throw new Error(`${program} ended with ${status}:\n${stderr.slice(-4000)}`);
  return { races, failed: [...new Set(failed)], said: stderr };
}
