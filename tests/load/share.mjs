// Holding programs to a share of a core by the kernel's control groups: version 2 or 1, whichever has the controller cpu here.
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';

const PERIOD_US = 100_000;

async function hierarchies() {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  return mounts.filter(([, , type, options]) => type === 'cgroup2' || (type === 'cgroup' && options.split(',').includes('cpu')))
    .map(([, root, type]) => ({ root, type }));
}

const words = async (file) => (await readFile(file, 'utf8')).trim().split(/\s+/);

// Version 2 gives its groups a controller where their parent says so; what undoes that is answered.
async function handDown(root) {
  if (!(await words(`${root}/cgroup.controllers`)).includes('cpu')) throw new Error('it has no controller cpu');
  const tell = (word) => writeFile(`${root}/cgroup.subtree_control`, word);
  if ((await words(`${root}/cgroup.subtree_control`)).includes('cpu')) return () => {};
  await tell('+cpu');
  return () => tell('-cpu');
}

async function hold({ root, type }, share, names) {
  const two = type === 'cgroup2', takeBack = two ? await handDown(root) : () => {};
  const groups = names.map((name) => `${root}/yinxin-${process.pid}-${name}`);
  const close = async () => {
    for (const group of groups) await rmdir(group).catch(() => {}); // one that was not made, or is not empty
    await Promise.resolve(takeBack()).catch(() => {});
  };
  try {
    for (const group of groups) {
      await mkdir(group);
      await writeFile(`${group}/${two ? 'cpu.max' : 'cpu.cfs_quota_us'}`, two ? `${share * PERIOD_US} ${PERIOD_US}` : String(share * PERIOD_US));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { within: groups.map((group) => ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh']), close };
}

// { within, close() }: for each name the words before a command that hold it, and what it starts, to that share of a core.
// Throws where nothing here does, and says why.
export async function holdTo(share, names) {
  const why = [];
  for (const hierarchy of await hierarchies())
    try {
      return await hold(hierarchy, share, names);
    } catch (error) {
      why.push(`${hierarchy.type} at ${hierarchy.root}: ${error.message}`);
    }
  throw new Error(why.join('; ') || 'no control groups with the controller cpu are mounted');
}
