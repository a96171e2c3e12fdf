// One round of load by wrk: so many connections for so long at one URL, with one browser's headers.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const UNITS = { us: 1e-3, ms: 1, s: 1e3, m: 6e4 };
const ms = (text) => parseFloat(text) * UNITS[text.match(/[a-z]+$/)[0]];

// Answers { rate (requests/s), p50, p99 (ms), bad }; bad counts answers that are no 2xx or 3xx, and broken connections.
export async function wrk(url, { headers = {}, connections = 64, seconds = 3 } = {}) {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '20s', ...given, url]);
  const errors = stdout.match(/Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/);
  return {
    rate: Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)[1]),
    p50: ms(stdout.match(/^\s+50%\s+(\S+)/m)[1]),
    p99: ms(stdout.match(/^\s+99%\s+(\S+)/m)[1]),
    bad: Number(stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0) +
      (errors ? errors.slice(1).reduce((sum, one) => sum + Number(one), 0) : 0),
  };
}
