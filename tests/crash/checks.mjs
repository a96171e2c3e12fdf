// What must hold after every phase, asked of the pages, the database and the log.
import { Client } from '../harness/client.mjs';
import { rows, value } from '../harness/database.mjs';
import { waitFor } from '../harness/wait.mjs';

const APPROVED = '3, 4'; // enum ticket_state: approved and not collected yet, collected
const SIGNED = 52, LOGGED_IN = 2, REGISTERED = 1, ISSUED = 32, REVOKED = 34; // enum oplog_action
const AT_ONCE = 8, AT_MOST = 500; // pages; tickets in one statement

// Everybody who was told that they are signed in is.
async function sessions(stage) {
  const waiting = stage.logins.splice(0);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (waiting.length) {
      const { phone, session } = waiting.shift();
      const client = Object.assign(new Client(stage.instance), { cookies: [session] });
      const { status } = await client.get('/home');
      client.close();
      if (status !== 200) stage.finding(`a sign-in of ${phone} was acknowledged, and /home answers ${status}`);
    }
  }));
}

// Everything that was said to be approved: state, values, one record each, and tokens where they were handed out.
async function approvals(stage) {
  while (stage.approvals.length) await approved(stage, stage.approvals.splice(0, AT_MOST));
}

async function approved(stage, done) {
  const list = done.map(({ ticket }) => ticket).join(), tokened = done.filter(({ token }) => token).map(({ ticket }) => ticket);
  const found = await rows(stage.instance, `WITH recorded AS (SELECT ticket, count(*) AS n FROM oplog WHERE ticket IN (${list})
      AND action = ${SIGNED} AND result = 0 GROUP BY ticket)
    SELECT CAST(t.id AS TEXT) AS id, t.state, coalesce(r.n, 0) AS records,
      (SELECT count(*) FROM signature s WHERE s.ticket = t.id) AS signed, (SELECT count(*) FROM token k WHERE k.ticket = t.id) AS tokens
    FROM ticket t LEFT JOIN recorded r ON r.ticket = t.id WHERE t.id IN (${list})`);
  const by = new Map(found.map((one) => [one.id, one]));
  for (const { ticket } of done) {
    const one = by.get(ticket);
    if (!one || ![3, 4].includes(one.state) || one.records !== 1 || one.signed !== 1)
      stage.finding(`an approval of ${ticket} was acknowledged, and the database says ${JSON.stringify(one)}`);
  }
  for (const ticket of tokened)
    if (!by.get(ticket)?.tokens) stage.finding(`tokens for ${ticket} were handed out, and the database has none`);
}

// Every cert that came, and was revoked as its owner was told.
async function installs(stage) {
  const done = stage.installs.splice(0);
  if (!done.length) return;
  const found = await rows(stage.instance, `SELECT CAST(c.id AS TEXT) AS id, (SELECT count(*) FROM instance n
      JOIN issuance i ON i.instance = n.id JOIN certificate x ON x.issuance = i.id WHERE n.cert = c.id AND x.revoked IS NOT NULL) AS certificates
    FROM cert c WHERE c.revoked IS NOT NULL AND c.id IN (${done.join()})`);
  const by = new Map(found.map((one) => [one.id, one]));
  for (const cert of done)
    if (by.get(cert)?.certificates !== 3) stage.finding(`cert ${cert} came and was revoked, and the database says ${JSON.stringify(by.get(cert))}`);
}

