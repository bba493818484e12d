/** An application under plain node: a process of its own, as its author starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { endingWithUs } from '../../scripts/lib/server-process.mjs';
import { freePort } from '../../scripts/lib/port.mjs';
import { Connection } from '../support/http1';
import { plainNodeFile } from '../support/products';
import { until } from '../support/until';
import { environmentOf, fileOf, type Application } from './application';

/** Loading a framework is what takes longest. */
const PATIENCE = 30_000;

export class PlainNode {
  #said = '';

  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (this.#said += text));
    }
  }

  static async start(application: Application): Promise<PlainNode> {
    const port = await freePort();
    const [program = '', ...args] = endingWithUs([plainNodeFile(), fileOf(application.plain ?? application.file)]);
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'], ...environmentOf(application), HOST: '127.0.0.1', PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const node = new PlainNode(port, child);
    try {
      await until(
        () => `${application.name} to listen under plain node; it said ${node.#said}`,
        () => node.#answers(),
        { within: PATIENCE },
      );
      return node;
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  connect(): Promise<Connection> {
    return Connection.connect({ port: this.port });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
  }

  async #answers(): Promise<boolean> {
    if (this.child.exitCode !== null) {
      throw new Error(`plain node has ended: ${this.#said}`);
    }
    try {
      (await this.connect()).close();
      return true;
    } catch {
      return false;
    }
  }
}
