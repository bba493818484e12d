import { describe, expect, it } from 'vitest';
import { parseFigures } from '../../bench/load/wrk.mjs';

const noErrors = { connect: 0, read: 0, write: 0, timeout: 0, status: 0 };
const figures = { requests: 1404, microseconds: 405_885, bytes: 182_520, p50: 767, p99: 61_930 };

/** What wrk prints, with the line that wrk.lua adds. */
const output = (more: object = {}, errors: object = {}) => `Running 1s test @ http://127.0.0.1:9123/
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.55ms    7.62ms  61.93ms   93.05%
    Req/Sec     3.44k     1.76k    5.18k    75.00%
  1404 requests in 405.89ms, 178.24KB read
Requests/sec:   3459.11
Transfer/sec:    439.14KB
figures ${JSON.stringify({ ...figures, ...more, errors: { ...noErrors, ...errors } })}
`;

describe('the figures of wrk', () => {
  it('are in seconds and milliseconds', () => {
    expect(parseFigures(output())).toEqual({
      requests: 1404,
      seconds: 0.405885,
      bytes: 182_520,
      p50: 0.767,
      p99: 61.93,
    });
  });

  it.each([
    [{ status: 3 }, 'wrk saw 3 answers with a status of 400 or more'],
    [{ connect: 1, timeout: 2 }, 'wrk saw 1 connections that were refused, 2 answers that took more than 30 s'],
    [{ read: 4, write: 5 }, 'wrk saw 4 connections that broke while reading, 5 connections that broke while writing'],
  ])('are refused with errors: %j', (errors, sentence) => {
    expect(() => parseFigures(output({}, errors))).toThrow(sentence);
  });

  it('are refused when nothing was answered', () => {
    expect(() => parseFigures(output({ requests: 0 }))).toThrow('wrk saw no answer at all');
  });

  it('are missed', () => {
    expect(() => parseFigures('unable to connect to 127.0.0.1:9123 Connection refused\n')).toThrow(
      'wrk gave no figures',
    );
  });
});
