-- The whole database. Loaded by both engines (types are mapped in src/store, in one place). Ids come from C and rise with
-- time; times are ms UTC; *_box columns are the vault's boxes (SEC-4); *_hash columns are keyed hashes.
-- Each table is written by the one core module that its comment names.
-- version: 1
-- append-only: oplog oplog_ref tree checkpoint

CREATE TABLE schema_version (version BIGINT NOT NULL);

-- Which keys the database is read with: one row, from the first init on. core/key_check
CREATE TABLE key_check (
  id  BIGINT PRIMARY KEY,                  -- 1
  mac BYTEA NOT NULL                       -- of a constant, under the keys of search and of the log
);

-- ---------------------------------------------------------------- people

-- One person who signs in with a phone number. core/account
CREATE TABLE account (
  id         BIGINT PRIMARY KEY,
  phone_box  BYTEA NOT NULL,               -- E.164
  phone_hash BYTEA NOT NULL UNIQUE,
  state      SMALLINT NOT NULL,            -- enum account_state
  made       BIGINT NOT NULL,
  last_login BIGINT                        -- NULL: never yet
);

-- The key under which a person's data stand in the log; destroyed with the person (LOG-3). core/account
CREATE TABLE subject_key (
  id      BIGINT PRIMARY KEY,              -- the key id that the log's rows name
  account BIGINT NOT NULL REFERENCES account (id),
  key_box BYTEA                            -- NULL once destroyed
);
CREATE INDEX subject_key_by_account ON subject_key (account, id);

-- The verified identity of an account (RN-*). core/realname
CREATE TABLE realname (
  account  BIGINT PRIMARY KEY REFERENCES account (id),
  state    SMALLINT NOT NULL,              -- enum realname_state (RN-5)
  name_box BYTEA,
  doc_kind SMALLINT NOT NULL,              -- enum doc_kind (RN-2)
  doc_box  BYTEA,
  doc_hash BYTEA UNIQUE,                   -- one document belongs to one account (RN-6)
  method   SMALLINT NOT NULL,              -- enum realname_method: who verified it
  verified BIGINT
);

-- SMS codes sent; the rows are also the counters of LOGIN-3's limits. core/sms_code
CREATE TABLE sms_code (
  id           BIGINT PRIMARY KEY,
  phone_hash   BYTEA NOT NULL,
  address_hash BYTEA NOT NULL,
  purpose      SMALLINT NOT NULL,          -- enum sms_purpose
  code_hash    BYTEA,                      -- NULL once used or void
  tries        SMALLINT NOT NULL,          -- reserved tries; the 6th is refused
  made         BIGINT NOT NULL
);
CREATE INDEX sms_code_by_phone ON sms_code (phone_hash, made);
CREATE INDEX sms_code_by_address ON sms_code (address_hash, made);
CREATE INDEX sms_code_by_age ON sms_code (made);

