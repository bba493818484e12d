import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { cpuTime, parseStat, processTree } from '../../bench/lib/cpu.mjs';

/** Fields 3 to 13 of /proc/PID/stat, before the four that are counted. */
const before = 'S 1 2 3 0 -1 4194304 5 6 7 8';

describe('CPU time', () => {
  it('is user and system time, with that of children that have ended', () => {
    expect(parseStat(`42 (nginx) ${before} 250 100 50 3 20 0 1 0 9`)).toEqual({ user: 3, system: 1.03 });
  });

  it('is found whatever the name of the program', () => {
    expect(parseStat(`42 (a) S 9 9 (b) ${before} 100 200 0 0 20`)).toEqual({ user: 1, system: 2 });
  });

  it('counts every process of a tree, and those that have ended', async () => {
    const spin = 'const end = Date.now() + 300; while (Date.now() < end);';
    const script = `
      const { spawn, spawnSync } = require('node:child_process');
      spawnSync(process.execPath, ['-e', ${JSON.stringify(spin)}]);
      spawn('sleep', ['60']).on('spawn', () => console.log('ready'));`;
    const root = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = root.pid ?? 0;
    let tree: number[] = [];
    try {
      await once(root.stdout, 'data');
      tree = processTree(pid);
      expect(tree).toHaveLength(2);
      expect(tree[0]).toBe(pid);
      const { user, system } = cpuTime(tree);
      expect(user + system).toBeGreaterThan(0.05);
    } finally {
      [...tree].reverse().forEach((one) => process.kill(one, 'SIGKILL'));
    }
  });

  it('of a process that is no more is nothing', () => {
    const none = 2 ** 22 + 1; // beyond the largest process id
    expect(cpuTime([none])).toEqual({ user: 0, system: 0 });
    expect(processTree(none)).toEqual([none]);
  });
});
