// The database as a test may look at it beside the running programs, on either engine: a file of SQLite's, or a database of the
// PostgreSQL that tests/harness/postgres started (YINXIN_POSTGRES), seen by its superuser.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const most = { maxBuffer: 1 << 26 };

export const onPostgres = Boolean(process.env.YINXIN_POSTGRES);
export const server = (rest) => `${process.env.YINXIN_POSTGRES} ${rest}`;

// ---- PostgreSQL: databases for installations

let made = 0;

// For one installation: { settings, database, drop() }. settings are those that take the installation there; without PostgreSQL there
// are none. reach: another way to the server, as libpq reads it.
export async function newDatabase(reach = '', engine = onPostgres ? 'postgres' : 'sqlite') {
  if (engine === 'sqlite') return { settings: {}, drop: async () => {} };
  const database = `test_${process.pid}_${++made}`;
  await run('psql', ['-Xq', '-d', server('user=postgres'), '-c', `CREATE DATABASE ${database} OWNER yinxin TEMPLATE template0
    LOCALE_PROVIDER icu ICU_LOCALE 'zh' ENCODING 'UTF8'`]);
  return { database, settings: { 'store.engine': 'postgres', 'store.connection': server(`dbname=${database} ${reach}`.trim()) },
    drop: () => run('psql', ['-Xq', '-d', server('user=postgres'), '-c', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]) };
}

// What yinxinctl init and deploy/run take: { 'section.key': value }.
export const asOptions = (settings) => Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

// ---- asking

// Of an installation, for a run may have some on each engine.
const onServer = (instance) => Boolean(instance.database);

// Behind the program's back nothing is checked: neither foreign keys nor what a trigger refuses.
const psql = (instance, args) => ['-Xq', '-v', 'ON_ERROR_STOP=1', '-d', server(`user=postgres dbname=${instance.database}`), ...args];
const sqlite = (instance, args) => ['-cmd', '.timeout 5000', path.join(instance.data, 'db/yinxin.db'), ...args];

async function said(instance, sql, more = []) {
  const { stdout } = onServer(instance) ? await run('psql', psql(instance, ['-At', ...more, '-c', sql]), most)
    : await run('sqlite3', [...more, ...sqlite(instance, [sql])], most);
  return stdout;
}

// Rows of a query, as objects; ids as text, for they pass 2^53. A truth is 1 or 0.
export async function rows(instance, sql) {
  if (!onServer(instance)) {
    const stdout = await said(instance, sql, ['-json', '-readonly']);
    return stdout.trim() ? JSON.parse(stdout) : [];
  }
  return JSON.parse(await said(instance, `SELECT coalesce(json_agg(one), '[]') FROM (${sql}) AS one`),
    (name, value) => (typeof value === 'boolean' ? Number(value) : value));
}

// The one value of a query.
export async function value(instance, sql) {
  const [row] = await rows(instance, sql);
  return row && Object.values(row)[0];
}

// A state that no page makes yet, or that takes weeks. Everything else is made as people make it.
export async function change(instance, sql) {
  await said(instance, onServer(instance) ? `SET session_replication_role = replica; ${sql}` : sql);
}

// The same in a table that takes no such change from the programs.
export async function tamper(instance, table, sql) {
  const triggers = onServer(instance) ? [] : await rows(instance, `SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '${table}'`);
  await change(instance, [...triggers.map(({ name }) => `DROP TRIGGER ${name}`), sql].join(';'));
}

// The database's tables: name → columns.
export async function tables(instance) {
  const columns = await rows(instance, onServer(instance)
    ? `SELECT table_name AS name, column_name AS part FROM information_schema.columns WHERE table_schema = 'public'
      ORDER BY table_name, ordinal_position`
    : `SELECT t.name AS name, c.name AS part FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY t.name, c.cid`);
  return columns.reduce((map, { name, part }) => map.set(name, [...(map.get(name) ?? []), part]), new Map());
}

// What stands in these columns, as lines to compare: [{ table, columns, where }…].
export async function text(instance, parts) {
  const quote = onServer(instance) ? 'quote_nullable' : 'quote';
  const queries = parts.map(({ table, columns, where }) => `SELECT '${table}', ${columns.map((column) => `${quote}(${column})`).join(', ')}
    FROM ${table} WHERE ${where} ORDER BY 2`);
  return said(instance, queries.join(';'));
}

// Whether these bytes stand anywhere in the database.
export async function holds(instance, bytes) {
  if (!onServer(instance)) {
    const files = await Promise.all(['', '-wal'].map((end) => readFile(path.join(instance.data, `db/yinxin.db${end}`))));
    return files.some((file) => file.includes(bytes));
  }
  const all = [...await tables(instance)].map(([table, columns]) => ({ table, columns, where: 'true' }));
  const found = await text(instance, all);
  return [bytes.toString(), bytes.toString('hex')].some((part) => found.includes(part));
}

// ---- being in the way

// Keeps every other writer waiting, as another program might: { release() }.
export async function lockDatabase(instance) {
  const [program, begin] = onServer(instance)
    ? [['psql', psql(instance, ['-At'])], `BEGIN; LOCK TABLE ${[...(await tables(instance)).keys()].join(', ')} IN SHARE MODE;`]
    : [['sqlite3', sqlite(instance, [])], 'BEGIN IMMEDIATE;'];
  const child = spawn(...program, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(`${begin}\nSELECT 'locked';\n`);
  await once(child.stdout, 'data');
  return { release: async () => {
    child.stdin.end('ROLLBACK;\n');
    await once(child, 'close');
  } };
}
