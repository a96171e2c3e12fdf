// Two trees of this project side by side in one run: node tests/load/beside.mjs OTHER [ROUNDS] [ROWS]. OTHER is a built
// checkout (make all load-programs) whose tests/load opens its own stage; each page is measured on both by turns.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { shown, spread, table } from './figures.mjs';
import { wrk } from './wrk.mjs';

const own = fileURLToPath(new URL('../../', import.meta.url));
const [other, rounds = 3, rows = 2000] = process.argv.slice(2);
if (!other) throw new Error('usage: node tests/load/beside.mjs OTHER [ROUNDS] [ROWS]');

async function open(tree) {
  const { addRecords, headersOf, openStage, waitingTicket } = await import(pathToFileURL(path.join(tree, 'tests/load/stage.mjs')));
  const stage = await openStage();
  await addRecords(stage, Number(rows));
  const ticket = await waitingTicket(stage);
  return { stage, targets: {
    'bare FastCGI hello': ['/bench/hello', {}],
    'login page': ['/login', headersOf(stage.desktop)],
    'home, signed in': ['/home', headersOf(stage.who.client)],
    'list of records': ['/me/records', headersOf(stage.who.client)],
    'ticket state poll': [ticket.state, headersOf(stage.desktop)],
  } };
}

const sides = [];
try {
  for (const tree of [path.resolve(other), own]) sides.push(await open(tree));
  const rates = new Map(Object.keys(sides[0].targets).map((name) => [name, sides.map(() => [])]));
  for (let round = 0; round < Number(rounds); round++) {
    for (const [name, lists] of rates) {
      for (const [i, { stage, targets }] of sides.entries()) {
        const [at, headers] = targets[name];
        const { rate, bad } = await wrk(stage.instance.url + at, { headers });
        if (bad) throw new Error(`${name}: ${bad} bad answers`);
        lists[i].push(rate);
      }
    }
  }
  console.log(table(['what', 'before, requests/s', 'after', 'after ÷ before'], [...rates].map(([name, [before, after]]) =>
    [name, shown(spread(before)), shown(spread(after)), shown(spread(after.map((rate, i) => rate / before[i])))])));
} finally {
  for (const { stage } of sides) await stage.close();
}
