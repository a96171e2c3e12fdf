// Seals of an org as pages: making with a preview, the list, one seal with its pictures, voiding, who may.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { PNG } from 'pngjs';
import { unspanned } from '../harness/form.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { makeSeal, orgOf, person } from '../harness/people.mjs';

let instance;
let who;
let seals; // path of the org's seals
before(async () => {
  instance = await sharedInstance();
  who = await person(instance);
  who.org = await orgOf(instance, who);
  seals = `/orgs/${who.org.id}/seals`;
});

// What the confirming page's button answers.
const confirm = (asked, { client } = who, base = seals) => client.submit(asked.location, `${base}/make/confirm`);

const preview = (query) => who.client.get(`${seals}/preview.svg?${query}`);

test('SEAL-2: the text is the verified name, the preview is what is made, and the picture is kept as it was drawn', async () => {
  const page = await who.client.get(`${seals}/make?template=round_plain&diameter=450&ring=14&letter=80`);
  assert.equal(page.status, 200);
  assert.match(page.text, new RegExp(who.org.name));
  assert.doesNotMatch(page.text, /<input[^>]*type="text"/);
  assert.match(page.text, /preview\.svg\?kind=official&amp;template=round_plain&amp;diameter=450&amp;ring=14&amp;letter=80/);
  const drawn = await preview('template=round_plain&diameter=450&ring=14&letter=80');
  assert.equal(drawn.status, 200);
  assert.match(drawn.headers['content-type'], /^image\/svg\+xml/);
  assert.match(drawn.headers['cache-control'], /^private/);
  assert.match(drawn.text, /width="45mm"/);
  const made = await confirm(await who.client.submit(page, `${seals}/make`, { act: 'submit' }));
  assert.equal(made.status, 303);
  const picture = await who.client.get(`${made.location}/picture.svg`);
  assert.ok(drawn.text.includes(picture.text), 'the preview holds the very drawing');
  assert.match(await preview('diameter=400').then(({ text }) => text), />40 mm<\/text>/, 'and its measure, so that sizes differ');
  assert.match(drawn.text, />45 mm<\/text>/);
});

test('SEAL-2: submitting makes nothing yet: a page asks with picture, text, kind and style, and only its button makes', async () => {
  const owner = await person(instance);
  const org = await orgOf(instance, owner);
  const base = `/orgs/${org.id}/seals`;
  const none = async () => assert.match((await owner.client.get(base)).text, /还没有在用的印章/);
  const asked = await owner.client.submit(`${base}/make`, `${base}/make`, { act: 'submit', template: 'round_plain', diameter: '450', ring: '14' });
  assert.equal(asked.location, `${base}/make/confirm?kind=official&template=round_plain&diameter=450&ring=14&letter=100`);
  await none();
  const page = await owner.client.follow(asked);
  assert.match(page.text, /制作这枚公章？/);
  assert.match(page.text, new RegExp(`印文</dt><dd>${org.name}`));
  assert.match(page.text, /圆形 45 mm，无星，粗边框，标准字宽/);
  assert.match(page.text, /preview\.svg\?kind=official&amp;template=round_plain&amp;diameter=450&amp;ring=14&amp;letter=100/);
  await none();
  assert.equal((await owner.client.get(`${base}/make/confirm?diameter=399`)).status, 422);
  const bad = await owner.client.submit(page, `${base}/make/confirm`, { ring: '17' });
  assert.equal(bad.status, 422);
  await none();
  const made = await owner.client.submit(page, `${base}/make/confirm`);
  assert.equal(made.status, 303);
  assert.match((await owner.client.follow(made)).text, /印章已制作。.*圆形 45 mm，无星/s);
});

