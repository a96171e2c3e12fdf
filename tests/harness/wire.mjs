// A wire between an installation and the PostgreSQL of tests/harness/postgres that can be cut in the middle of a COMMIT.
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

const socketIn = (folder) => path.join(folder, '.s.PGSQL.5432');

// What a client asks, message by message: each begins with its kind and length, but the very first has no kind.
function messages() {
  let left = Buffer.alloc(0), first = true;
  return (data) => {
    const found = [];
    left = Buffer.concat([left, data]);
    for (;;) {
      const head = first ? 0 : 1;
      if (left.length < head + 4 || left.length < head + left.readUInt32BE(head)) return found;
      const end = head + left.readUInt32BE(head);
      if (!first) found.push({ kind: String.fromCharCode(left[0]), texts: left.toString('latin1', 5, end).split('\0') });
      first = false;
      left = left.subarray(end);
    }
  };
}

// folder: for the socket, readable to all programs. { reach, cut(what, when), close() }. cut: the next COMMIT of a transaction that
// ran a statement that what (a pattern) fits is cut, 'question' before the server hears it, 'answer' once it is done; the promise is
// kept when that has happened.
export async function openWire(folder) {
  const order = {}, clients = new Set();
  const server = net.createServer((client) => {
    const behind = net.connect(socketIn(process.env.YINXIN_POSTGRES.match(/host=(\S+)/)[1]));
    const statements = new Map(), read = messages();
    let fits = false, deaf = false;
    // Whether data asks for the COMMIT that is to be cut.
    const asks = (data) => {
      let found = false;
      for (const { kind, texts } of read(data)) {
        if (kind === 'P') statements.set(texts[0], texts[1]);
        if (kind === 'B') fits ||= Boolean(order.what?.test(statements.get(texts[1])));
        if (kind !== 'Q') continue;
        found ||= fits && texts[0] === 'COMMIT';
        fits = false;
      }
      return found;
    };
    const end = () => { client.destroy(); behind.destroy(); };
    clients.add(client.on('close', () => { clients.delete(client); behind.destroy(); }).on('error', end));
    behind.on('error', end).on('close', end).on('data', (data) => {
      if (!deaf) client.write(data);
      else if (data.includes('COMMIT\0')) end();
    });
    client.on('data', (data) => {
      if (asks(data)) {
        order.what = undefined;
        order.happened();
        if (order.when === 'question') return end();
        deaf = true;
      }
      behind.write(data);
    });
  });
  server.listen(socketIn(folder));
  await once(server, 'listening');
  await Promise.all([chmod(folder, 0o755), chmod(socketIn(folder), 0o777)]);
  return {
    reach: `host=${folder}`,
    cut: (what, when) => new Promise((happened) => { Object.assign(order, { what, when, happened }); }),
    close: async () => {
      server.close();
      for (const client of clients) client.destroy();
      await once(server, 'close');
    },
  };
}