// Each must find nothing.
const halves = (setUp) => ({
  'a session without its one record': `SELECT s.id FROM session s LEFT JOIN (SELECT object, count(*) AS n FROM oplog
    WHERE action = ${LOGGED_IN} AND result = 0 GROUP BY object) o ON o.object = s.id WHERE o.n IS DISTINCT FROM 1`,
  'a record of a sign-in without its session': `SELECT o.id FROM oplog o LEFT JOIN session s ON s.id = o.object
    WHERE o.action = ${LOGGED_IN} AND o.result = 0 AND s.id IS NULL`,
  'an account without session, device, key, two agreements, or its one record': `WITH registered AS (SELECT object, count(*) AS n
      FROM oplog WHERE action = ${REGISTERED} GROUP BY object)
    SELECT a.id FROM account a LEFT JOIN registered r ON r.object = a.id WHERE a.id NOT IN (${setUp.join()}) AND (r.n IS DISTINCT FROM 1
      OR NOT EXISTS (SELECT 1 FROM session WHERE account = a.id) OR NOT EXISTS (SELECT 1 FROM device WHERE account = a.id)
      OR (SELECT count(*) FROM subject_key WHERE account = a.id) <> 1 OR (SELECT count(*) FROM agreement_yes WHERE account = a.id) <> 2)`,
  // one that ran out undecided was decided by the tidy lane, at its end or later
  'a ticket that was approved without its one record, or recorded and not approved': `WITH recorded AS (SELECT ticket, count(*) AS n
      FROM oplog WHERE action = ${SIGNED} AND result = 0 GROUP BY ticket)
    SELECT CAST(t.id AS TEXT) AS id, t.state, t.decided, t.expires, r.n AS records FROM ticket t LEFT JOIN recorded r ON r.ticket = t.id
    WHERE t.act = 2 AND coalesce(r.n, 0) <> CASE WHEN t.decided < t.expires THEN 1 ELSE 0 END`,
  'an approved ticket with values for another number of keys than its items name': `SELECT t.id FROM ticket t WHERE t.act = 2
    AND t.state = 3 AND (SELECT count(*) FROM signature WHERE ticket = t.id) <> 1`,
  'values for a ticket that was not approved': `SELECT s.ticket FROM signature s JOIN ticket t ON t.id = s.ticket
    WHERE t.state NOT IN (${APPROVED})`,
  'a ticket that asks for signatures and has no items, or items that nothing asks for': `SELECT t.id FROM ticket t
    WHERE (t.items > 0) <> EXISTS (SELECT 1 FROM ticket_items WHERE ticket = t.id)`,
  'a ticket that is open or that nobody opened, and that no lane will look at': `SELECT t.id FROM ticket t
    WHERE (t.state < 4 OR t.account IS NULL) AND NOT EXISTS (SELECT 1 FROM ticket_due WHERE ticket = t.id)`,
  'a code that was used and brought no token, or tokens without a used code': `SELECT c.id FROM auth_code c
    WHERE (c.used IS NOT NULL) <> EXISTS (SELECT 1 FROM token WHERE ticket = c.ticket)`,
  'an SMS that failed, or whose end is missing': 'SELECT id FROM job WHERE kind = 1 AND state <> 2',
  'an issuance that did not end': 'SELECT id FROM issuance WHERE state <> 1',
  'an issuance without its three certificates, or its one record': `WITH made AS (SELECT issuance, count(*) AS n FROM certificate
      WHERE role = 0 GROUP BY issuance), recorded AS (SELECT object, count(*) AS n FROM oplog WHERE action = ${ISSUED} AND result = 0 GROUP BY object)
    SELECT i.id FROM issuance i LEFT JOIN made m ON m.issuance = i.id LEFT JOIN recorded r ON r.object = i.id
    WHERE i.state = 1 AND (m.n IS DISTINCT FROM 3 OR r.n IS DISTINCT FROM 1)`,
  'a revoked cert without its one record, or whose certificates are good': `WITH recorded AS (SELECT object, count(*) AS n FROM oplog
      WHERE action = ${REVOKED} GROUP BY object)
    SELECT c.id FROM cert c JOIN instance n ON n.cert = c.id LEFT JOIN recorded r ON r.object = n.id WHERE c.revoked IS NOT NULL
      AND (r.n IS DISTINCT FROM 1 OR EXISTS (SELECT 1 FROM instance_key k JOIN certificate x ON x.instance_key = k.id
        WHERE k.instance = n.id AND x.revoked IS NULL))`,
  'a lane that has not done its job': 'SELECT id FROM job WHERE kind <> 1 AND state <> 2',
  // PostgreSQL has no such checks to ask for
  ...(!process.env.YINXIN_POSTGRES && {
    'a foreign key to nowhere': 'SELECT "table" FROM pragma_foreign_key_check',
    'damage to the database file': "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
  }),
});

async function nothingHalf(stage) {
  for (const [what, sql] of Object.entries(halves(stage.setUp))) {
    const found = await rows(stage.instance, sql);
    if (found.length) stage.finding(`${what}: ${found.length}, as ${JSON.stringify(found[0])}`);
  }
}

// Every job that was due has gone out by its own key, once for each phone that asked once.
async function keysSent(stage) {
  const jobs = new Set((await rows(stage.instance, 'SELECT CAST(id AS TEXT) AS id FROM job WHERE kind = 1')).map(({ id }) => id));
  for (const key of stage.sms.keys.keys()) if (!jobs.has(String(key))) stage.finding(`the key ${key} went out and stands for no job`);
  const sent = new Set([...stage.sms.keys.keys()].map(String));
  for (const id of jobs) if (!sent.has(id)) stage.finding(`job ${id} is done and never went out`);
  for (const what of stage.sms.strange.splice(0)) stage.finding(what);
}

export async function settled(stage, timeout = 120_000) {
  await waitFor(async () => (await value(stage.instance, 'SELECT count(*) FROM job WHERE state = 0')) === 0, { what: 'an empty outbox', timeout });
  await waitFor(async () => (await value(stage.instance, 'SELECT count(*) FROM oplog_new')) === 0, { what: 'a numbered log', timeout });
}

// What was acknowledged since the last time.
export async function acknowledged(stage) {
  await sessions(stage);
  await approvals(stage);
  await installs(stage);
}

// All of it; answers the log's own words.
export async function everything(stage) {
  await settled(stage).catch((error) => stage.finding(error.message));
  await acknowledged(stage);
  await nothingHalf(stage);
  await keysSent(stage);
  const log = await stage.instance.ctl('verify-log').catch((error) => error);
  if (!/^The log holds/.test(log.stdout)) stage.finding(log.stdout || log.message);
  return log.stdout?.trim();
}
