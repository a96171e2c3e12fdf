// The processes of one installation, and ways to be rid of them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './wait.mjs';

export const LANES = ['ca', 'log', 'out', 'tidy'];
export const KINDS = ['portal', 'keys', 'openapi', ...LANES];

const words = (file) => readFileSync(file, 'utf8').split('\0');

// { kind: [pid] } of the programs themselves, oldest number first; keepers: of what starts them again.
export function processes({ data }, { keepers = false } = {}) {
  const conf = path.join(data, 'yinxin.conf'), found = Object.fromEntries(KINDS.map((kind) => [kind, []]));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b)) {
    try {
      const all = words(`/proc/${pid}/cmdline`), name = path.basename(all[0]);
      if (!all.includes(conf) || keepers !== (name === 'multiwatch')) continue;
      if (!keepers && !['portal', 'openapi', 'worker'].includes(name)) continue;
      const lane = all[all.indexOf('--lane') + 1];
      found[all.includes('--lane') ? lane : all.includes('keys') ? 'keys' : all.some((one) => /\/openapi$/.test(one)) ? 'openapi' : 'portal'].push(pid);
    } catch {
      // it ended meanwhile
    }
  }
  return found;
}

export const counts = (instance) => Object.fromEntries(Object.entries(processes(instance)).map(([kind, pids]) => [kind, pids.length]));

// Whether it was there to be killed.
export function kill(pid, signal = 'SIGKILL') {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

// As many of each as there were.
export const whole = (instance, wanted) => waitFor(() => {
  const now = counts(instance);
  return KINDS.every((kind) => now[kind] === wanted[kind]);
}, { what: `all programs again (${JSON.stringify(wanted)})`, timeout: 60_000 });

export function nginxWorkers({ data }) {
  const master = Number(readFileSync(path.join(data, 'run/nginx.pid'), 'utf8'));
  const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return { master, children };
}
