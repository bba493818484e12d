import { type Case, type Section } from './case';

const head: Case[] = [
  {
    rule: 'HEAD pulls until the first non-empty chunk, and ends the body early',
    request: { method: 'HEAD', path: '/any-body' },
    expect: { status: 200, body: '', length: null },
    events: ['next 0', 'next 1', 'return', 'close'],
  },
  {
    rule: 'HEAD pulls until the end when there is no non-empty chunk',
    request: { method: 'HEAD', path: '/only-empty' },
    expect: { status: 200, body: '', length: null },
    events: ['next 0', 'next 1', 'next 2', 'close'],
  },
  {
    rule: 'HEAD: write discards and resolves, and the length of the application stays',
    request: { method: 'HEAD', path: '/head-write' },
    expect: { status: 200, body: '', length: 11 },
    events: ['resolved', 'resolved'],
  },
  {
    rule: 'HEAD: the declared length stays although nothing is sent',
    request: { method: 'HEAD', path: '/length-large' },
    expect: { status: 200, body: '', length: 3_000_000 },
  },
  {
    rule: 'HEAD: a declared length without any body is no shortage',
    request: { method: 'HEAD', path: '/length-short-empty' },
    expect: { status: 200, body: '', length: 10 },
  },
  {
    rule: 'HEAD: the length of an array is added',
    request: { method: 'HEAD', path: '/array' },
    expect: { status: 200, body: '', length: 3 },
  },
  {
    rule: 'HEAD: no length is added for an empty array, which an application may answer to HEAD',
    request: { method: 'HEAD', path: '/array-empty' },
    expect: { status: 200, body: '', length: null },
  },
  {
    rule: 'HEAD arrives as HEAD',
    request: { method: 'HEAD', path: '/method' },
    expect: { status: 200, fields: [['X-Method', 'HEAD']], body: '', length: 4 },
  },
  {
    rule: 'HEAD arrives as GET where the administrator wants it, and still sends no body',
    mount: { headToGet: true },
    request: { method: 'HEAD', path: '/method' },
    expect: { status: 200, fields: [['X-Method', 'GET']], body: '', length: 4 },
  },
];

const bodyless: Case[] = [
  {
    rule: '204 sends no body and drops Content-Length',
    request: { path: '/status/204' },
    expect: {
      status: '204 Own',
      body: '',
      without: ['Content-Length', 'Transfer-Encoding'],
      fields: [['ETag', '"x"']],
    },
    events: ['next 0', 'next 1', 'return', 'close'],
  },
  {
    rule: '304 sends no body and keeps its fields',
    request: { path: '/status/304' },
    expect: { status: '304 Own', body: '', without: ['Transfer-Encoding'], fields: [['ETag', '"x"']] },
    events: ['next 0', 'next 1', 'return', 'close'],
  },
  ...['204', '304'].flatMap((status): Case[] => [
    {
      rule: `${status}: an array is not sent`,
      request: { path: `/status-array/${status}` },
      expect: { status: `${status} Own`, body: '', without: ['Transfer-Encoding'], fields: [['X-A', 'b']] },
    },
    {
      rule: `${status}: what is written is not sent`,
      request: { path: `/status-write/${status}` },
      expect: { status: `${status} Own`, body: '', without: ['Transfer-Encoding'], fields: [['X-A', 'b']] },
    },
    {
      rule: `${status}: a body is not needed`,
      request: { path: `/status-bare/${status}` },
      expect: { status: `${status} Own`, body: '', without: ['Transfer-Encoding'] },
    },
  ]),
  {
    rule: '204: an array adds no Content-Length',
    request: { path: '/status-array/204' },
    expect: { status: 204, without: ['Content-Length'] },
  },
  {
    rule: 'other statuses have bodies: 205, 404, 500',
    run: async (trial) => {
      for (const status of ['205', '404', '500', '599']) {
        const reply = await trial.request({ path: `/status-array/${status}` });
        if (`${reply.status} ${reply.body.toString()}` !== `${status} hello`) {
          throw new Error(`${status} answered ${reply.status} ${reply.body.toString()}`);
        }
      }
    },
  },
];

export const noBody: Section = { name: 'HEAD, 204 and 304', app: 'body.mjs', cases: [...head, ...bodyless] };
