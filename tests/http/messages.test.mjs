// Messages.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sharedInstance } from '../harness/instance.mjs';
import { orgOf, person } from '../harness/people.mjs';

let instance;
before(async () => { instance = await sharedInstance(); });

const badge = (html) => html.match(/aria-label="消息(?:，(\d+) 条未读)?"/)?.[1] ?? '0';
const unread = (html) => [...html.matchAll(/action="\/messages\/(\d+)\/read"/g)].map(([, id]) => id);

test('MSG-1: newest first, unread are counted; reading one takes it off the count and leads to what it tells about', async () => {
  const who = await person(instance);
  const org = await orgOf(instance, who);
  const page = await who.client.get('/messages');
  assert.ok(page.text.indexOf('您已是法定代表人') < page.text.indexOf('实名已通过'));
  assert.match(page.text, new RegExp(`您已登记为${org.name}的法定代表人`));
  const before = Number(badge(page.text)), ids = unread(page.text);
  assert.equal(ids.length, before);
  const read = await who.client.submit(page, `/messages/${ids[0]}/read`);
  assert.equal(read.status, 303);
  assert.equal(read.location, `/orgs/${org.id}`);
  const after = await who.client.get('/messages');
  assert.equal(Number(badge(after.text)), before - 1);
  assert.match(after.text, new RegExp(`<a href="/orgs/${org.id}">查看单位</a>`), 'a read one keeps its link');
  const filtered = await who.client.get('/messages?unread=1');
  assert.doesNotMatch(filtered.text, /您已是法定代表人/);
  assert.equal(unread(filtered.text).length, before - 1);
});

test('MSG-1: all are marked read at once', async () => {
  const who = await person(instance);
  const done = await who.client.submit('/messages', '/messages/read-all');
  assert.equal(done.status, 303);
  const page = await who.client.follow(done);
  assert.match(page.text, /消息已全部标为已读/);
  assert.equal(badge(page.text), '0');
  assert.deepEqual(unread(page.text), []);
  assert.match((await who.client.get('/messages?unread=1')).text, /没有未读消息/);
});

test('MSG-1: 20 a page, and the next page goes on where the last ended', async () => {
  const who = await person(instance);
  await Promise.all(Array.from({ length: 22 }, () => orgOf(instance, who)));
  const first = await who.client.get('/messages');
  assert.equal(unread(first.text).length, 20);
  const more = first.text.match(/hx-get="([^"]*)"/)[1].replace(/&amp;/g, '&');
  assert.match(more, /^\/messages\?after=\d+$/);
  const second = await who.client.get(more);
  assert.ok(unread(second.text).length >= 3);
  assert.equal(new Set([...unread(first.text), ...unread(second.text)]).size, unread(first.text).length + unread(second.text).length);
  assert.doesNotMatch(second.text, /yx-more/);
});

test('SEC-1: another person’s message is not found and stays unread', async () => {
  const who = await person(instance), stranger = await person(instance);
  const [id] = unread((await who.client.get('/messages')).text);
  const { csrf, edition } = stranger.client.form((await stranger.client.get('/me')).text, '/edition').fields;
  assert.equal((await stranger.client.post(`/messages/${id}/read`, { csrf, edition })).status, 404);
  assert.equal((await stranger.client.post('/messages/0/read', { csrf, edition })).status, 404);
  assert.ok(unread((await who.client.get('/messages')).text).includes(id));
  assert.equal((await who.client.post(`/messages/${id}/read`, { edition })).status, 403);
  assert.equal((await who.client.get('/workbench')).location, '/messages');
});
