// Opens pages of the list in one browser, with the cookies of who looks.
import { lend, visitor } from '../harness/browser.mjs';
import { agents, viewers } from './pages.mjs';

export const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
export const themes = { light: '', dark: '-dark' };

// One context for each lane and kind of browser: what the front end keeps (styles, scripts) is fetched once, cookies change with the viewer.
const contexts = new Map();
async function tabOf(world, as, lane) {
  const key = `${lane} ${agents[as]}`;
  if (!contexts.has(key)) contexts.set(key, visitor({ shell: true, viewport: sizes.desktop, ...(agents[as] && { userAgent: agents[as] }) })
    .then(async (context) => ({ context, tab: await context.newPage() })));
  const { context, tab } = await contexts.get(key);
  await lend(context, viewers[as](world));
  return tab;
}

// What went wrong while a page was open: parts that didn't come, what the browser complained of.
function watch(tab) {
  const seen = { status: 0, wrong: [] };
  const response = (answer) => {
    const page = answer.request().isNavigationRequest() && answer.frame() === tab.mainFrame();
    if (page && (answer.status() < 300 || answer.status() > 399)) seen.status = answer.status();
    else if (answer.status() >= 400) seen.wrong.push(`${answer.status()} ${new URL(answer.url()).pathname}`);
  };
  const said = (message) => {
    if (message.type() === 'error' && !/status of \d/.test(message.text())) seen.wrong.push(message.text());
  };
  const thrown = (error) => seen.wrong.push(String(error));
  tab.on('response', response).on('console', said).on('pageerror', thrown);
  seen.end = () => tab.off('response', response).off('console', said).off('pageerror', thrown);
  return seen;
}

// A page of the list as its viewer sees it, in a tab of this lane: { tab, wrong }. It must answer the status that the list says.
export async function look(world, { name, as, path, status = 200, act }, lane = 0) {
  const target = typeof path === 'function' ? await path(world) : path;
  const tab = await tabOf(world, as, lane);
  await tab.setViewportSize(sizes.desktop);
  await tab.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const seen = watch(tab);
  await tab.goto(world.instance.url + target);
  if (act) await act(tab);
  seen.end();
  const wrong = seen.status === status ? [] : [`answers ${seen.status}, not ${status} (${target})`];
  return { name, tab, wrong: [...wrong, ...seen.wrong] };
}
