// An installation on PostgreSQL whose COMMIT is not answered: it may have been done or not. Nothing is done a second time by itself,
// the person or the platform is told so, and who asks again finds out (MSG-3, HELP-3, OPS-9).
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { credentialsOf, request } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { value } from '../harness/database.mjs';
import { startInstance } from '../harness/instance.mjs';
import { fullName, installCert, legalRep, mobile, person, PIN, platform, residentId, setPin, takeCert } from '../harness/people.mjs';
import { programOf, refused } from '../harness/program.mjs';
import { approve, collect, scan, shownNumber, waitingPage } from '../harness/scan.mjs';
import { waitFor } from '../harness/wait.mjs';
import { openWire } from '../harness/wire.mjs';

let folder, wire, instance, shop, who;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'yinxin-wire-'));
  wire = await openWire(folder);
  instance = await startInstance({ reach: wire.reach });
  [shop, who] = [await platform(instance), await legalRep(instance)];
});
after(async () => {
  await instance?.stop();
  await wire?.close();
  await rm(folder, { recursive: true, force: true });
});

const count = (what, where) => value(instance, `SELECT count(*) FROM ${what} WHERE ${where}`);
const typed = (phone, more) => ({ role: 'legal_rep', region: '86', phone, agree: '1', ...more });
const isUnsure = (answer) => {
  assert.equal(answer.status, 500, answer.text);
  assert.match(answer.text, /不确定这一步是否完成/);
};

for (const [when, stored] of [['question', false], ['answer', true]]) {
  test(`LOGIN-3, HELP-3: a login that was cut at its ${when} says that nobody knows, and is no refusal; the code is ${stored ? 'used' : 'still good'}`, async () => {
    const client = new Client(instance), phone = mobile();
    assert.equal((await client.submit('/login', '/login', typed(phone, { act: 'send' }))).status, 303);
    const { code } = await instance.sms(`+86${phone}`);
    const sessions = await count('session', 'true'), refusals = await count('oplog', 'action = 7');
    const cut = wire.cut(/^INSERT INTO session /, when);
    isUnsure(await client.submit('/login', '/login', typed(phone, { code, act: 'enter' })));
    await cut;
    assert.ok(!client.cookie('session'));
    assert.equal(await count('session', 'true') - sessions, stored ? 1 : 0);
    assert.equal(await count('oplog', 'action = 7') - refusals, 0);
    const again = await client.submit('/login', '/login', typed(phone, { code, act: 'enter' }));
    assert.equal(again.status, stored ? 422 : 303, again.text);
  });

  test(`SCAN-3: an approval that was cut at its ${when} ${stored ? 'reaches the platform' : 'can be given again'}, once`, async () => {
    const desktop = new Client(instance), { ticket, link } = await waitingPage(desktop, request(shop).path);
    const page = await scan(who.client, link), number = await shownNumber(desktop, ticket);
    const cut = wire.cut(/^UPDATE ticket SET state = .* decided = /, when);
    isUnsure(await approve(who.client, page, { number }));
    await cut;
    if (!stored) assert.equal((await approve(who.client, await who.client.open(`/tickets/${ticket}`), { number })).status, 303);
    assert.ok((await collect(desktop, ticket)).searchParams.get('code'));
    assert.equal(await count('oplog', `ticket = ${ticket} AND action = 50`), 1);
  });

  test(`CERT-7: an installation that was cut at its ${when} leaves the browser the secret by which its keys open`, async () => {
    const me = await person(instance), cert = (await setPin(me), await takeCert(me));
    const cut = wire.cut(/^INSERT INTO issuance /, when);
    isUnsure(await me.client.submit(`/certs/${cert}/install`, `/keys/certs/${cert}/install`, { pin: PIN }));
    await cut;
    if (!stored) await installCert(me, cert);
    else await waitFor(async () => (await me.client.get(`/certs/${cert}/progress/state`)).text.includes('已签发'), { what: 'the certificate' });
    assert.equal((await credentialsOf(new Client(instance), me.client, shop)).length, 2);
  });

  test(`API-1: a token whose storing was cut at its ${when} is a server_error; the code then ${stored ? 'is dead, and so is what came of it' : 'opens'}`, async () => {
    const { form, code } = programOf(instance, who), fields = await code(shop, {});
    const cut = wire.cut(/^INSERT INTO token /, when);
    refused(await form('/oauth2/token', fields, shop), 500, 'server_error', 'It may have been done or not: look before you ask again');
    await cut;
    const again = await form('/oauth2/token', fields, shop);
    if (!stored) assert.equal(again.status, 200, again.text);
    else refused(again, 400, 'invalid_grant');
  });

  test(`MSG-3: a job whose end was cut at its ${when} is looked at again by its lane, and ends once`, async () => {
    const client = new Client(instance), phone = mobile();
    const cut = wire.cut(/^UPDATE job SET state = /, when);
    assert.equal((await client.submit('/login', '/login', typed(phone, { act: 'send' }))).status, 303);
    await cut;
    await waitFor(async () => (await instance.outbox()).some((job) => job.to === `+86${phone}`), { what: 'the code in the outbox' });
    await waitFor(async () => await count('job', 'state = 0') === 0, { what: 'all jobs done' });
    assert.equal(await count('job', `id = (SELECT max(id) FROM job) AND tries = 1`), 1);
  });

  test(`OPS-6: a command that was cut at its ${when} fails, and says that it may have been done`, async () => {
    const phone = mobile(), vouch = ['person', 'verify', '--phone', `+86${phone}`, '--name', fullName(), '--doc', residentId()];
    const before = await count('realname', 'true'), cut = wire.cut(/^INSERT INTO realname /, when);
    await assert.rejects(instance.ctl(...vouch), ({ code, stderr }) => code === 1 && /may have been done or not/.test(stderr));
    await cut;
    assert.equal(await count('realname', 'true') - before, stored ? 1 : 0);
    await instance.ctl(...vouch);
    assert.equal(await count('realname', 'true') - before, 1);
  });
}
