// A full disk under the database alone: its own small one, a folder of SQLite's or a tablespace of PostgreSQL's.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { onPostgres, server } from './database.mjs';

const run = promisify(execFile);
const mount = (folder, options) => run('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]).then(() => true, () => false);
const psql = (...statements) => run('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-d', server('user=postgres dbname=postgres'), ...statements.flatMap((sql) => ['-c', sql])]);

// Where the database goes to, and how it comes back.
async function moveFolder(instance) {
  const folder = path.join(instance.data, 'db'), aside = `${folder}.aside`;
  await rename(folder, aside);
  await mkdir(folder);
  const back = async () => {
    await rm(folder, { recursive: true });
    await rename(aside, folder);
  };
  if (!await mount(folder, 'size=16m,mode=2770')) return back();
  await cp(aside, folder, { recursive: true, preserveTimestamps: true });
  await run('chown', ['-R', '--reference', aside, folder]);
  await run('chmod', ['660', ...(await readdir(folder)).map((name) => path.join(folder, name))]);
  return { folder, back: async () => {
    await run('umount', [folder]);
    await back();
  } };
}

async function moveTablespace(instance) {
  const folder = path.join(path.dirname(instance.data), 'disk'), name = `small_${instance.database}`;
  await mkdir(folder);
  if (!await mount(folder, 'size=32m,mode=700,uid=65534,gid=65534')) return undefined; // of nobody, as whom the server runs beside root
  await psql(`CREATE TABLESPACE ${name} LOCATION '${folder}'`, `ALTER DATABASE ${instance.database} SET TABLESPACE ${name}`);
  return { folder, back: async () => {
    await psql(`ALTER DATABASE ${instance.database} SET TABLESPACE pg_default`, `DROP TABLESPACE ${name}`);
    await run('umount', [folder]);
  } };
}

// The ended installation's database goes to a disk of its own: { fill(), empty(), back() }, or nothing where none can be mounted.
export async function onSmallDisk(instance) {
  const moved = await (onPostgres ? moveTablespace : moveFolder)(instance);
  if (!moved) return undefined;
  const { folder, back } = moved, ballast = path.join(folder, 'ballast');
  return { back,
    fill: async () => {
      const { bavail, bsize } = await statfs(folder);
      const { code } = await writeFile(ballast, Buffer.alloc(bavail * bsize + 65536)).catch((error) => error);
      if (code !== 'ENOSPC') throw new Error('the disk is not full');
    },
    empty: () => rm(ballast) };
}
