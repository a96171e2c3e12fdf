// `make demo` (OPS-2): a fresh installation in a temporary folder with a believable org, and the example platform beside it.
// All that can be made without the visitor's browser is made; what needs it is said step by step. Ctrl-C ends all and leaves
// nothing. PORT, PKI_PORT, PLATFORM_PORT; BUILD as in make.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '../../tests/harness/client.mjs';
import { makeSeal, orgOf, platform, residentId, signIn, takeCert } from '../../tests/harness/people.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = process.env.BUILD || 'build';
const ports = { portal: Number(process.env.PORT || 8180), pki: Number(process.env.PKI_PORT || 8182),
  platform: Number(process.env.PLATFORM_PORT || 8190) };
const run = promisify(execFile);

const visitor = { phone: '13800138000', name: '林晓岚', doc: residentId() };
const orgName = '瀚澜恒筑（河北雄安）智慧城市基础设施建设发展集团有限责任公司';
const platformName = '北辰电子招投标交易平台（示例）';

// ---- what was started, ended in the reverse order

const started = [];
function start(program, args, { env, cwd, stdio = ['ignore', 'pipe', 'inherit'] } = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args.map(String)], { env, cwd, stdio, detached: true });
  started.push(child);
  return child;
}

async function stopAll() {
  for (const child of started.reverse()) {
    if (child.exitCode !== null || child.signalCode) continue;
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

// ---- the installation, as the preparing hands see it

class Demo {
  constructor(folder) {
    Object.assign(this, { folder, data: path.join(folder, 'data'), base: '', port: ports.portal, pkiPort: ports.pki });
    this.origin = `http://localhost:${this.port}`;
    this.url = this.origin;
  }

  async start() {
    const settings = ['portal.operator_name=印信演示', 'portal.service_phone=400-000-0000',
      'portal.service_hours=工作日 9:00 至 18:00', 'limits.sms_resend_s=0', 'limits.sms_phone_hour=1000', 'limits.sms_phone_day=1000'];
    const child = start(path.join(root, 'deploy/run'), ['--quiet', '--data', this.data, '--port', this.port, '--pki-port', this.pkiPort,
      '--build', build, ...settings.flatMap((setting) => ['--set', setting])], { stdio: ['ignore', 'ignore', 'inherit'] });
    while (!(await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error('the installation did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  ctl(...args) {
    return run(path.join(root, build, 'bin/yinxinctl'), ['--data', this.data, ...args]);
  }

  // Codes as they are sent: each line to show, once nobody waits for it.
  follow(show) {
    const child = start(path.join(root, build, 'bin/yinxinctl'), ['--data', this.data, 'outbox', '--follow']);
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      if (!this.waiting) return show(line);
      this.waiting({ code: line.match(/\d{6}/)[0] });
      this.waiting = undefined;
    });
  }

  outbox() {
    return [];
  }

  sms() {
    return new Promise((resolve) => { this.waiting = resolve; });
  }
}

// ---- what is there when the visitor comes

async function prepare(demo) {
  await demo.ctl('person', 'verify', '--phone', `+86${visitor.phone}`, '--name', visitor.name, '--doc', visitor.doc);
  visitor.org = await orgOf(demo, visitor, { name: orgName });
  visitor.client = new Client(demo, { agent: 'Yinxin demo' });
  await signIn(visitor.client, visitor.phone);
  visitor.cert = await takeCert(visitor, visitor.org);
  visitor.seal = await makeSeal(visitor, visitor.org);
  await visitor.client.submit('/logout', '/logout');
  visitor.client.close();
}

async function startPlatform(demo) {
  const origin = `http://127.0.0.1:${ports.platform}`;
  const registered = await platform(demo, { name: platformName, redirect: `${origin}/callback`, flags: ['--shows-number'],
    scopes: 'openid profile service credential' });
  const ca = path.join(demo.folder, 'ca');
  await demo.ctl('ca', 'export', ca);
  const env = { ...process.env, PLATFORM_ISSUER: demo.url, PLATFORM_CLIENT_ID: registered.client,
    PLATFORM_CLIENT_SECRET: registered.secret, PLATFORM_CA: ca, PLATFORM_PORT: String(ports.platform), PLATFORM_NAME: platformName };
  const child = start(process.execPath, ['server.mjs'], { env, cwd: path.join(root, 'examples/platform') });
  await Promise.race([once(child.stdout, 'data'), once(child, 'close').then(() => { throw new Error('the platform did not start'); })]);
  return origin;
}

const steps = (demo, platformUrl) => `
Portal    ${demo.url}/      Example platform  ${platformUrl}/
Org       ${orgName}
          with its official seal and a certificate that waits for your browser
You       ${visitor.name}, its legal representative, phone ${visitor.phone}

In one browser, about two minutes:

1  Open ${demo.url}/login
   Type ${visitor.phone}, tick 我已阅读并同意, press 获取验证码. The code appears below. Type it, press 登录.
2  Open ${demo.url}/certs/${visitor.cert}/install
   It leads to 设置证书密码 first: choose a password of 8 characters or more, and keep it in mind.
   Then type the password and press 安装证书. After some seconds: 证书机构已签发.
3  Open ${platformUrl}/
   Press 用印信扫码登录. Beside the QR code press 在本机批准, choose the certificate, tick that you trust the
   platform, type the password, press 批准登录, then 回到…: the platform knows your name.
4  Choose any file, tick 盖公章, press 扫码签署. Approve as before.
   The platform shows both signatures, P-256 and SM2, checked, and hands them out.
5  Open ${demo.url}/me/records: what you did, each with a receipt.

With a second browser as the phone, the way is the real one: do 1 and 2 there, read the QR code with ${demo.url}/scan
(it also takes a picture of the code), and pick the number that the first browser shows.

Ctrl-C ends it and removes everything. Codes appear here:
`;

async function main() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-demo-'));
  await chmod(folder, 0o755);
  let stopping;
  const stop = (code) => {
    stopping ??= (async () => {
      await stopAll();
      await rm(folder, { recursive: true, force: true });
      process.exit(code);
    })();
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0));
  try {
    console.log('Starting a fresh installation …');
    const demo = new Demo(folder);
    await demo.start();
    demo.follow((line) => console.log(line));
    await prepare(demo);
    const platformUrl = await startPlatform(demo);
    console.log(steps(demo, platformUrl));
    for (const child of started) {
      child.once('close', () => {
        if (stopping) return;
        console.error('demo: a part ended by itself');
        stop(1);
      });
    }
  } catch (error) {
    if (!stopping) console.error(`demo: ${error.message}`);
    await stop(1);
  }
}

await main();