-- One browser's profile, as known to one account (CERT-7). core/device
CREATE TABLE device (
  id          BIGINT PRIMARY KEY,
  account     BIGINT NOT NULL REFERENCES account (id),
  handle_hash BYTEA NOT NULL,              -- of the device cookie
  secret_hash BYTEA,                       -- of the device-secret cookie; NULL: none set
  name        TEXT NOT NULL,               -- "Chrome, Windows", or what its user called it
  made        BIGINT NOT NULL,
  seen        BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_by_handle ON device (handle_hash, account);
CREATE INDEX device_by_account ON device (account, id);

-- A signed-in browser (LOGIN-5). core/session
CREATE TABLE session (
  id          BIGINT PRIMARY KEY,
  token_hash  BYTEA NOT NULL UNIQUE,
  account     BIGINT NOT NULL REFERENCES account (id),
  device      BIGINT NOT NULL REFERENCES device (id),
  org         BIGINT,                      -- chosen last
  edition     SMALLINT NOT NULL,
  kept        SMALLINT NOT NULL,           -- 1: stays signed in for 30 days
  address_box BYTEA NOT NULL,
  agent       TEXT NOT NULL,               -- browser and system in a few words
  former_box  BYTEA,                       -- the login before this one: ms, address, agent, U+001F between them; NULL: none
  made        BIGINT NOT NULL,
  seen        BIGINT NOT NULL,
  code_at     BIGINT                       -- last fresh SMS code
);
CREATE INDEX session_by_account ON session (account, id);
CREATE INDEX session_by_seen ON session (seen);

-- The account's key, once a layer (PIN-5). core/pin
CREATE TABLE account_key (
  id      BIGINT PRIMARY KEY,
  account BIGINT NOT NULL REFERENCES account (id),
  layer   SMALLINT NOT NULL,               -- enum key_layer: password, reset, passkey
  cost    SMALLINT NOT NULL,               -- log2 N of scrypt; 0 for layers without
  salt    BYTEA NOT NULL,
  box     BYTEA NOT NULL,                  -- the account key, sealed under this layer
  made    BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_key_by_layer ON account_key (account, layer, id);

-- Wrong entries of the certificate password (PIN-4). core/pin
CREATE TABLE pin_try (
  account      BIGINT PRIMARY KEY REFERENCES account (id),
  tries        SMALLINT NOT NULL,          -- reserved since the last success or lock
  locks        SMALLINT NOT NULL,          -- locks in a row: 15 min, doubling to 24 h
  locked_until BIGINT NOT NULL             -- 0: never
);

-- In-portal messages (MSG-1). core/message
CREATE TABLE message (
  id      BIGINT PRIMARY KEY,
  account BIGINT NOT NULL REFERENCES account (id),
  kind    SMALLINT NOT NULL,               -- enum message_kind
  org     BIGINT,
  object  BIGINT,                          -- what it leads to
  words_box BYTEA NOT NULL,                -- the words that its sentence holds, U+001F between them
  read_at BIGINT                           -- NULL: unread
);
CREATE INDEX message_by_account ON message (account, id);
CREATE INDEX message_unread ON message (account, id) WHERE read_at IS NULL;

-- Versions of what one agrees to (LOGIN-1, CERT-18). core/agreement
CREATE TABLE agreement (
  id        BIGINT PRIMARY KEY,
  kind      SMALLINT NOT NULL,             -- enum agreement_kind: user, privacy, certificate
  version   TEXT NOT NULL,
  title     TEXT NOT NULL,
  body      TEXT NOT NULL,                 -- paragraphs, one a line; "# " heads
  published BIGINT NOT NULL
);
CREATE INDEX agreement_by_kind ON agreement (kind, published, id);
CREATE TABLE agreement_yes (
  account   BIGINT NOT NULL REFERENCES account (id),
  agreement BIGINT NOT NULL REFERENCES agreement (id),
  made      BIGINT NOT NULL,
  PRIMARY KEY (account, agreement)
);

-- What a platform may know of a person (SCAN-5, SET-2). core/consent
CREATE TABLE consent (
  id        BIGINT PRIMARY KEY,
  account   BIGINT NOT NULL REFERENCES account (id),
  platform  BIGINT NOT NULL,
  scopes    TEXT NOT NULL,                 -- separated by spaces, sorted
  made      BIGINT NOT NULL,
  last_used BIGINT NOT NULL,
  revoked   BIGINT                         -- NULL: in force
);
CREATE INDEX consent_by_account ON consent (account, id);
CREATE UNIQUE INDEX consent_in_force ON consent (account, platform) WHERE revoked IS NULL;

-- ---------------------------------------------------------------- orgs

-- A company or institution. core/org
CREATE TABLE org (
  id            BIGINT PRIMARY KEY,
  uscc          TEXT NOT NULL UNIQUE,
  name          TEXT NOT NULL,
  legal_name_box BYTEA NOT NULL,           -- the legal representative that the registry names
  legal_doc_hash BYTEA,                    -- of the document; NULL: record only declared (ORG-5)
  state         SMALLINT NOT NULL,         -- enum org_state
  made          BIGINT NOT NULL
);
CREATE INDEX org_by_legal_doc ON org (legal_doc_hash) WHERE legal_doc_hash IS NOT NULL;

-- An account inside an org. core/member
CREATE TABLE member (
  id      BIGINT PRIMARY KEY,
  org     BIGINT NOT NULL REFERENCES org (id),
  account BIGINT NOT NULL REFERENCES account (id),
  role    SMALLINT NOT NULL,               -- enum role
  joined  BIGINT NOT NULL,
  ended   BIGINT                           -- NULL: a member now
);
CREATE UNIQUE INDEX member_now ON member (org, account) WHERE ended IS NULL;
CREATE INDEX member_by_account ON member (account, org) WHERE ended IS NULL;

-- An electronic seal of an org. core/seal
CREATE TABLE seal (
  id        BIGINT PRIMARY KEY,
  org       BIGINT NOT NULL REFERENCES org (id),
  kind      SMALLINT NOT NULL,             -- enum seal_kind (SEAL-1)
  state     SMALLINT NOT NULL,             -- enum seal_state (SEAL-4)
  name      TEXT NOT NULL,                 -- the org's verified name as drawn
  style     TEXT NOT NULL,                 -- JSON of struct seal_style
  picture   BIGINT NOT NULL,               -- blob: SVG
  bitmap    BIGINT NOT NULL,               -- blob: PNG at 300 dpi
  made      BIGINT NOT NULL,
  made_by   BIGINT NOT NULL,
  voided    BIGINT,
  voided_by BIGINT
);
CREATE INDEX seal_by_org ON seal (org, state, id);
CREATE UNIQUE INDEX seal_by_picture ON seal (picture); -- the tidy lane asks whether a blob is anybody's
CREATE UNIQUE INDEX seal_by_bitmap ON seal (bitmap);

-- ---------------------------------------------------------------- certificates

-- What can be bought or taken (ORD-1). core/catalogue
CREATE TABLE catalogue_item (
  id       BIGINT PRIMARY KEY,
  kind     SMALLINT NOT NULL,              -- enum cert_kind: personal, org
  platform BIGINT,                         -- NULL: interconnect
  name     TEXT NOT NULL,
  years    SMALLINT NOT NULL,
  price    BIGINT NOT NULL,                -- fen
  third    SMALLINT NOT NULL,              -- enum key_kind of the key beside SM2 (CERT-5)
  on_sale  SMALLINT NOT NULL
);

-- An entitlement (CERT-3). core/cert
CREATE TABLE cert (
  id        BIGINT PRIMARY KEY,
  kind      SMALLINT NOT NULL,             -- enum cert_kind
  item      BIGINT NOT NULL REFERENCES catalogue_item (id),
  platform  BIGINT,                        -- NULL: interconnect
  account   BIGINT NOT NULL REFERENCES account (id), -- who took it
  org       BIGINT REFERENCES org (id),    -- whose it is; NULL: personal
  agreement BIGINT NOT NULL REFERENCES agreement (id),
  starts    BIGINT NOT NULL,
  ends      BIGINT NOT NULL,
  revoked   BIGINT                         -- NULL: not revoked
);
CREATE INDEX cert_by_account ON cert (account, id) WHERE org IS NULL;
CREATE INDEX cert_by_org ON cert (org, id) WHERE org IS NOT NULL;

-- One person's keys for a cert on one device (CERT-3). core/cert
CREATE TABLE instance (
  id          BIGINT PRIMARY KEY,
  cert        BIGINT NOT NULL REFERENCES cert (id),
  account     BIGINT NOT NULL REFERENCES account (id),
  holder      TEXT NOT NULL,               -- the opaque number in the subject
  state       SMALLINT NOT NULL,           -- enum instance_state
  device      BIGINT,                      -- where it is installed; NULL: nowhere yet
  box_public  BYTEA,                       -- X25519
  box_private BYTEA,                       -- under the account key, then under the device secret
  free_left   SMALLINT NOT NULL,           -- reissues left (CERT-9)
  made        BIGINT NOT NULL
);
CREATE UNIQUE INDEX instance_by_cert ON instance (cert, account);
CREATE INDEX instance_by_account ON instance (account, id);

-- One order to the CA: first download, reissue or renewal of an instance (CERT-9, CERT-10). core/cert
CREATE TABLE issuance (
  id          BIGINT PRIMARY KEY,          -- also the CA's transaction id
  instance    BIGINT NOT NULL REFERENCES instance (id),
  kind        SMALLINT NOT NULL,           -- enum issuance_kind
  state       SMALLINT NOT NULL,           -- enum issuance_state: intent, issued, failed
  device      BIGINT NOT NULL,
  box_public  BYTEA NOT NULL,              -- moves to the instance when issued
  box_private BYTEA,                       -- NULL once it moved to the instance, or the issuance failed
  intent_mac  BYTEA NOT NULL,              -- HMAC of who ordered what, under keys/data: issuance.h
  made        BIGINT NOT NULL,
  ended       BIGINT,
  tries       SMALLINT NOT NULL,
  error       TEXT                         -- for operators
);
CREATE INDEX issuance_by_instance ON issuance (instance, id);
CREATE INDEX issuance_by_end ON issuance (ended) WHERE ended IS NOT NULL;

-- One key of an instance; one CSC credential (API-2). core/cert
CREATE TABLE instance_key (
  id          BIGINT PRIMARY KEY,          -- the credential id
  instance    BIGINT NOT NULL REFERENCES instance (id),
  issuance    BIGINT NOT NULL REFERENCES issuance (id), -- that made it
  use         SMALLINT NOT NULL,           -- enum key_use: SM2 signing, SM2 encryption, third signing
  kind        SMALLINT NOT NULL,           -- enum key_kind
  state       SMALLINT NOT NULL,           -- enum instance_key_state: pending, current, former
  spki        BYTEA NOT NULL,
  request     BYTEA NOT NULL,              -- PKCS#10, kept for renewals
  sealed      BYTEA NOT NULL,              -- private half, sealed to box_public
  recovery    BYTEA,                       -- private half of an encryption key, sealed to the recovery key (CERT-6)
  certificate BIGINT                       -- the newest; NULL until issued
);
CREATE INDEX instance_key_by_instance ON instance_key (instance, state, use);
CREATE INDEX instance_key_by_issuance ON instance_key (issuance);

-- Every certificate that our CAs made, their own too. core/cert
CREATE TABLE certificate (
  id           BIGINT PRIMARY KEY,
  role         SMALLINT NOT NULL,          -- enum certificate_role: end entity, root, issuing, OCSP responder
  hierarchy    SMALLINT NOT NULL,          -- enum key_kind of the CA: SM2 or P-256
  instance_key BIGINT REFERENCES instance_key (id),
  issuance     BIGINT REFERENCES issuance (id),
  serial       BYTEA NOT NULL UNIQUE,
  der          BYTEA NOT NULL,
  not_before   BIGINT NOT NULL,
  not_after    BIGINT NOT NULL,
  revoked      BIGINT,                     -- NULL: good
  reason       SMALLINT NOT NULL           -- RFC 5280 5.3.1
);
CREATE INDEX certificate_by_key ON certificate (instance_key, id);
CREATE INDEX certificate_revoked ON certificate (hierarchy, revoked) WHERE revoked IS NOT NULL;
CREATE INDEX certificate_by_role ON certificate (role, hierarchy, id) WHERE role > 0;

-- The revocation lists published, newest wins (CERT-13). core/cert
CREATE TABLE crl (
  id          BIGINT PRIMARY KEY,
  hierarchy   SMALLINT NOT NULL,
  number      BIGINT NOT NULL,
  der         BYTEA NOT NULL,
  this_update BIGINT NOT NULL,
  next_update BIGINT NOT NULL
);
CREATE UNIQUE INDEX crl_by_hierarchy ON crl (hierarchy, number);

-- ---------------------------------------------------------------- platforms and scans

-- A trading platform: an OAuth client (PLAT-4). core/platform
CREATE TABLE platform (
  id            BIGINT PRIMARY KEY,
  client        TEXT NOT NULL UNIQUE,      -- client_id
  secret_hash   BYTEA,                     -- NULL: public client
  name          TEXT NOT NULL,
  redirect_uris TEXT NOT NULL,             -- one a line, compared byte by byte
  scopes        TEXT NOT NULL,             -- allowed, separated by spaces
  csc1          SMALLINT NOT NULL,         -- 1: may leave PKCE out (CSC v1 clients)
  shows_number  SMALLINT NOT NULL,         -- 1: shows match_number beside its QR code (API-3)
  takes_seals   TEXT NOT NULL,             -- kinds taken, separated by spaces (SEAL-14)
  state         SMALLINT NOT NULL,         -- enum platform_state
  made          BIGINT NOT NULL
);

-- One pending QR request: authorize, pushed request or device grant (SCAN-*). core/ticket
CREATE TABLE ticket (
  id          BIGINT PRIMARY KEY,
  way         SMALLINT NOT NULL,           -- enum ticket_way: page, pushed, device
  act         SMALLINT NOT NULL,           -- enum ticket_act: login, service, sign, seal
  state       SMALLINT NOT NULL,           -- enum ticket_state
  platform    BIGINT NOT NULL REFERENCES platform (id),
  redirect_uri TEXT,                       -- NULL: device grant
  scope       TEXT NOT NULL,
  client_state TEXT,
  nonce       TEXT,
  challenge   TEXT,                        -- PKCE S256; NULL only where waived
  items       BIGINT NOT NULL,             -- how many
  digest      BYTEA,                       -- SHA-256 over the items (LOG-3); NULL without
  asked_mac   BYTEA NOT NULL,              -- HMAC of what was asked for, under keys/data: ticket_row.h
  seal_kind   SMALLINT,                    -- asked for; NULL: none
  seal        BIGINT,                      -- chosen
  secret      BYTEA NOT NULL,              -- 32 random bytes: the QR code's key
  pushed_hash BYTEA UNIQUE,                -- of the request_uri
  device_hash BYTEA UNIQUE,                -- of the device code
  polled      BIGINT,                      -- last poll of the device grant, written at most every 2 s
  bound       BYTEA,                       -- keyed hash of the asking browser's visit cookie
  address_box BYTEA,                       -- of the asking browser
  agent       TEXT,
  number      SMALLINT NOT NULL,           -- the two-digit number, and the two beside it
  decoy_a     SMALLINT NOT NULL,
  decoy_b     SMALLINT NOT NULL,
  account     BIGINT,                      -- who claimed it
  org         BIGINT,                      -- whose seal or org cert is used
  instance    BIGINT,                      -- chosen (service) or used
  device      BIGINT,                      -- that claimed it, then that approved it
  reason      TEXT,                        -- why it ended: key of the message table
  made        BIGINT NOT NULL,
  expires     BIGINT NOT NULL,
  claimed     BIGINT,
  decided     BIGINT,
  collected   BIGINT
);
-- When the tidy lane looks at a ticket next: to end it, or to delete it a day after its end where nobody opened it. A table of
-- its own, for indexes of the ticket over what its steps change would have PostgreSQL take all tickets of one moment for one
-- another's (docs/scaling.md). core/ticket
CREATE TABLE ticket_due (
  at     BIGINT NOT NULL,
  ticket BIGINT NOT NULL,
  PRIMARY KEY (at, ticket)
);

-- What is to be signed, where anything is. core/ticket
CREATE TABLE ticket_items (
  ticket   BIGINT PRIMARY KEY,             -- of its own transaction: no reference, see oplog_ref
  list_box BYTEA NOT NULL                  -- credential, algorithms, hash and name of each (docs/ticket-digest.md)
);

-- The values made for a ticket's items of one key, in their order; erased when their token is dead. core/ticket
CREATE TABLE signature (
  ticket     BIGINT NOT NULL REFERENCES ticket (id),
  credential BIGINT NOT NULL,              -- instance_key
  list       BYTEA NOT NULL,               -- length (2 bytes), value; again for each further one
  PRIMARY KEY (ticket, credential)
);

-- Authorization codes: 60 s, single use (API-1). core/token
CREATE TABLE auth_code (
  id        BIGINT PRIMARY KEY,
  code_hash BYTEA NOT NULL UNIQUE,
  ticket    BIGINT NOT NULL REFERENCES ticket (id),
  made      BIGINT NOT NULL,
  used      BIGINT                         -- a second use revokes what came of the first
);
CREATE INDEX auth_code_by_ticket ON auth_code (ticket);
-- Access tokens, refresh tokens and SADs, opaque, hashed (API-1, API-2). core/token
CREATE TABLE token (
  id         BIGINT PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  kind       SMALLINT NOT NULL,            -- enum token_kind: access, refresh, SAD
  platform   BIGINT NOT NULL REFERENCES platform (id),
  account    BIGINT NOT NULL REFERENCES account (id),
  ticket     BIGINT NOT NULL REFERENCES ticket (id), -- its family: all that came of one approval
  scope      TEXT NOT NULL,
  instance   BIGINT,
  made       BIGINT NOT NULL,
  expires    BIGINT NOT NULL,
  ended      BIGINT,                       -- revoked or rotated
  uses       BIGINT NOT NULL               -- of a SAD: times that signatures were handed out
);
CREATE INDEX token_by_ticket ON token (ticket);
CREATE INDEX token_by_account ON token (account, platform) WHERE ended IS NULL;
CREATE INDEX token_by_expiry ON token (expires);

-- ---------------------------------------------------------------- what leaves, what is kept

-- The outbox: what a lane has to do (MSG-3). core/job
CREATE TABLE job (
  id          BIGINT PRIMARY KEY,          -- also the receiver's idempotency key
  kind        SMALLINT NOT NULL,           -- enum job_kind: gives lane, retries, not-after, retention
  lane        SMALLINT NOT NULL,           -- enum lane
  state       SMALLINT NOT NULL,           -- enum job_state: due, held, done, failed
  object      BIGINT NOT NULL,             -- what it is about
  payload_box BYTEA,                       -- erased at the end
  due         BIGINT NOT NULL,             -- next try
  not_after   BIGINT NOT NULL,
  tries       SMALLINT NOT NULL,
  error       TEXT,                        -- of the last try, for operators
  made        BIGINT NOT NULL,
  ended       BIGINT
);
CREATE INDEX job_due ON job (lane, due) WHERE state = 0;
CREATE INDEX job_by_state ON job (state, id);

-- The record of everything done; append-only (LOG-1, LOG-3). The leaf is computed from these columns. core/oplog
CREATE TABLE oplog (
  id          BIGINT PRIMARY KEY,
  time        BIGINT NOT NULL,
  actor_kind  SMALLINT NOT NULL,           -- enum actor_kind
  actor       BIGINT NOT NULL,
  on_behalf   BIGINT NOT NULL,             -- 0: for oneself
  org         BIGINT NOT NULL,             -- 0: none
  platform    BIGINT NOT NULL,
  ticket      BIGINT NOT NULL,
  instance    BIGINT NOT NULL,
  action      SMALLINT NOT NULL,           -- enum oplog_action
  object_kind SMALLINT NOT NULL,           -- enum object_kind
  object      BIGINT NOT NULL,
  result      SMALLINT NOT NULL,           -- enum err
  digest      BYTEA,                       -- 32 bytes of the act's content
  refs        BYTEA NOT NULL,              -- who and what it is about: kind and object, 16 bytes each (docs/log-format.md)
  subjects    BYTEA NOT NULL,              -- length-prefixed: key id, ciphertext; one for each data subject
  leaf_hash   BYTEA NOT NULL,
  mac         BYTEA NOT NULL               -- HMAC of the leaf hash under keys/data
);
-- The rows' refs once more: lists of all kinds come from here. Proven by the row's leaf (verify-log). core/oplog
CREATE TABLE oplog_ref (
  object_kind SMALLINT NOT NULL,
  object      BIGINT NOT NULL,
  kind        SMALLINT NOT NULL,           -- enum record_kind of LOG-2's filter
  oplog       BIGINT NOT NULL,             -- of the same transaction: looking it up to prove a reference would only
                                           -- have writers meet where all of them add (docs/scaling.md)
  org         BIGINT NOT NULL,             -- 0: personal
  PRIMARY KEY (object_kind, object, oplog)
);
-- Rows that the log lane has not numbered yet. core/oplog
CREATE TABLE oplog_new (oplog BIGINT PRIMARY KEY);
-- Hashes of complete subtrees; level 0 says which row stands at which place. core/oplog
CREATE TABLE tree (
  level SMALLINT NOT NULL,
  place BIGINT NOT NULL,
  hash  BYTEA NOT NULL,
  oplog BIGINT,                            -- level 0 only
  PRIMARY KEY (level, place)
);
CREATE UNIQUE INDEX tree_by_oplog ON tree (oplog) WHERE oplog IS NOT NULL;
CREATE TABLE checkpoint (
  size BIGINT PRIMARY KEY,
  time BIGINT NOT NULL,
  note TEXT NOT NULL
);
