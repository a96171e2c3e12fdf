// A disk filled to the last byte and freed again, under work: the database lies on a small tmpfs meanwhile.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, statfsSync, writeSync, openSync, closeSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '../harness/client.mjs';
import { waitFor } from '../harness/wait.mjs';
import { counts } from '../harness/processes.mjs';
import { workDuring } from './stage.mjs';

const ROOM = 24; // MB beside what is there

// Whether db is a small disk now; says why where none can be had.
function mounted(db, mb) {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mb}m,mode=2770`, 'none', db], { stdio: 'pipe' });
    return true;
  } catch (error) {
    console.log(`disk full: SKIPPED, no small disk can be mounted here: ${String(error.stderr ?? error.message).trim()}`);
    return false;
  }
}

// Down to single bytes: a block is what the file system gives at least.
function fill(db) {
  const file = openSync(path.join(db, 'ballast'), 'w');
  for (let size = 1 << 20; size; size >>= 1) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
  }
  closeSync(file);
}

async function fullAndFreed(stage, db) {
  const reader = new Client(stage.instance);
  const before = { ...stage.tally };
  await workDuring(stage, async () => {
    await waitFor(() => stage.tally.logins > before.logins + 4 && stage.tally.approvals > before.approvals + 4, { what: 'acts on the small disk', timeout: 120_000 });
    fill(db);
    const putOff = stage.tally.putOff;
    await waitFor(() => {
      if (statfsSync(db).bavail) fill(db); // what the journal gave back
      return stage.tally.putOff > putOff + 100;
    }, { what: 'acts put off while the disk is full', timeout: 120_000 });
    const { status } = await reader.get('/login');
    if (status !== 200) stage.finding(`the login page answers ${status} while the disk is full`);
    await rm(path.join(db, 'ballast'));
  });
  reader.close();
}

// check: asked while the database lies there.
export async function disk(stage, check) {
  const db = path.join(stage.instance.data, 'db'), aside = `${db}.aside`;
  if (process.getuid() !== 0) {
    console.log('disk full: SKIPPED, only root can make a small disk');
    return 'skipped';
  }
  await stage.instance.end();
  await rename(db, aside);
  mkdirSync(db);
  const held = Number(execFileSync('du', ['-sm', aside]).toString().split('\t')[0]);
  const small = mounted(db, held + ROOM);
  if (small) {
    cpSync(aside, db, { recursive: true, preserveTimestamps: true });
    execFileSync('chown', ['-R', '--reference', aside, db]);
    execFileSync('chmod', ['660', ...readdirSync(db).map((name) => path.join(db, name))]);
  } else {
    await rm(db, { recursive: true });
    await rename(aside, db);
  }
  await stage.instance.start();
  stage.usual = counts(stage.instance);
  if (!small) return 'skipped';
  let log;
  try {
    await fullAndFreed(stage, db);
    log = await check();
  } finally {
    await stage.instance.end();
    await rm(aside, { recursive: true });
    mkdirSync(aside);
    cpSync(db, aside, { recursive: true, preserveTimestamps: true });
    execFileSync('chown', ['-R', '--reference', db, aside]);
    execFileSync('umount', [db]);
    await rm(db, { recursive: true });
    await rename(aside, db);
    await stage.instance.start();
  }
  return log;
}
