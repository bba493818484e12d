/** What the matrix calls equal, different and excused. */
import { describe, expect, it } from 'vitest';
import type { Field, Reply } from '../support/reply';
import { compare, viewOf } from './compare';
import { shape, type Shape } from './shape';

const plain = shape('requests', 'any', { target: '/' });

const reply = (fields: Field[], body = 'x', status = 200): Reply => ({
  status,
  reason: 'OK',
  fields,
  interim: [],
  body: Buffer.from(body),
  complete: true,
  length: body.length,
});

const differences = (node: Reply, server: Reply, of: Shape = plain) => {
  const view = (one: Reply) => viewOf(of, [{ reply: one, left: false }]);
  const { differences, used, unused } = compare(of, 'nginx', view(node), view(server));
  return { what: differences.map(({ what }) => what), used: used.length, unused: unused.length };
};

describe('two responses', () => {
  it('are equal whatever the order and the spelling of names, and what is the connection’s', () => {
    const node = reply([
      ['X-A', '1'],
      ['X-B', '2'],
      ['Date', 'now'],
      ['Keep-Alive', 'timeout=5'],
    ]);
    const server = reply([
      ['x-b', '2'],
      ['x-a', '1'],
      ['Server', 'nginx'],
    ]);
    expect(differences(node, server)).toEqual({ what: [], used: 0, unused: 0 });
  });

  it.each<[string, Reply, string[]]>([
    ['a status', reply([['X-A', '1']], 'x', 500), ['status']],
    ['a missing field', reply([]), ['field x-a']],
    ['a value', reply([['X-A', '2']]), ['field x-a']],
    ['a value more', reply([['X-A', '1'], ['X-A', '1']]), ['field x-a']], // prettier-ignore
    ['a field more', reply([['X-A', '1'], ['X-C', '1']]), ['field x-c']], // prettier-ignore
    ['a byte of the body', reply([['X-A', '1']], 'y'), ['body']],
    ['a body without its end', { ...reply([['X-A', '1']]), complete: false }, ['complete']],
    ['a lost length', { ...reply([['X-A', '1']]), length: undefined }, ['length']],
  ])('differ by %s', (_what, server, what) => {
    expect(differences(reply([['X-A', '1']]), server)).toEqual({ what, used: 0, unused: 0 });
  });

  it('may differ by a length that plain node did not know', () => {
    expect(differences({ ...reply([]), length: undefined }, reply([])).what).toEqual([]);
  });

  it('may differ by what is masked', () => {
    const masked = shape('requests', 'any', { target: '/' }, { masks: [[/id=\d+/g, 'id=N']] });
    expect(differences(reply([['X-A', 'id=1']], 'id=2'), reply([['X-A', 'id=3']], 'id=4'), masked).what).toEqual([]);
  });

  it('may differ by what is excused, for that server, and an excuse has to be needed', () => {
    const excused = (servers: ('nginx' | 'Apache')[]) =>
      shape('requests', 'any', { target: '/' }, { excuses: [{ servers, differs: ['status'], reason: 'Because.' }] });
    const [node, server] = [reply([]), reply([], 'x', 400)];
    expect(differences(node, server, excused(['nginx']))).toEqual({ what: [], used: 1, unused: 0 });
    expect(differences(node, server, excused(['Apache']))).toEqual({ what: ['status'], used: 0, unused: 0 });
    expect(differences(node, node, excused(['nginx']))).toEqual({ what: [], used: 0, unused: 1 });
  });
});
