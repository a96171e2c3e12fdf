// The database file as a test may look at it: read only, beside the running programs.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

// Rows of a query, as objects; ids as text, for they pass 2^53.
export async function rows(instance, sql) {
  const file = path.join(instance.data, 'db/yinxin.db');
  const { stdout } = await run('sqlite3', ['-json', '-cmd', '.timeout 5000', `file:${file}?mode=ro`, sql], { maxBuffer: 1 << 26 });
  return stdout.trim() ? JSON.parse(stdout) : [];
}

// The one value of a query.
export async function value(instance, sql) {
  const [row] = await rows(instance, sql);
  return row && Object.values(row)[0];
}
