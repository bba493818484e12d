/** What the targets that are servers have in common: requests go to a site, records are read from its error log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site, TestServer } from '../support/site';
import { RecordLog, scriptNameOf } from './host-side';
import { openExchange } from './http-exchange';
import type { Exchange, LevelName, LogRecord, Mount, Request, Running } from './target';

type RunningSite = Pick<Site<object, TestServer>, 'allowLog' | 'check' | 'connect' | 'port' | 'server' | 'stop'>;

/** How a server writes its error log. */
export interface LogFormat {
  encoding: BufferEncoding;
  /** A line: level, nnnn of TSGInnnn if it has one, text. */
  line: RegExp;
  /** What the server adds to the text. */
  tail: RegExp;
  /** Text of the server's own that tells nothing new. */
  ordinary: RegExp;
  levelOf(word: string): LevelName;
  /** The text as it was before the server wrote it. */
  unescaped(text: string): string;
}

const REQUEST_ID = /, request id: (\S+)$/;

export class HttpRunning implements Running {
  readonly #log = new RecordLog();
  #parsed = 0;

  constructor(
    private readonly site: RunningSite,
    private readonly tlsPort: number,
    private readonly format: LogFormat,
  ) {}

  scriptName(mount: Mount): string {
    return scriptNameOf(mount);
  }

  open(mount: Mount, request: Request): Promise<Exchange> {
    return openExchange(this.site, this.tlsPort, mount, request);
  }

  records(): LogRecord[] {
    const text = readFileSync(join(this.site.server.folder, 'error.log'), this.format.encoding);
    const lines = text.slice(this.#parsed).split('\n');
    this.#parsed = text.length - (lines.pop() ?? '').length;
    for (const line of lines) {
      this.#take(line);
    }
    return this.#log.records;
  }

  async check(): Promise<void> {
    // The suite looks at the log itself.
    this.site.allowLog(/^(?!.*(Sanitizer|runtime error:))/);
    await this.site.check();
  }

  stop(): Promise<void> {
    return this.site.stop();
  }

  #take(line: string): void {
    const { format } = this;
    const [, level, tag, rest] = format.line.exec(line) ?? [];
    if (level === undefined || rest === undefined || format.ordinary.test(rest)) {
      return;
    }
    const said = format.unescaped(rest.replace(format.tail, ''));
    const requestId = REQUEST_ID.exec(said)?.[1];
    this.#log.push({
      level: format.levelOf(level),
      tag: tag === undefined ? (requestId === undefined ? undefined : 0) : Number(tag),
      text: said.replace(REQUEST_ID, ''),
      ...(requestId === undefined ? {} : { requestId }),
    });
  }
}
