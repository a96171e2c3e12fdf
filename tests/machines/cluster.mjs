// Two installations on one PostgreSQL, as docs/scaling.md sets them up: one is made, the other gets a copy of its configuration
// and keys. An nginx before them sends each request to either; one with the header X-Machine, to the one it names.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { newDatabase } from '../harness/database.mjs';
import { freePort, Instance, launch, testSettings } from '../harness/instance.mjs';
import { kill, processes } from '../harness/processes.mjs';
import { waitFor } from '../harness/wait.mjs';

const run = promisify(execFile);
const NAMES = ['a', 'b'];

function frontConf({ port, pkiPort }, machines) {
  const servers = (which) => machines.map((m) => `server ${m.address}:${m[which]} max_fails=1 fail_timeout=1s;`).join(' ');
  const pools = (which) => [`upstream both_${which} { ${servers(which)} }`,
    ...machines.map((m) => `upstream ${m.name}_${which} { server ${m.address}:${m[which]} max_fails=0; }`)].join('\n  ');
  const server = (listen, which) => `server { listen 127.0.0.1:${listen}; location / { proxy_pass http://\${machine}_${which}; } }`;
  return `daemon off;
worker_processes 1;
${process.getuid() === 0 ? 'user root;' : ''}
pid nginx.pid;
events { worker_connections 2048; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  map $http_x_machine $machine { default both; a a; b b; }
  ${pools('port')}
  ${pools('pkiPort')}
  proxy_connect_timeout 1s;
  proxy_read_timeout 15s;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  add_header X-Answered-By $upstream_addr always;
  ${server(port, 'port')}
  ${server(pkiPort, 'pkiPort')}
}
`;
}

async function openFront(folder, ports, machines) {
  const home = path.join(folder, 'front');
  await mkdir(home);
  await writeFile(path.join(home, 'nginx.conf'), frontConf(ports, machines));
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'nginx', '-p', home, '-e', 'error.log', '-c', 'nginx.conf'],
    { stdio: 'inherit', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  return { stop: async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
  } };
}

// What the second machine is given: configuration, keys and the log's public key; its own address, and on loopback its own ports.
async function copyTo(first, second) {
  await mkdir(second.data);
  await run('cp', ['-a', ...['yinxin.conf', 'keys', 'log.pub'].map((name) => path.join(first.data, name)), second.data]);
  const file = path.join(second.data, 'yinxin.conf');
  const text = (await readFile(file, 'utf8')).replace(/^listen\s*=.*$/m, `listen = ${listens(second)}`)
    .replace(/^port\s*=.*$/m, `port = ${second.port}`).replace(/^pki_port\s*=.*$/m, `pki_port = ${second.pkiPort}`);
  await writeFile(file, text);
  await run('chown', ['--reference', first.data, second.data]);
  await chmod(second.data, 0o750);
}

const listens = ({ address }) => [...new Set(['127.0.0.1', address])].join(' ');

// All that runs of a machine on loopback, by what its command lines name.
function processesOf({ data, running }) {
  const master = (() => {
    try {
      return [Number(readFileSync(path.join(data, 'run/nginx.pid'), 'utf8'))];
    } catch {
      return []; // it ended meanwhile
    }
  })();
  const parts = [true, false].flatMap((keepers) => Object.values(processes({ data }, { keepers })).flat());
  return [running.pid, ...parts, ...master];
}

function machineAt(place, folder, name, ports) {
  const machine = { ...ports, name, address: place.address, data: path.join(folder, name), base: '' };
  const all = () => place.processes?.() ?? processesOf(machine);
  return Object.assign(machine, {
    start: async (options = []) => {
      await place.mend();
      machine.running = launch(machine, options, place);
      await machine.running.ready;
    },
    end: () => machine.running.end(),
    // As when the plug is pulled: nothing is said to anybody.
    vanish: async () => {
      await place.cut();
      await waitFor(() => !all().filter((pid) => kill(pid)).length, { what: `the end of ${name}` });
      await machine.running.ended;
    },
  });
}

// The programs' users read it by their group, which is there once an installation was started as root.
async function passwordFile(folder) {
  const file = path.join(folder, 'database.password');
  await writeFile(file, 'geheim\n', { mode: 0o640 });
  if (process.getuid() === 0) await run('chgrp', ['yinxin', file]);
  return file;
}

// settings as startInstance's. The result is an Instance that is reached through the front, with machines (a and b), services
// (the address of what all reach), stop().
export async function openCluster(network, settings = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-machines-'));
  await chmod(folder, 0o755);
  const ports = { port: await freePort(), pkiPort: await freePort() };
  const machines = [];
  for (const number of NAMES.keys()) machines.push(machineAt(network.machines[number], folder, NAMES[number], { port: await freePort(), pkiPort: await freePort() }));
  const [first, second] = machines, { database } = await newDatabase();
  const cluster = Object.assign(new Instance({ data: first.data, ...ports, base: '' }), { machines, database });
  const given = { 'portal.public_url': cluster.url, 'portal.pki_url': cluster.pkiUrl, 'front.listen': listens(first), ...testSettings,
    'front.trusted_proxies': network.proxies, 'store.engine': 'postgres',
    'store.connection': `host=${network.services} port=${process.env.PGPORT ?? 5432} user=yinxin dbname=${database}`,
    'store.password_file': await passwordFile(folder), ...settings };
  const front = await openFront(folder, ports, machines);
  cluster.stop = async () => {
    for (const machine of machines) await machine.running?.end();
    await front.stop();
    for (const { close } of network.machines) close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await first.start(Object.entries(given).flatMap(([key, value]) => ['--set', `${key}=${value}`]));
    await copyTo(first, second);
    await second.start();
  } catch (error) {
    console.error(await cluster.logs());
    await cluster.stop();
    throw error;
  }
  return cluster;
}
