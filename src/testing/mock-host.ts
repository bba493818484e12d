import { isApplication, toApplication, type Application } from '../spec';
import { lint } from '../spec/lint';
import type { LoadedApplication } from '../server/app';
import type { AppFacts } from '../server/binding';
import { Dispatch } from '../server/dispatch';
import { MockBinding } from './mock-binding';
import { pageOf } from './mock-client';
import { packRequest } from './mock-environ';
import { HostExchange } from './mock-exchange';
import type {
  LogRecord,
  MockApplication,
  MockExchange,
  MockHost,
  MockModule,
  MockOptions,
  MockRequest,
  MockResponse,
} from './types';

const WRITE_LIMIT = 64 * 1024 * 1024;

/**
 * Makes a server in memory around one application, or several by name: the whole of TSGI's server half without native
 * code, network or files. Unless `lint` is false the validator is put around each application.
 *
 *     const host = createMockHost(application);
 *     const response = await host.request({ path: '/hello?name=x' });
 *     assert.equal(response.text, 'hello x');
 *     assert.deepEqual(host.violations, []);
 */
export function createMockHost(
  applications: MockApplication | Record<string, MockApplication>,
  options: MockOptions = {},
): MockHost {
  const named = isOne(applications) ? { application: applications } : applications;
  return new Host(named, options);
}

/** Whether it is one application; otherwise it is several by name. */
function isOne(applications: MockApplication | Record<string, MockApplication>): applications is MockApplication {
  return isApplication(applications) || ('application' in applications && isApplication(applications.application));
}

class Host implements MockHost {
  readonly violations: string[] = [];
  readonly #binding: MockBinding;
  readonly #dispatch: Dispatch;
  readonly #names: string[];
  readonly #streamed: boolean;
  #count = 0;

  constructor(applications: Record<string, MockApplication>, options: MockOptions) {
    this.#names = Object.keys(applications);
    this.#streamed = options.streamed ?? false;
    const facts = this.#names.map((name, index) => factsOf(name, index + 1, options));
    this.#binding = new MockBinding(facts, this.#names, options);
    this.#dispatch = new Dispatch(this.#binding, (app) => {
      const application = applications[app.script] as MockApplication;
      return Promise.resolve(this.#load(application, options.lint ?? true));
    });
    this.#binding.attach(this.#dispatch.callbacks());
  }

  get records(): LogRecord[] {
    return this.#binding.records;
  }

  get faults(): string[] {
    return this.#binding.faults;
  }

  get deaths(): string[] {
    return this.#binding.deaths;
  }

  get live(): number {
    return this.#binding.live;
  }

  get unsettled(): number {
    return this.#dispatch.unsettled;
  }

  settled(): Promise<void> {
    return this.#dispatch.settled();
  }

  async request(request: MockRequest = {}): Promise<MockResponse> {
    const packed = packRequest(request, false);
    if (packed === undefined) {
      const body = new Uint8Array();
      return { ...pageOf(404), body, text: '', complete: true, informs: [], chunks: [], log: [] };
    }
    return this.open(request).response;
  }

  open(request: MockRequest & { bodyOpen?: boolean } = {}): MockExchange {
    const streamed = request.streamed ?? this.#streamed;
    const packed = packRequest(request, streamed);
    if (packed === undefined) {
      throw new RangeError('the path lies outside the mount: use request(), which answers 404');
    }
    const name = request.app ?? (this.#names[0] as string);
    const app = { name, id: this.#names.indexOf(name) + 1 };
    const binding = this.#binding;
    const exchange = new HostExchange(binding, binding.newHandle(), ++this.#count, app, packed, request, streamed);
    binding.add(exchange);
    binding.post(exchange, (callbacks) => {
      callbacks.begin(exchange.handle, app.id, packed.flags, packed.text, packed.words);
      packed.words.fill(0xffffffff); // it was valid during that call only
    });
    exchange.feed(request);
    return exchange;
  }

  async stop(): Promise<void> {
    this.#binding.postLate((callbacks) => {
      callbacks.stop();
    });
    await this.#binding.stopping;
  }

  #load(application: MockApplication, linted: boolean): LoadedApplication {
    const module: MockModule = isApplication(application) ? { application } : application;
    const inner = toApplication(module.application);
    const outer: Application = linted
      ? lint(inner, {
          onViolation: (error) => {
            this.violations.push(error.message);
          },
        })
      : inner;
    return {
      start: async () => {
        await module.init?.();
        return outer;
      },
      close: async () => {
        await module.close?.();
      },
    };
  }
}

function factsOf(name: string, id: number, options: MockOptions): AppFacts {
  return {
    id,
    script: name,
    interface: 'auto',
    preload: false,
    writeLimit: options.writeLimit ?? WRITE_LIMIT,
    window: options.window ?? 256 * 1024,
  };
}
