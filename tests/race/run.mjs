// run.mjs: races on the engine at hand and prints what they did. Exit status 1 where a result was wrong, or a request was refused
// only because others wrote at the same time.
import { table } from '../load/figures.mjs';
import { race } from './figures.mjs';

const { BUILD = 'build' } = process.env;
const { races, failed, said } = race(`${BUILD}/race/race`);
console.log(`8 processes, ${races[0]?.engine}\n`);
console.log(table(['race', 'requests', 'seconds', 'transactions', 'aborted', 'run again', 'three times or more', 'gave up', 'longest ms'],
  races.map((one) => [one.what, one.requests, one.seconds, one.transactions, one.aborted, one.again, one.third, one.gave_up, one.longest_ms])));
if (failed.length) console.log(`\nfailed:\n${failed.join('\n')}\n\n${said.slice(-4000)}`);
process.exitCode = failed.length ? 1 : 0;
