// A stand-in for the SMS service: takes our JSON over HTTP and remembers how often each key came, so that a run can say of
// every code that was due whether it left once.
import { once } from 'node:events';
import http from 'node:http';
import { waitFor } from '../harness/wait.mjs';

export async function openSms(address) {
  const keys = new Map(), phones = new Map(), strange = [];
  const take = (sms, text) => {
    const before = keys.get(sms.id);
    if (before && before.text !== text) strange.push(`key ${sms.id} came with another text than before`);
    if (before) before.times++;
    else {
      keys.set(sms.id, { text, times: 1 });
      phones.set(sms.phone, [...(phones.get(sms.phone) ?? []), sms]);
    }
  };
  const server = http.createServer(async (request, response) => {
    const parts = [];
    request.on('error', () => {}); // the lane was killed while it spoke
    request.on('data', (part) => parts.push(part)).on('end', () => {
      const text = Buffer.concat(parts).toString();
      take(JSON.parse(text), text);
      response.end();
    });
  }).listen(0, address);
  await once(server, 'listening');
  return {
    keys, strange,
    url: `http://${address}:${server.address().port}/sms`,
    of: (phone) => phones.get(phone) ?? [],
    // The newest, once there are more than past.
    newest: (phone, { past = 0 } = {}) => waitFor(() => phones.get(phone)?.slice(past).at(-1), { what: `an SMS to ${phone}`, timeout: 180_000 }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
