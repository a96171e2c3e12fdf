// Configuration: a JSON file named by PLATFORM_CONFIG, each of its keys also as a variable, which then counts.
//   issuer         PLATFORM_ISSUER         the portal's address, byte for byte as its discovery document names it
//   client_id      PLATFORM_CLIENT_ID      both as `yinxinctl platform add` told them
//   client_secret  PLATFORM_CLIENT_SECRET
//   ca             PLATFORM_CA             folder with root-p256.pem and root-sm2.pem (`yinxinctl ca export FOLDER`)
//   port           PLATFORM_PORT           8090
//   origin         PLATFORM_ORIGIN         http://127.0.0.1:PORT; its /callback is the registered redirect URI
//   name           PLATFORM_NAME           what the pages call the platform
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const keys = ['issuer', 'client_id', 'client_secret', 'ca', 'port', 'origin', 'name'];
const loopback = ['localhost', '127.0.0.1', '[::1]'];

// Tokens and documents may not cross a network in the clear; on one machine there is none.
function checkAddress(name, value) {
  const url = new URL(value);
  if (url.protocol !== 'https:' && !loopback.includes(url.hostname)) throw new Error(`${name} must be https: ${value}`);
}

export async function readConfig(env = process.env) {
  const file = env.PLATFORM_CONFIG ? JSON.parse(await readFile(env.PLATFORM_CONFIG, 'utf8')) : {};
  const unknown = Object.keys(file).filter((key) => !keys.includes(key));
  if (unknown.length) throw new Error(`${env.PLATFORM_CONFIG}: unknown key ${unknown.join(', ')}`);
  const given = { name: '北辰电子招投标交易平台（示例）', port: 8090, ...file };
  for (const key of keys) given[key] = env[`PLATFORM_${key.toUpperCase()}`] || given[key];
  given.port = Number(given.port);
  given.origin ??= `http://127.0.0.1:${given.port}`;
  for (const key of keys) if (!given[key]) throw new Error(`${key} is missing: set PLATFORM_${key.toUpperCase()}`);
  checkAddress('issuer', given.issuer);
  checkAddress('origin', given.origin);
  const { client_id: clientId, client_secret: clientSecret, issuer, ca, port, origin, name } = given;
  return { clientId, clientSecret, issuer, ca: path.resolve(ca), port, origin, name };
}
