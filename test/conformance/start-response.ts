import { expect } from 'vitest';
import { badHeaders, badStatuses } from '../apps/bad-input.cjs';
import { type Case, refused, type Section } from './case';

const EXPIRED = { name: 'TsgiError', code: 'TSGI_EXPIRED' };
const SPEC = (rule: string) => ({ name: 'TsgiError', code: 'TSGI_SPEC', rule });

const refusals = [
  ...Object.entries(badStatuses).map(([name, bad]) => ({ list: 'status', name, ...bad })),
  ...Object.entries(badHeaders).map(([name, bad]) => ({ list: 'headers', name, ...bad })),
].flatMap(({ list, name, rule, quotes }): Case[] => {
  const path = `${list}/${encodeURIComponent(name)}`;
  return [
    {
      rule: `${rule}: ${list} with ${name} is an error that names the rule, and 500`,
      request: { path: `/bad/${path}` },
      expect: { status: 500, page: true, without: ['X-Injected'] },
      log: [{ rule, ...(quotes === undefined ? {} : { text: quotes }) }],
    },
    {
      rule: `${rule}: ${list} with ${name} throws at the call`,
      request: { path: `/caught/${path}` },
      expect: { status: '200 OK', body: 'caught', fields: [['X-After', 'all']], without: ['X-Injected', 'X-A'] },
      events: [SPEC(rule)],
    },
  ];
});

/** A call that is fine. */
function legal(rule: string, status: string, headers: [string, string][], more: Partial<Case> = {}): Case {
  return {
    rule,
    request: { method: 'POST', path: '/given', body: JSON.stringify({ status, headers }) },
    expect: { status, fields: headers, body: 'given' },
    ...more,
  };
}

const legalCalls: Case[] = [
  legal('a status has any three digits from 200 on', '299 Fine By Me', []),
  legal('a status may be 999', '999 Nearly A Thousand', []),
  legal('a reason may be Latin-1', '200 Tr\u00e8s bien', []),
  legal('values may be empty', '200 OK', [['X-Empty', '']]),
  legal('values may be Latin-1', '200 OK', [['X-Latin', 'caf\u00e9 \u00a0\u00ff']]),
  legal('values may hold a tab and other control bytes than CR, LF and NUL', '200 OK', [['X-Tab', 'a\tb']]),
  legal('a name is any token', '200 OK', [["X!#$%&'*+-.^_`|~0", 'token']]),
  legal('fields of one name keep their order', '200 OK', [
    ['Set-Cookie', 'a=1; Path=/'],
    ['X-One', '1'],
    ['Set-Cookie', 'b=2'],
    ['X-One', '2'],
    ['Set-Cookie', 'c=3'],
  ]),
  legal('a hundred fields are sent', '200 OK', Array.from({ length: 100 }, (_, index): [string, string] => [`X-Field-${index}`, `value ${index}`])),
  legal('a long value is sent', '200 OK', [['X-Long', 'v'.repeat(6000)]]),
  legal('Location is sent as it was given', '302 Found', [['Location', '/elsewhere?x=1']]),
  legal('Content-Type is sent as it was given', '200 OK', [['content-type', 'text/plain; charset="x"; odd=1']]),
  legal('caching fields are sent as they were given', '200 OK', [
    ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
    ['ETag', '"abc"'],
    ['Cache-Control', 'no-store'],
    ['Expires', '0'],
    ['Vary', 'Accept'],
    ['Link', '</a>; rel=preload'],
  ]),
  legal('Server and Date are the application\'s when it gives them', '200 OK', [
    ['Server', 'mine'],
    ['Date', 'Mon, 01 Jan 2024 00:00:00 GMT'],
  ]),
  legal('a response may be 401 with WWW-Authenticate', '401 Who Are You', [['WWW-Authenticate', 'Basic realm="x"']]),
]; // prettier-ignore

