// Where the two machines are: each in a network namespace of its own (MACHINES=namespaces), or both on loopback.
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';
import { waitFor } from '../harness/wait.mjs';

const run = promisify(execFile);
const ip = (...words) => run('ip', words);
const SERVICES = '10.213.0.1'; // of the database and the SMS service, reached from everywhere

const namespaceOf = (pid) => readlinkSync(`/proc/${pid}/ns/net`);

function processesIn(namespace) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return namespaceOf(pid) === namespace;
    } catch {
      return false; // it ended meanwhile
    }
  });
}

// A process that does nothing holds the namespace.
async function openNamespace(number) {
  const holder = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--net', '--', 'sleep', 'infinity'], { stdio: 'ignore' });
  const ours = namespaceOf(process.pid);
  await waitFor(() => namespaceOf(holder.pid) !== ours, { what: 'a network namespace' });
  const within = ['nsenter', `--net=/proc/${holder.pid}/ns/net`, '--'];
  const inside = (...words) => run(within[0], [...within.slice(1), 'ip', ...words]);
  const net = `10.213.${number}`;
  await ip('link', 'add', `machine${number}`, 'type', 'veth', 'peer', 'name', 'out', 'netns', String(holder.pid));
  await ip('address', 'add', `${net}.1/24`, 'dev', `machine${number}`);
  await ip('link', 'set', `machine${number}`, 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('address', 'add', `${net}.2/24`, 'dev', 'out');
  const mend = async () => {
    await inside('link', 'set', 'out', 'up');
    await inside('route', 'replace', 'default', 'via', `${net}.1`);
  };
  await mend();
  return { address: `${net}.2`, within, gateway: `${net}.1`,
    cut: () => inside('link', 'set', 'out', 'down'), mend,
    processes: () => processesIn(namespaceOf(holder.pid)).filter((pid) => pid !== holder.pid),
    close: () => holder.kill('SIGKILL') };
}

// { services, proxies, machines: [{ address, within, cut(), mend(), processes(), close() }] }; within: the words before a command
// that runs it there. processes() is null on loopback: a data folder tells whose they are.
export async function openNetwork() {
  if (process.env.MACHINES !== 'namespaces') {
    const nothing = async () => {};
    return { services: '127.0.0.1', proxies: '127.0.0.1',
      machines: [1, 2].map(() => ({ address: '127.0.0.1', within: [], cut: nothing, mend: nothing, processes: null, close: () => {} })) };
  }
  await ip('address', 'add', `${SERVICES}/32`, 'dev', 'lo');
  const machines = [await openNamespace(1), await openNamespace(2)];
  return { services: SERVICES, proxies: ['127.0.0.1', ...machines.map(({ gateway }) => gateway)].join(' '), machines };
}
