// Holes as people make them: what it is, the edits that make it (file, a text that stands there once, what takes its place), and
// what the check must say that finds it, so that nothing else counts as finding it.
const openMe = (before, after) => [['cgi-bin/portal/me.c', before, after]];
const me = 'templates/portal/me.tpl', guards = 'cgi-bin/site/guards.c', message = 'src/core/message.c', device = 'src/core/device.c';
const oneMessage = '"SELECT " MESSAGE_COLUMNS " FROM message WHERE id = $1 AND account = $2"';

const inTemplates = [
  { what: 'a value whose escaping is switched off', edits: [[me, '{{NAME}}', '{{NAME:none}}']], shows: /me\.tpl:7: escaping switched off/ },
  { what: 'a template without auto-escape', edits: [[me, '{{%AUTOESCAPE context="HTML"}}\n', '']], shows: /me\.tpl:1: .*nothing in it is escaped/ },
  { what: 'a value in a tag outside quotes', edits: [[me, '<b class="yx-b fs-5">', '<b class="yx-b fs-5" title={{NAME}}>']],
    shows: /me\.tpl:7: value or include inside a tag but outside quotes/ },
  { what: 'a value as the beginning of an address', edits: [[me, '"{{BASE}}/logout"', '"{{NAME}}"']], shows: /me\.tpl:\d+: href must begin with/ },
];

const inQueries = [
  { what: 'a query pasted by printf', edits: [[message, oneMessage, `arena_printf(ctx->arena, ${oneMessage})`]],
    shows: /message\.c:\d+: query that is not written down here: arena_printf/ },
  { what: 'a query from a variable', edits: [['src/core/consent.c',
    'CONSENT_QUERY "WHERE c.account = $1 AND c.revoked IS NULL ORDER BY c.id DESC LIMIT $2"', 'query']],
    shows: /consent\.c:\d+: query that is not written down here: query/ },
  { what: 'a query pasted behind a macro', edits: [[device, '#define DEVICE_COLUMNS',
    '#define ONE_DEVICE arena_printf(arena, "SELECT \'%s\'", name)\n#define DEVICE_COLUMNS'],
    [device, '"SELECT " DEVICE_COLUMNS " FROM device WHERE id = $1 AND account = $2"', 'ONE_DEVICE']],
    shows: /device\.c:\d+: query with ONE_DEVICE, which is no text/ },
  { what: 'a query from a constant that is never compiled', edits: [[message, 'static const char count_sql[] =',
    '#define count_sql arena_printf(ctx->arena, "SELECT count(*) FROM message WHERE account = %lld", (long long)ctx->actor.id)\n'
    + '#if 0\nstatic const char count_sql[] = "SELECT 1";\n#endif\nstatic const char once_sql[] =']],
    shows: /message\.c:\d+: query that is not written down here: count_sql/ },
];

const inRows = [
  { what: 'a page without its role: open to anyone', edits: openMe('"/me/sessions", SIGNED_IN', '"/me/sessions", ANYONE'), shows: /'GET \/me\/sessions'/ },
  { what: 'a page of an org without its role: open to every member',
    edits: [['cgi-bin/portal/records.c', '"/orgs/:org/records", LEGAL_REP | ADMIN', '"/orgs/:org/records", SIGNED_IN']],
    shows: /GET \/orgs\/\d+\/records answered (200|404), not 403/ },
  { what: 'a row that takes forms from elsewhere',
    edits: openMe('"/me/sessions/end-others", SIGNED_IN, FULL_SESSION', '"/me/sessions/end-others", SIGNED_IN, FULL_SESSION | FROM_ELSEWHERE'),
    shows: /'POST \/me\/sessions\/end-others'/ },
];

const inForms = [
  { what: 'the CSRF token is not checked', edits: [[guards, 'comes_from_here(v) && csrf_holds(', 'comes_from_here(v) || csrf_holds(']],
    shows: /no token: POST \S+ answered/ },
  { what: 'the origin is not checked', edits: [[guards, 'return text_equal(origin, own);', 'return true;']],
    shows: /origin https:\/\/evil\.example: POST \S+ answered/ },
  { what: 'a token holds in every session', edits: [['src/web/csrf.c', '"", subject, content', 'subject ? "" : "", "", content'],
    ['src/web/csrf.c', '"", subject, want', 'subject ? "" : "", "", want']], shows: /another's token: POST \S+ answered/ },
];

const inCore = [
  { what: "another's cert is loaded", edits: [['src/core/cert.c', 'return out->account == ctx->actor.id ? OK : ERR_NOT_FOUND;', 'return OK;']],
    shows: /a verified stranger: GET \/certs\/\d+\S* answered 200, not 404/ },
  { what: "another org's seal is loaded", edits: [['src/core/seal.c', 'if (!ctx->org || out->org != ctx->org)', 'if (!ctx->org)'],
    ['src/core/seal.c', 'return seal_may_administer(ctx, out) == OK ? OK : ERR_NOT_FOUND;', 'return OK;']],
    shows: /another org's legal representative: (GET )?\/orgs\/\d+\/seals\/\d+\S* (answered 200, not 404|names the owner)/ },
  { what: "another's record is shown", edits: [['src/core/oplog_list.c', '\tTRY(oplog_check_mine(ctx, l->id));\n\tTRY(load_shown(', '\tTRY(load_shown(']],
    shows: /GET \/records\/\d+ answered 200, not 404/ },
  { what: "another's consent is loaded", edits: [['src/core/consent.c', 'WHERE c.id = $1 AND c.account = $2', 'WHERE c.id = $1 AND $2 = $2']],
    shows: /a verified stranger: GET \/me\/consents\/\d+\/revoke answered 200, not 404/ },
  { what: "another's session is ended", edits: [['src/core/session.c',
    '"DELETE FROM session WHERE id = $1 AND account = $2"',
    '"DELETE FROM session WHERE id = $1 AND $2 = $2"']],
    shows: /POST \/me\/sessions\/\d+\/end answered 303, not 404/ },
  { what: "another's message is marked as read", edits: [[message,
    'FROM message WHERE id = $1 AND account = $2', 'FROM message WHERE id = $1 AND $2 = $2']],
    shows: /POST \/messages\/\d+\/read answered \d+, not 404/ },
];

// code: it must be built before a check can see it in the running portal.
export const holes = [
  ...inTemplates, ...inQueries, ...[...inRows, ...inForms].map((one) => ({ ...one, code: true })),
  ...inCore.map((one) => ({ ...one, what: `core: ${one.what}`, code: true })),
];
