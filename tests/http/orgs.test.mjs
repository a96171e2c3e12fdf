// One's orgs.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sharedInstance } from '../harness/instance.mjs';
import { orgOf, person } from '../harness/people.mjs';

let instance;
before(async () => { instance = await sharedInstance(); });

const chosen = (html) => html.match(/<a href="\/orgs\/(\d+)" aria-current="true">/)?.[1];

test('ORG-1: without an org the page says how to come to one', async () => {
  const { client } = await person(instance);
  const page = await client.get('/orgs');
  assert.equal(page.status, 200);
  assert.match(page.text, /<h2>还没有单位<\/h2>/);
  assert.match(page.text, /查看怎样登记/);
});

test('ORG-1: with several there is a switcher with each one’s state; the one that was opened stays chosen', async () => {
  const who = await person(instance);
  const first = await orgOf(instance, who), second = await orgOf(instance, who);
  const list = await who.client.get('/orgs');
  for (const org of [first, second]) {
    assert.ok(list.text.includes(org.name));
    assert.match(list.text, new RegExp(`href="/orgs/${org.id}"`));
  }
  assert.equal(list.text.match(/已认证<\/span><\/a>/g).length, 4, 'two in the list, two in the switcher');
  assert.equal(chosen(list.text), first.id);
  assert.equal((await who.client.get(`/orgs/${second.id}`)).status, 200);
  assert.equal(chosen((await who.client.get('/home')).text), second.id);
  assert.equal((await who.client.request(`/orgs/${first.id}`, { method: 'HEAD' })).status, 200);
  assert.equal(chosen((await who.client.get('/home')).text), second.id, 'looking chooses nothing');
});

test('ORG-2: the legal representative finds the details in both editions', async () => {
  const who = await person(instance);
  const org = await orgOf(instance, who);
  for (const edition of ['legal_rep', 'standard']) {
    await who.client.submit('/me', '/edition', { to: edition });
    const page = await who.client.get(`/orgs/${org.id}`);
    assert.equal(page.status, 200);
    assert.ok(page.text.includes(org.uscc), edition);
    assert.match(page.text, new RegExp(`${who.name}（您）`));
    assert.match(page.text, /登记成员/);
    assert.equal((await who.client.get(`/orgs/${org.id}/records`)).status, 200);
  }
});

test('SEC-1: another’s org is not found, with all that stands below it', async () => {
  const who = await person(instance), stranger = await person(instance);
  const org = await orgOf(instance, who);
  await orgOf(instance, stranger);
  for (const path of ['', '/records', '/records.csv', '/seals/1/records', '/seals/1/records.csv'])
    assert.equal((await stranger.client.get(`/orgs/${org.id}${path}`)).status, 404, path);
  for (const path of ['/orgs/0', '/orgs/x', '/orgs/9223372036854775808', `/orgs/${org.id}/seals/1/records`])
    assert.equal((await who.client.get(path)).status, 404, path);
});
