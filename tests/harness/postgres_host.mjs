// The PostgreSQL of tests/harness/postgres as one on another machine would look: at a host and port, over TLS.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);
const socketOf = (conninfo) => path.join(conninfo.match(/host=(\S+)/)[1], '.s.PGSQL.5432');

// In PostgreSQL's words: the client asks for TLS, "S" says yes.
const TLS_WANTED = 80877103;

// folder: for the certificate, readable to all programs. { reach, count(), cut(), close() }: reach is the conninfo's part that leads
// there, count how many connections were made; after cut each one that there is ends at its next question, unanswered.
export async function postgresHost(folder) {
  const key = path.join(folder, 'server.key'), cert = path.join(folder, 'server.pem');
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-keyout', key,
    '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']);
  await Promise.all([chmod(folder, 0o755), chmod(cert, 0o644)]);
  const context = tls.createSecureContext({ key: await readFile(key), cert: await readFile(cert) });
  const open = new Map(); // a client's socket → what ends it at its next question
  let count = 0;
  const server = net.createServer((client) => {
    open.set(client.on('close', () => open.delete(client)).on('error', () => client.destroy()), () => client.destroy());
    client.once('data', (asked) => {
      if (asked.readUInt32BE(4) !== TLS_WANTED) return client.destroy();
      client.write('S');
      count++;
      const inner = new tls.TLSSocket(client, { isServer: true, secureContext: context });
      const behind = net.connect(socketOf(process.env.YINXIN_POSTGRES));
      for (const [from, to] of [[inner, behind], [behind, inner]]) from.on('error', () => to.destroy()).on('close', () => to.destroy()).pipe(to);
      open.set(client, () => inner.unpipe(behind).once('data', () => client.destroy()).resume());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { reach: `host=localhost port=${server.address().port} sslmode=verify-full sslrootcert=${cert}`, count: () => count,
    cut: () => { for (const end of open.values()) end(); },
    close: async () => {
      server.close();
      for (const client of open.keys()) client.destroy();
      await once(server, 'close');
    } };
}
