#!/usr/bin/env node
// node cli.mjs sign FILE [--seal] [--out FOLDER]: signs a file from the command line. The QR codes stand in the terminal; the
// platform must be registered with --shows-number, for the number to pick on the phone stands here too.
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import qrcode from 'qrcode-terminal';
import { readRoots } from './certificates.mjs';
import { readConfig } from './config.mjs';
import { DOCUMENT_MOST, checkDocument, downloads, finishDocument, storeDocument } from './document.mjs';
import { Portal } from './portal.mjs';

const usage = 'usage: node cli.mjs sign FILE [--seal] [--out FOLDER]';

class Stop extends Error {}

function readArguments() {
  try {
    const { values, positionals: [verb, file, ...more] } = parseArgs({ allowPositionals: true,
      options: { seal: { type: 'boolean', default: false }, out: { type: 'string' } } });
    if (verb === 'sign' && file && !more.length) return { ...values, file };
  } catch { /* said below */ }
  throw new Stop(usage);
}

function showCode(title, device) {
  console.log(`\n${title}`);
  qrcode.generate(device.verification_uri_complete, { small: true }, (code) => console.log(code));
  console.log(`用手机扫码，或在手机上打开 ${device.verification_uri_complete}`);
}

// Polls as RFC 8628 wants it: slow_down adds five seconds for good.
async function approved(portal, title, device) {
  let interval = device.interval ?? 5;
  let shown;
  showCode(title, device);
  for (;;) {
    await pause(interval * 1000);
    const { tokens, slower, number } = await portal.askDevice(device);
    if (tokens) return tokens;
    if (slower) interval += 5;
    if (number !== undefined && number !== shown) console.log(`已扫码。请在手机上选：${shown = number}`);
  }
}

async function save(document, folder) {
  await mkdir(folder, { recursive: true });
  for (const which of ['cms', 'sm2', 'certificates']) {
    const target = path.join(folder, document.name + downloads[which].suffix);
    await writeFile(target, downloads[which].content(document));
    console.log(target);
  }
}

const words = (checked) => (checked.signature && checked.chain ? '通过' : '没有通过');

async function sign({ file, seal, out = '.' }) {
  const config = await readConfig();
  const roots = await readRoots(config.ca);
  const portal = new Portal(config);
  const { size } = await stat(file);
  if (!size || size > DOCUMENT_MOST) throw new Stop('文件须不为空，且不超过 20 MB。');

  const session = await approved(portal, '第一步：登录，并选定签字用的证书', await portal.beginDevice());
  const credentials = await portal.credentials(session.access_token);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-example-'));
  try {
    const document = await storeDocument(createReadStream(file), { name: file, folder, credentials, seal });
    const tokens = await approved(portal, `第二步：签署 ${document.name}`, await portal.beginDevice(credentials, document));
    finishDocument(document, await portal.signatures(tokens.access_token, credentials, document));
    const checks = await checkDocument(document, roots);
    console.log(`\nCMS（P-256）核验${words(checks.cms)}，SM2 核验${words(checks.sm2)}`);
    await save(document, out);
    if (!Object.values(checks).every((one) => one.signature && one.chain)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await portal.signOut(session.access_token).catch(() => {});
  }
}

try {
  await sign(readArguments());
} catch (error) {
  console.error({ access_denied: '请求被拒绝了，什么都没有签。', expired_token: '请求过期了，什么都没有签。' }[error.error] ??
    (error instanceof Stop ? error.message : `${error.name}: ${error.error_description ?? error.message}`));
  process.exitCode = error instanceof Stop ? 2 : 1;
}