const order: Case[] = [
  refused('a chunk without startResponse is an error', '/never', 'body-before-start'),
  refused('the end without startResponse is an error', '/never-empty', 'body-before-start'),
  refused('an empty body without startResponse is an error', '/never-null', 'body-before-start'),
  refused('startResponse after the first non-empty chunk is too late', '/after-chunk', 'body-before-start'),
  {
    rule: 'startResponse is legal during iteration, until the first non-empty chunk',
    request: { path: '/during-iteration' },
    expect: { status: '202 Accepted', fields: [['X-When', 'late']], body: 'body' },
  },
  {
    rule: 'an application may be an asynchronous generator that starts its own response',
    request: { path: '/async-generator' },
    expect: { status: '202 Accepted', body: 'body' },
  },
  {
    rule: 'startResponse is legal until the end of an empty body',
    request: { path: '/at-the-end' },
    expect: { status: '202 Accepted', body: '' },
  },
  refused('a second call without error throws', '/twice', 'start-twice'),
  refused('a second call with null for error is one without', '/twice-null-error', 'start-twice'),
  {
    rule: 'a second call without error throws at the call and changes nothing',
    request: { path: '/twice-caught' },
    expect: { status: '200 OK', fields: [['X-First', 'yes']], without: ['X-Second'], body: 'first' },
    events: [SPEC('start-twice')],
  },
  {
    rule: 'a call with error replaces status and headers that are not committed, the length included',
    request: { path: '/replaced' },
    expect: {
      status: '500 Replaced',
      fields: [['X-Second', 'yes']],
      without: ['X-First'],
      body: 'replaced',
      length: 8,
    },
  },
  {
    rule: 'status and headers may be replaced again, by any value as error',
    request: { path: '/replaced-twice' },
    expect: { status: '501 Again', body: 'replaced' },
  },
  {
    rule: 'the first call may have an error',
    request: { path: '/error-first' },
    expect: { status: '500 At Once', body: 'started' },
  },
  {
    rule: 'status and headers may be replaced during iteration',
    request: { path: '/replaced-during-iteration' },
    expect: { status: '500 Replaced', body: 'replaced' },
  },
  {
    rule: 'a replacement that breaks a rule replaces nothing',
    request: { path: '/bad-replacement' },
    expect: { status: '200 OK', fields: [['X-First', 'yes']], body: 'first' },
    events: [SPEC('status-form')],
  },
  {
    rule: 'the write of either call writes to the one response',
    request: { path: '/write-replaced' },
    expect: { status: '500 Replaced', body: 'one,two' },
  },
  {
    rule: 'startResponse returns write',
    request: { path: '/returns-write' },
    expect: { status: 200 },
    events: ['function'],
  },
];

const committed: Case[] = [
  {
    rule: 'with error, once committed, startResponse rethrows the error and the stream is reset',
    request: { path: '/committed-rethrows' },
    expect: { status: 200, broken: true, body: 'begun' },
    events: ['rethrown'],
    log: [{ text: 'the secret reason' }],
  },
  {
    rule: 'swallowing the rethrown error changes nothing: the stream is reset',
    request: { path: '/committed-swallows' },
    expect: { status: 200, broken: true, body: 'begun' },
    events: ['swallowed'],
    log: [{ text: 'the secret reason' }],
  },
  {
    rule: 'write commits: an error after it rethrows and resets',
    request: { path: '/committed-by-write' },
    expect: { broken: true },
    events: [true],
    log: [{ text: 'the secret reason' }],
  },
  {
    rule: 'a call without error after the commit throws',
    request: { path: '/committed-without-error' },
    events: [SPEC('start-twice')],
    expect: (reply) => {
      expect(reply.status).toBe(200);
    },
    log: [],
  },
];

const trust: Case[] = [
  {
    rule: 'headers are taken at the call: what is changed in them afterwards is not sent',
    request: { path: '/changed-after' },
    expect: { status: 200, without: ['X-Injected'], fields: [['X-Pair', 'checked']], body: 'body' },
  },
  {
    rule: 'a value that answers differently each time injects nothing',
    request: { path: '/two-faced' },
    expect: (reply) => {
      expect(JSON.stringify(reply.fields)).not.toContain('Injected');
      expect([200, 500]).toContain(reply.status);
    },
    log: [{ optional: true }],
    across: 'an invalid head',
  },
  {
    rule: 'after the end startResponse throws TSGI_EXPIRED, with and without an error',
    request: { path: '/expired' },
    expect: { status: 200, body: 'answered' },
    run: (trial) => trial.release('later'),
    events: [EXPIRED, EXPIRED],
  },
];

export const startResponse: Section = {
  name: 'startResponse',
  app: 'start-response.mjs',
  cases: [...refusals, ...legalCalls, ...order, ...committed, ...trust],
};