test('SEAL-2: a confirmation sent twice, one after the other or at once, makes one seal; another\'s is asked for again', async () => {
  const owner = await person(instance);
  const org = await orgOf(instance, owner);
  const base = `/orgs/${org.id}/seals`;
  const asked = await owner.client.submit(`${base}/make`, `${base}/make`, { act: 'submit' });
  const page = await owner.client.follow(asked);
  const send = (style = {}) => owner.client.submit(page, `${base}/make/confirm`, style);
  const answers = [await send(), ...await Promise.all([send(), send()])];
  for (const answer of answers) assert.equal(answer.location, answers[0].location);
  assert.match(answers[0].location, /seals\/\d+$/);
  const other = await send({ diameter: '400' });
  assert.equal(other.status, 409);
  assert.match(other.text, /刚刚制作了另一枚同类印章/);
  assert.equal((await send({ nth: '3' })).status, 422);
  const list = async () => (await owner.client.get(base)).text;
  assert.doesNotMatch(await list(), /第 2 枚/);
  const again = await owner.client.submit(other, `${base}/make/confirm`);
  assert.equal(again.status, 303);
  assert.match(await list(), /第 2 枚.*圆形 40 mm/s);
});

test('SEAL-1: seals of a kind are told apart by number, size and day, wherever they are named', async () => {
  const owner = await person(instance);
  const org = await orgOf(instance, owner);
  const base = `/orgs/${org.id}/seals`;
  const first = await makeSeal(owner, org);
  const [, second] = (await confirm(await owner.client.submit(`${base}/make`, `${base}/make`, { act: 'submit', diameter: '400' }), owner, base))
    .location.match(/seals\/(\d+)/);
  const list = (await owner.client.get(base)).text;
  for (const [id, rank, size] of [[first, 1, 42], [second, 2, 40]])
    assert.match(unspanned(list), new RegExp(`seals/${id}">(?:(?!</li>).)*第 ${rank} 枚(?:(?!</li>).)*圆形 ${size} mm，五角星 · [0-9-]{10} 制作 · 还没有用过`));
  await owner.client.submit(`${base}/${first}/void`, `${base}/${first}/void`);
  assert.match((await owner.client.get(`${base}/${second}`)).text, /公章，第 2 枚/, 'voiding moves no number');
  const records = (await owner.client.get(`${base}/${first}/records`)).text;
  assert.match(records, /作废印章<\/b>　公章（第 1 枚）/);
  assert.match((await owner.client.get(`/orgs/${org.id}`)).text, /第 2 枚 · /);
});

test('SEAL-2: without script a button redraws: 303 to the page with the style, which then is chosen', async () => {
  const page = await who.client.get(`${seals}/make`);
  const again = await who.client.submit(page, `${seals}/make`, { act: 'preview', template: 'round_plain', ring: '10' });
  assert.equal(again.status, 303);
  const shown = await who.client.follow(again);
  assert.deepEqual(who.client.form(shown.text, `${seals}/make`).fields,
    { ...who.client.form(page.text, `${seals}/make`).fields, template: 'round_plain', ring: '10',
      csrf: who.client.form(shown.text, `${seals}/make`).fields.csrf });
});

