import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { choose, makePlan, secondsOf, warmUpSeconds } from '../../bench/lib/plan.mjs';
import { frameworks, workloads } from '../../bench/workloads.mjs';
import { capture } from '../../scripts/lib/command.mjs';

const script = fileURLToPath(new URL('../../bench/bench.mjs', import.meta.url));

describe('a plan', () => {
  it('has every workload and every peer', () => {
    const { loads, peers, rounds, seconds } = makePlan({});
    expect(loads.map(({ workload }) => workload)).toEqual(workloads);
    expect(loads.map(({ connections }) => connections)).toEqual(workloads.map(({ connections }) => connections));
    expect(peers.map(({ name }) => name)).toEqual([
      ...['nginx-return', 'nginx-proxy', 'node-http', 'nginx-tsgi'],
      ...['apache-file', 'apache-proxy', 'apache-wsgi', 'apache-tsgi'],
    ]);
    expect({ rounds, seconds }).toEqual({ rounds: 5, seconds: 2 });
  });

  it('has every framework, behind the servers and inside them', () => {
    const { loads, peers, lineUps } = makePlan({ frameworks: true });
    expect(loads.map(({ workload }) => workload)).toEqual(frameworks);
    expect(peers.map(({ name }) => name)).toEqual([
      ...['nginx-proxy', 'node-http', 'nginx-tsgi', 'nginx-bound'],
      ...['apache-proxy', 'apache-tsgi'],
    ]);
    expect(lineUps.map(({ proxy }) => proxy.name)).toEqual(['proxy_pass', 'mod_proxy_http']);
  });

  it('takes less than a minute when it is quick', () => {
    const plan = makePlan({ quick: true });
    expect(plan.loads.map(({ workload }) => workload)).toEqual(workloads);
    expect(secondsOf(plan)).toBeLessThan(30); // starting and stopping is the rest
  });

  it('is narrowed by the command line', () => {
    const plan = makePlan({
      ...{ only: 'post,hello', peers: 'nginx-tsgi,node-http', connections: '8', rounds: '3', duration: '1.5' },
    });
    expect(plan.loads.map(({ workload, connections }) => [workload.name, connections])).toEqual([
      ['hello', [8]],
      ['post', [8]],
    ]);
    expect(plan.peers.map(({ name }) => name)).toEqual(['node-http', 'nginx-tsgi']);
    expect(secondsOf(plan)).toBe(2 * 2 * 4 * 1.5);
  });

  it('gives servers that have just started half a second at least', () => {
    const { seconds } = makePlan({ quick: true });
    expect(seconds).toBeLessThan(1);
    expect(warmUpSeconds({ ...makePlan({ quick: true }) }, true)).toBe(0.5);
    expect(warmUpSeconds({ ...makePlan({ quick: true }) }, false)).toBe(seconds);
  });

  it('chooses by name, in the order of the list', () => {
    const all = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    expect(choose('only', 'c,a', all)).toEqual([{ name: 'a' }, { name: 'c' }]);
    expect(choose('only', undefined, all)).toEqual(all);
  });
});

describe('the command', () => {
  it.each([[], ['--profile']])('explains itself', async (...args) => {
    const { code, stdout, stderr } = await capture(process.execPath, [script, ...args, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: npm run bench/);
  });

  it.each([
    [['--only', 'hello,nothing'], '--only takes some of hello, headers, post, megabyte, with commas between'],
    [
      ['--peers', 'iis'],
      '--peers takes some of nginx-return, nginx-proxy, node-http, nginx-tsgi, apache-file, apache-proxy,',
    ],
    [['--connections', '1,many'], '--connections takes a whole number from 1 to 4000, and `many` is none.'],
    [['--rounds', '0'], '--rounds takes a whole number from 1 to 1000, and `0` is none.'],
    [['--duration', '0.1'], '--duration takes seconds from 0.2 to 60, and `0.1` is none.'],
    [['--json', 'nowhere/bench.json'], 'There is no folder for the file nowhere/bench.json.'],
    [['--only', 'express'], '--only takes some of hello,'],
    [['--frameworks', '--only', 'hello'], '--only takes some of express, express-json, express4, express4-json,'],
    [['--frameworks', '--peers', 'nginx-return'], '--peers takes some of nginx-proxy, node-http, nginx-tsgi,'],
    [['--profile', '--instructions', '--only', 'express'], '--only takes some of hello,'],
    [['--profile', '--only', 'hello,post'], '--profile looks at one workload at a time.'],
    [['--colour'], "Unknown option '--colour'; --help tells what there is."],
  ])('answers a mistake with one sentence: %j', async (args, sentence) => {
    const { code, stdout, stderr } = await capture(process.execPath, [script, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
