// The PostgreSQL that tests/harness/postgres started in a folder ends, and starts again, while others are connected to it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './wait.mjs';

export const folderOf = (conninfo) => conninfo.match(/host=(\S+)/)[1];
export const processIn = (folder) => Number(readFileSync(path.join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);

function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// signal: SIGINT in order, SIGQUIT at once.
export async function endServer(folder, signal) {
  const pid = await waitFor(() => processIn(folder), { what: 'a running database' });
  process.kill(pid, signal);
  await waitFor(() => !isThere(pid), { what: 'the end of the database', timeout: 60_000 });
}

// It outlives us, and its wrapper ends it.
export const startServer = (folder) => spawn(path.join(folder, 'start'), { stdio: 'ignore' }).unref();