test('SEAL-2: a style beyond what is offered is refused by preview and form alike, and nothing is made', async () => {
  const page = await who.client.get(`${seals}/make`);
  const before = (await who.client.get(seals)).text.match(/seals\/\d+"/g)?.length ?? 0;
  for (const [name, value] of [['diameter', '399'], ['diameter', '451'], ['ring', '7'], ['ring', '17'], ['letter', '59'],
    ['letter', '121'], ['template', 'ellipse'], ['kind', 'finance'], ['diameter', '4e2'], ['ring', '-12']]) {
    assert.equal((await preview(new URLSearchParams({ [name]: value }))).status, 422, `${name}=${value}`);
    const refused = await who.client.submit(page, `${seals}/make`, { [name]: value, act: 'submit' });
    assert.equal(refused.status, 422, `${name}=${value}`);
    assert.match(refused.text, /请从所给的选项里选一项/);
  }
  for (const edge of ['diameter=400', 'diameter=450', 'ring=10', 'ring=14', 'letter=80', 'letter=115']) {
    assert.equal((await preview(edge)).status, 200, edge);
  }
  assert.equal((await who.client.get(seals)).text.match(/seals\/\d+"/g)?.length ?? 0, before);
});

test('SEAL-1: an org may have several seals of a kind; list and page name kind, state, maker and picture', async () => {
  const owner = await person(instance);
  const org = await orgOf(instance, owner);
  const empty = await owner.client.get(`/orgs/${org.id}/seals`);
  assert.match(empty.text, /还没有在用的印章/);
  const [first, second] = [await makeSeal(owner, org), await makeSeal(owner, org)];
  const list = await owner.client.get(`/orgs/${org.id}/seals`);
  for (const id of [first, second]) assert.match(list.text, new RegExp(`seals/${id}"`));
  assert.equal(list.text.match(/有效/g).length, 2);
  assert.match(list.text, /还没有用过/, 'making is no use');
  const page = await owner.client.get(`/orgs/${org.id}/seals/${first}`);
  assert.match(page.text, new RegExp(`公章图样，印文为${org.name}`));
  assert.match(page.text, new RegExp(owner.name));
  assert.match(page.text, /圆形 42 mm，五角星/);
});

test('SEAL-2: the bitmap is a PNG with alpha at 300 dpi, to be saved under the seal’s name', async () => {
  const id = await makeSeal(who, who.org);
  const answer = await who.client.get(`${seals}/${id}/picture.png`);
  assert.equal(answer.headers['content-type'], 'image/png');
  const name = decodeURIComponent(answer.headers['content-disposition'].match(/filename\*=UTF-8''(\S+)$/)[1]);
  assert.match(answer.headers['content-disposition'], /^attachment; filename="official-/);
  assert.equal(name, `公章-${who.org.name}.png`);
  const png = PNG.sync.read(answer.bytes);
  assert.equal(png.width, Math.round((42 / 25.4) * 300));
  assert.equal(png.data[3], 0, 'the corner is clear');
});

test('SEAL-4: voiding asks first, then the seal stands under "voided" with who and when; twice is told', async () => {
  const id = await makeSeal(who, who.org);
  const ask = await who.client.get(`${seals}/${id}/void`);
  assert.match(ask.text, /作废这枚公章？/);
  const done = await who.client.submit(ask, `${seals}/${id}/void`);
  assert.equal(done.status, 303);
  const page = await who.client.follow(done);
  assert.match(page.text, /印章已作废。/);
  assert.match(page.text, /已停用/);
  assert.match(unspanned(page.text), new RegExp(`作废</dt><dd>[0-9-]{10} ${who.name}`));
  assert.doesNotMatch(page.text, new RegExp(`/seals/${id}/void"`));
  assert.match((await who.client.get(seals)).text, /作废记录/);
  const again = await who.client.submit(ask, `${seals}/${id}/void`);
  assert.equal(again.status, 409);
  assert.match(again.text, /这枚印章已经作废/);
  assert.doesNotMatch(again.text, /<button[^>]*>作废印章/, 'nothing is left to press');
  assert.equal((await who.client.get(`${seals}/${id}/void`)).location, `${seals}/${id}`, 'nor to ask');
});

test('SEAL-6: the seal’s page lists its making and voiding, newest first', async () => {
  const id = await makeSeal(who, who.org);
  await who.client.submit(`${seals}/${id}/void`, `${seals}/${id}/void`);
  const page = await who.client.get(`${seals}/${id}`);
  const words = [...page.text.matchAll(/(制作印章|作废印章)<span/g)].map(([, word]) => word);
  assert.deepEqual(words, ['作废印章', '制作印章']);
});

test('SEAL-7: another org’s seal is not found, whatever the path says, and a stranger makes none', async () => {
  const id = await makeSeal(who, who.org);
  const other = await person(instance);
  other.org = await orgOf(instance, other);
  for (const org of [who.org.id, other.org.id]) {
    for (const rest of ['', '/picture.svg', '/picture.png', '/void']) {
      assert.equal((await other.client.get(`/orgs/${org}/seals/${id}${rest}`)).status, 404, `${org} ${rest}`);
    }
  }
  const own = `/orgs/${other.org.id}/seals`;
  const form = other.client.form((await other.client.get(`${own}/make`)).text, `${own}/make`).fields;
  assert.equal((await other.client.post(`${seals}/make`, form)).status, 404);
  assert.equal((await other.client.post(`${seals}/${id}/void`, form)).status, 404);
  assert.equal((await who.client.get(`${seals}/${id}`)).text.includes('有效'), true);
});

test('SEAL-7: a member without a real name, and a visitor, see no seals', async () => {
  const nobody = await person(instance, { verified: false });
  assert.equal((await nobody.client.get(seals)).status, 404);
  nobody.client.cookies = [];
  const sent = await nobody.client.get(seals);
  assert.equal(sent.location, `/login?next=${encodeURIComponent(seals)}`);
});
