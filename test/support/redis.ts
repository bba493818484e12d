/** A Redis of our own: in memory, on a UNIX socket in a temporary folder, gone when we are gone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingWithUs } from '../../scripts/lib/server-process.mjs';
import { until } from './until';

/** Debian's package `redis-tools` has the server under this name; it is the server when it is called so. */
const PROGRAM = '/usr/bin/redis-check-rdb';

export interface Redis {
  /** The path of its socket. */
  socket: string;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-redis-'));
  const program = join(folder, 'redis-server');
  const socket = join(folder, 'redis.sock');
  symlinkSync(PROGRAM, program);
  const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'no'];
  const [command = '', ...args] = endingWithUs([program, ...options]);
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const output of [server.stdout, server.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
  const stop = async (): Promise<void> => {
    if (!hasEnded()) {
      server.kill();
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(
      () => `Redis to listen; it said\n${said}`,
      () => hasEnded() || existsSync(socket),
    );
    if (hasEnded()) {
      throw new Error(`Redis did not start:\n${said}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { socket, stop };
}
