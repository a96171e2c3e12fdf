// profile.mjs PATH: what an answer of a page costs the program, in callgrind's instructions, which do not depend on what else the
// machine does (what it took to set the stage is shared out among them); and which functions cost it. The signed-in person is a legal representative with a cert, a seal and 1,000 records.
import { execFile } from 'node:child_process';
import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from '../harness/client.mjs';
import { openFolder, wrapPrograms } from '../harness/wrapped.mjs';

const run = promisify(execFile);
const page = process.argv[2] ?? '/home', COUNTED = 2000;
const out = await openFolder('profile');

// Only the portal is slow: the others keep their speed.
async function wrapper() {
  const file = path.join(out, 'wrapper');
  await writeFile(file, `#!/bin/bash
plain=\${0%/*}/plain/\${0##*/}
[[ \${0##*/} == portal && " $* " != *" --pool "* ]] || exec "$plain" "$@"
exec valgrind --quiet --tool=callgrind --toggle-collect=site_serve --callgrind-out-file=${out}/out.%p "$plain" "$@"
`);
  await chmod(file, 0o755);
  return file;
}

const build = process.env.BUILD || 'build';
process.env.BUILD = await wrapPrograms(build, 'profile', await wrapper());
await rm(path.join(process.env.BUILD, 'load'), { recursive: true, force: true });
await cp(path.join(build, 'load'), path.join(process.env.BUILD, 'load'), { recursive: true });
const { openStage, addRecords } = await import('./stage.mjs');
const stage = await openStage();
try {
  await addRecords(stage, 1000);
  const client = Object.assign(new Client(stage.instance, { address: '127.0.0.1' }), { cookies: stage.who.client.cookies });
  const many = async (count) => {
    for (let i = 0; i < count; i++) {
      const { status } = await client.get(page);
      if (status !== 200) throw new Error(`${page} answers ${status}`);
    }
  };
  await many(COUNTED);
  client.close();
} finally {
  await stage.close();
}
let total = 0, most = { cost: 0 };
for (const name of (await readdir(out)).filter((file) => /^out\.\d+$/.test(file))) {
  const cost = Number((await readFile(path.join(out, name), 'utf8')).match(/^(?:totals|summary): (\d+)/m)?.[1] ?? 0);
  total += cost;
  if (cost > most.cost) most = { cost, name };
}
const { stdout } = await run('callgrind_annotate', ['--threshold=92', path.join(out, most.name)], { maxBuffer: 1 << 26 });
const lines = stdout.split('\n').filter((line) => /^\s*[\d,]+ \(/.test(line));
console.log(lines.slice(0, Number(process.env.LINES || 60)).join('\n'));
console.log(`\n${page}: ${Math.round(total / COUNTED).toLocaleString('en')} instructions an answer`);
if (!process.env.KEEP) await rm(out, { recursive: true });
