// What the checks share: the tree's files, and one line for each finding.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Files that git knows or would take in, matched by the pattern.
export function files(pattern) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return [...new Set(listed.split('\n'))].filter((name) => pattern.test(name)).flatMap((name) => {
    try {
      return [{ name, text: readFileSync(name, 'utf8') }];
    } catch {
      return []; // deleted, not yet committed
    }
  });
}

let found = 0;
export function finding(name, line, what) {
  found++;
  console.log(`${name}:${line}: ${what}`);
}
export const lineOf = (text, at) => text.slice(0, at).split('\n').length;
// every: each match of a pattern is a finding.
export function every({ name, text }, pattern, what) {
  for (const match of text.matchAll(pattern)) finding(name, lineOf(text, match.index), `${what}: ${match[0].slice(0, 80)}`);
}

process.on('exit', (code) => {
  if (found && !code) process.exitCode = 1;
});
