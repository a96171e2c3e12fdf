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

// What statements answer, as lines to compare.
export async function text(instance, statements) {
  const file = path.join(instance.data, 'db/yinxin.db');
  const { stdout } = await run('sqlite3', ['-cmd', '.timeout 5000', `file:${file}?mode=ro`, `${statements.join(';')};`], { maxBuffer: 1 << 26 });
  return stdout;
}

// The one value of a query.
export async function value(instance, sql) {
  const [row] = await rows(instance, sql);
  return row && Object.values(row)[0];
}

// A state that no page makes yet, or that takes weeks. Everything else is made as people make it.
export async function change(instance, sql) {
  await run('sqlite3', ['-cmd', '.timeout 5000', path.join(instance.data, 'db/yinxin.db'), sql]);
}
