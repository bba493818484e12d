import { describe, expect, it } from 'vitest';
import { figuresOf, median, medianFigures, ratio, spread, type Round } from '../../bench/lib/arithmetic.mjs';
import { resultOf, tableOf } from '../../bench/lib/result.mjs';
import { inColumns, shown, shownTime } from '../../scripts/lib/table.mjs';
import { fakePeer, fakeWorkload } from './fakes';

/** A round of one second. */
const round = (requests: number, cpuSeconds: number, p50 = 1): Round => ({
  ...{ requests, seconds: 1, bytes: 0, p50, p99: 10 * p50 },
  ...{ userSeconds: cpuSeconds / 4, systemSeconds: (cpuSeconds * 3) / 4 },
});

describe('the median', () => {
  it.each([
    [[7], 7],
    [[9, 1, 5], 5],
    [[10, 9, 1, 2], 5.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('of nothing is no number', () => {
    expect(median([])).toBeNaN();
  });
});

describe('the figures', () => {
  it('of a round count all CPU time, for each request', () => {
    expect(figuresOf({ ...round(50_000, 0), seconds: 2, userSeconds: 0.2, systemSeconds: 0.3 })).toEqual({
      requestsPerSecond: 25_000,
      cpuMicroseconds: 10,
      p50: 1,
      p99: 10,
    });
  });

  it('of a peer are medians, each of its own', () => {
    expect(medianFigures([round(1000, 0.01, 3), round(3000, 0.015, 1), round(2000, 0.04, 2)])).toEqual({
      requestsPerSecond: 2000,
      cpuMicroseconds: 10,
      p50: 2,
      p99: 20,
    });
  });

  it('are compared round by round', () => {
    // The machine is slowed to a tenth in the second round: both suffer, and the ratio does not tell of it.
    const fast = [round(2000, 0.02), round(200, 0.02), round(2000, 0.02)];
    const slow = [round(1000, 0.04), round(100, 0.04), round(1100, 0.04)];
    expect(ratio(fast, slow)).toEqual({ requestsPerSecond: 2, cpuMicroseconds: 0.25 });
    expect(ratio(fast, fast)).toEqual({ requestsPerSecond: 1, cpuMicroseconds: 1 });
  });

  it('are spread between the extremes', () => {
    expect(spread([90, 100, 120])).toBeCloseTo(0.3);
    expect(spread([5])).toBe(0);
  });
});

describe('a result', () => {
  const [proxy, limit, own] = [fakePeer('proxy'), fakePeer('limit'), fakePeer('own')];
  const lineUp = {
    peers: [limit, proxy, own],
    proxy: { name: 'proxy_pass', peer: proxy },
    limit: { name: 'return 200', peer: limit },
  };
  const measured = [
    { peer: limit, warmUp: round(1, 1), rounds: [round(4000, 0.004), round(4000, 0.004)] },
    { peer: proxy, warmUp: round(1, 1), rounds: [round(1000, 0.004), round(1000, 0.004)] },
    { peer: own, warmUp: round(1, 1), rounds: [round(1900, 0.0038), round(2100, 0.0042)] },
  ];

  it('sets every row beside both measures', () => {
    const { rows } = resultOf(fakeWorkload(), 32, lineUp, measured);
    expect(rows.map(({ peer }) => peer)).toEqual(['limit', 'proxy', 'own']);
    expect(rows[2]).toMatchObject({
      toProxy: { requestsPerSecond: 2, cpuMicroseconds: 0.5 },
      toLimit: { requestsPerSecond: 0.5, cpuMicroseconds: 2 },
      rounds: measured[2]?.rounds,
    });
  });

  it('is printed as a table', () => {
    expect(tableOf(resultOf(fakeWorkload(), 1, lineUp, measured))).toBe(
      [
        'fake (a fake), 1 connection',
        '       requests/s  × proxy_pass  × return 200  ± %  CPU µs/request  × proxy_pass  × return 200  ± %  p50 ms  p99 ms',
        'limit       4,000          4.00          1.00    0            1.00          0.25          1.00    0    1.00    10.0',
        'proxy       1,000          1.00          0.25    0            4.00          1.00          4.00    0    1.00    10.0',
        'own         2,000          2.00          0.50    5            2.00          0.50          2.00    0    1.00    10.0',
        '',
      ].join('\n'),
    );
  });

  it('has no ratio to a peer that was left out', () => {
    const { rows } = resultOf(fakeWorkload(), 1, lineUp, measured.slice(1));
    expect(rows.map(({ toLimit, toProxy }) => [toLimit, toProxy?.requestsPerSecond])).toEqual([
      [null, 1],
      [null, 2],
    ]);
    expect(tableOf(resultOf(fakeWorkload(), 1, lineUp, measured.slice(1)))).toContain('–');
  });
});

describe('a table', () => {
  it.each([
    [0.4567, '0.46'],
    [9.996, '10.0'],
    [45.67, '45.7'],
    [99.96, '100'],
    [128_345.6, '128,346'],
    [1_234_567, '1,234,567'],
    [NaN, '–'],
    [Infinity, '–'],
  ])('shows %d as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it.each([
    [0.023, '0.023'],
    [2.5, '2.50'],
    [168.4, '168'],
  ])('shows %d ms as %s', (value, text) => {
    expect(shownTime(value)).toBe(text);
  });

  it('lines columns up', () => {
    expect(
      inColumns([
        ['', 'µs'],
        ['→ long', '1'],
        ['x', '100'],
      ]),
    ).toBe('         µs\n→ long    1\nx       100\n');
  });
});
