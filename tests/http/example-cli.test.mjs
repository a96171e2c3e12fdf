// The example platform's command line: both codes stand in a terminal, and so does the number to pick (API-3).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { exampleFolder } from '../harness/example.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { DISTID, folderOf, openssl } from '../harness/openssl.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { approve, scan } from '../harness/scan.mjs';
import { waitFor } from '../harness/wait.mjs';

let instance;
before(async () => { instance = await sharedInstance(); });

// cli.mjs sign in a folder of the test's: what it says so far, and how it ends.
async function startCli(t, { at }, file, flags) {
  const registered = await platform(instance, { flags });
  await instance.ctl('ca', 'export', at('ca'));
  const env = { ...process.env, PLATFORM_ISSUER: instance.url, PLATFORM_CLIENT_ID: registered.client,
    PLATFORM_CLIENT_SECRET: registered.secret, PLATFORM_CA: at('ca') };
  const child = spawn(process.execPath, [path.join(exampleFolder, 'cli.mjs'), 'sign', file, '--out', at('out')], { env });
  const cli = { text: '', ended: new Promise((resolve) => { child.once('close', resolve); }) };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { cli.text += text; });
  t.after(() => child.kill());
  return cli;
}

// Approves the code that the terminal shows for the nth time.
async function approveShown(cli, phone, nth) {
  const said = (pattern, what) => waitFor(() => [...cli.text.matchAll(pattern)][nth]?.[1], { what: `${what} in the terminal`, timeout: 30_000 });
  const page = await scan(phone, await said(/在手机上打开 (\S+)/g, 'a code'));
  assert.match(page.text, /平台的程序显示的是哪个数/);
  const answer = await approve(phone, page, { number: await said(/请在手机上选：(\d\d)/g, 'a number') });
  assert.equal(answer.status, 303, answer.text);
}

test('API-3, API-7: a file is signed from a terminal by two QR codes, each with its number beside it', async (t) => {
  const folder = await folderOf(t);
  const who = await legalRep(instance);
  const file = await folder.write('报价表.csv', '项目,金额\n管廊,100\n');
  const cli = await startCli(t, folder, file, ['--shows-number']);
  await approveShown(cli, who.client, 0);
  await approveShown(cli, who.client, 1);
  assert.equal(await cli.ended, 0, cli.text);
  assert.match(cli.text, /CMS（P-256）核验通过，SM2 核验通过/);

  const out = (suffix) => folder.at(`out/报价表.csv${suffix}`);
  const cms = await openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', out('.p7s'), '-content', file, '-CAfile',
    folder.at('ca/root-p256.pem'), '-purpose', 'any', '-out', '/dev/null');
  assert.equal(cms.code, 0, cms.text);
  await folder.write('pub', (await openssl('x509', '-in', out('.sm2.pem'), '-noout', '-pubkey')).text);
  const sm2 = await openssl('dgst', '-sm3', '-verify', folder.at('pub'), '-sigopt', DISTID, '-signature', out('.sm2.sig'), file);
  assert.equal(sm2.code, 0, sm2.text);
});

test('API-3: a platform that shows no number gets login by device grant, and no signatures', async (t) => {
  const folder = await folderOf(t);
  const who = await legalRep(instance);
  const cli = await startCli(t, folder, await folder.write('a.txt', 'a'), []);
  const link = await waitFor(() => cli.text.match(/在手机上打开 (\S+)/)?.[1], { timeout: 60_000, what: 'a code' });
  const answer = await approve(who.client, await scan(who.client, link));
  assert.equal(answer.status, 303, answer.text);
  assert.equal(await cli.ended, 1);
  assert.doesNotMatch(cli.text, /第二步/);
  await assert.rejects(access(folder.at('out')));
});

test('API-7: a platform that is not told where the root certificates are says so in one line', async () => {
  const env = { ...process.env, PLATFORM_ISSUER: instance.url, PLATFORM_CLIENT_ID: 'a', PLATFORM_CLIENT_SECRET: 'b', PLATFORM_CA: '/nowhere' };
  const child = spawn(process.execPath, ['server.mjs'], { cwd: exampleFolder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  assert.equal(await new Promise((resolve) => { child.once('close', resolve); }), 2);
  assert.match(said, /^example platform: .*\/nowhere\/root-p256\.pem'\n$/);
});
