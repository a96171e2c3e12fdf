// The stage: an installation whose SMS go to a stand-in, people who can approve, and work that goes on whatever happens.
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { credentialsOf } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { rows, value } from '../harness/database.mjs';
import { startInstance } from '../harness/instance.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { approval, login } from './acts.mjs';
import { install } from './install.mjs';
import { counts } from '../harness/processes.mjs';
import { openSms } from './sms.mjs';

const PEOPLE = 4, INSTALLERS = 2, LOGINS_AT_ONCE = 8, MOST_FINDINGS = 20;

// As an operator would store it: for the programs' user alone, who is there once an installation was started as root.
async function keyFile(folder) {
  const file = path.join(folder, 'sms.key');
  await chmod(folder, 0o755);
  await writeFile(file, 'stand-in', { mode: 0o600 });
  if (process.getuid() === 0) {
    const { execFileSync } = await import('node:child_process');
    await chown(file, ...['-u', '-g'].map((which) => Number(execFileSync('id', [which, 'yinxin']))));
  }
  return file;
}

// Their acts follow one another faster than any hand's: past the front's own limits, which are not what is looked at.
async function tireless(instance, options) {
  const who = await legalRep(instance, options);
  who.client.address = '127.0.0.1';
  return who;
}

async function installer(instance) {
  const who = await tireless(instance, { personal: true });
  who.account = await value(instance, `SELECT CAST(account AS TEXT) FROM cert WHERE id = ${who.cert}`);
  return who;
}

async function person(instance, asker) {
  const who = await tireless(instance), desktop = new Client(instance);
  [who.credential] = await credentialsOf(desktop, who.client, asker);
  desktop.close();
  return who;
}

// open: starts the installation; listen: the address at which it finds the SMS service.
export async function openStage({ open = startInstance, listen = '127.0.0.1' } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-sms-')), sms = await openSms(listen);
  const instance = await open({ settings: { 'sms.way': 'http', 'sms.url': sms.url, 'sms.key_file': await keyFile(folder),
    'limits.session_idle_min': '720', 'limits.issue_day_alarm': '1000000', 'store.busy_ms': '2000' } });
  instance.outbox = async () => [];
  instance.sms = (phone) => sms.newest(phone);
  const asker = await platform(instance), people = [], installers = [];
  for (let i = 0; i < PEOPLE; i++) people.push(await person(instance, asker));
  for (let i = 0; i < INSTALLERS; i++) installers.push(await installer(instance));
  let phones = 0;
  const stage = { instance, sms, asker, people, installers, findings: [], logins: [], approvals: [], installs: [], knownPhones: [],
    tally: { logins: 0, approvals: 0, installs: 0, lost: 0, putOff: 0, cut: 0, kills: 0 },
    usual: counts(instance), setUp: (await rows(instance, 'SELECT CAST(id AS TEXT) AS id FROM account')).map(({ id }) => id),
    nextPhone: () => stage.knownPhones.shift() ?? `138${String(phones++).padStart(8, '0')}`,
    finding: (what) => { if (stage.findings.length < MOST_FINDINGS) stage.findings.push(what); },
    close: async () => {
      for (const who of [...people, ...installers]) who.client.close();
      sms.close();
      await instance.stop();
      await rm(folder, { recursive: true });
    } };
  return stage;
}

async function oneLogin(stage) {
  const done = await login(stage);
  stage.tally.logins++;
  if (done === 'lost') stage.tally.lost++;
  else stage.logins.push(done);
}

async function oneApproval(stage, who) {
  const done = await approval(stage, who, stage.tally.approvals);
  stage.tally.approvals++;
  if (done.lost) {
    stage.tally.lost++;
    return;
  }
  const acknowledged = { ticket: done.ticket };
  stage.approvals.push(acknowledged);
  acknowledged.token = await done.fetch();
}

async function oneInstall(stage, who) {
  const cert = await install(stage, who);
  stage.tally.installs++;
  stage.installs.push(cert);
}

// Acts side by side as long as more(kind) says so; after(): called after each. What fails is a finding, and the others go on.
export async function work(stage, more, after = () => {}) {
  const line = async (kind, one) => {
    while (more(kind) && stage.findings.length < MOST_FINDINGS) {
      await one().catch((error) => stage.finding(`${error.message}${error.cause ? ` (${error.cause.message})` : ''}`));
      after(kind);
    }
  };
  await Promise.all([...Array.from({ length: LOGINS_AT_ONCE }, () => line('login', () => oneLogin(stage))),
    ...stage.people.map((who) => line('approval', () => oneApproval(stage, who))),
    ...stage.installers.map((who) => line('install', () => oneInstall(stage, who)))]);
}

// Acts as long as a fault lasts, and some of each after it.
export async function workDuring(stage, fault, least = 10) {
  const left = { login: least, approval: least, install: Math.ceil(least / 5) };
  let over = false;
  const working = work(stage, (kind) => !over || left[kind]-- > 0);
  try {
    return await fault();
  } finally {
    over = true;
    await working;
  }
}
