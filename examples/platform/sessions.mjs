// Sessions in memory: who is signed in, what was asked of the portal, and this person's documents. Gone with the process.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { dropDocument } from './document.mjs';

const COOKIE = 'beichen_session';
const IDLE = 2 * 3600 * 1000;
const MOST = 500;
const random = () => randomBytes(32).toString('base64url');

export class Sessions {
  #all = new Map(); // by use: the one longest idle comes first

  #end(id) {
    for (const document of this.#all.get(id)?.documents.values() ?? []) dropDocument(document);
    this.#all.delete(id);
  }

  #tidy(now) {
    for (const [id, { used }] of this.#all) {
      if (this.#all.size <= MOST && now - used < IDLE) break;
      this.#end(id);
    }
  }

  #set(response, id) {
    response.appendHeader('Set-Cookie', `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax${this.secure ? '; Secure' : ''}`);
  }

  constructor(origin) {
    this.secure = origin.startsWith('https:');
  }

  // The session of this request; a new one where there is none.
  of(request, response) {
    const now = Date.now();
    const sent = request.headers.cookie?.split('; ').find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
    let session = this.#all.get(sent);
    if (!session || now - session.used >= IDLE) {
      session = { id: random(), csrf: random(), asked: new Map(), documents: new Map() };
      this.#set(response, session.id);
    }
    session.used = now;
    this.#all.delete(session.id);
    this.#all.set(session.id, session);
    this.#tidy(now);
    return session;
  }

  // At sign-in: under a new name, so that a cookie planted before is worth nothing.
  renew(session, response) {
    this.#all.delete(session.id);
    session.id = random();
    session.csrf = random();
    this.#all.set(session.id, session);
    this.#set(response, session.id);
  }

  end(session, response) {
    this.#end(session.id);
    response.appendHeader('Set-Cookie', `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`);
  }

  endAll() {
    for (const id of [...this.#all.keys()]) this.#end(id);
  }
}

export function tokenGood(session, token) {
  const [a, b] = [Buffer.from(session.csrf), Buffer.from(String(token ?? ''))];
  return a.length === b.length && timingSafeEqual(a, b);
}
