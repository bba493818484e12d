import { describe, test } from 'vitest';
import { lint, type Application, type Headers, type StartResponse } from '../../src/index';
import { acceptAll, makeEnviron } from './host';
import { violated } from './violated';

const html: Headers = [['Content-Type', 'text/html']];

describe('what the server must not do', () => {
  /** Calls a valid application through the validator with a server's `startResponse`. */
  function start(startResponse: unknown, application: Application = hello): unknown {
    return lint(application)(makeEnviron(), startResponse as StartResponse);
  }
  const hello: Application = (_environ, startResponse) => {
    startResponse('200 OK', html);
    return null;
  };

  test('host-write', async () => {
    await violated('host-write', "the server's startResponse gave undefined, not a function", () =>
      start(() => undefined),
    );
    await violated('host-write', "the server's startResponse gave null, not a function", () => start(() => null));
  });

  test('host-write-promise', async () => {
    await violated('host-write-promise', "the server's write gave true, not a promise", () =>
      start(
        () => () => true,
        (_environ, startResponse) => {
          void startResponse('200 OK', html)('x');
          return null;
        },
      ),
    );
  });

  test('host-rethrow', async () => {
    await violated('host-rethrow', 'the server let a committed response be started again', () =>
      start(acceptAll, (_environ, startResponse) => {
        void startResponse('200 OK', html)('x');
        startResponse('500 Internal Server Error', html, new Error('failed'));
        return null;
      }),
    );
  });

  test('host-finish', async () => {
    const callbacks: Array<(reason: unknown) => void> = [];
    const onFinish = (callback: (reason: unknown) => void): unknown => callbacks.push(callback);
    void lint(hello)(makeEnviron({ 'tsgi.on_finish': onFinish }), acceptAll);
    await violated('host-finish', '"done" is no reason of on_finish', () => callbacks[0]?.('done'));
    callbacks[0]?.('complete');
    await violated('host-finish', 'the server called an on_finish callback twice', () => callbacks[0]?.('complete'));
  });

  test.each<[string, (environ: ReturnType<typeof makeEnviron>, startResponse: StartResponse) => unknown]>([
    ['startResponse', (_environ, startResponse) => startResponse('200 OK', html)],
    ['tsgi.flush_headers', (environ) => environ['tsgi.flush_headers']?.()],
    ['tsgi.early_hints', (environ) => environ['tsgi.early_hints']?.([])],
    ['tsgi.on_finish', (environ) => environ['tsgi.on_finish']?.(() => undefined)],
    ['tsgi.input', (environ) => environ['tsgi.input'].read()],
  ])('host-expired: %s', async (name, use) => {
    const callbacks: Array<(reason: string) => void> = [];
    let late: (() => unknown) | undefined;
    const nothing = (): void => undefined;
    const environ = makeEnviron({
      'tsgi.on_finish': (callback: (reason: string) => void) => void callbacks.push(callback),
      'tsgi.flush_headers': nothing,
      'tsgi.early_hints': nothing,
    });
    void lint((given, startResponse) => {
      late = () => use(given, startResponse);
      startResponse('200 OK', html);
      return null;
    })(environ, acceptAll);
    callbacks[0]?.('complete');
    await violated('host-expired', `the server let ${name} be used after the end of the exchange`, () => late?.());
  });

  test.each([
    ['undefined', () => undefined],
    ['a promise', () => Promise.resolve()],
  ])('host-expired: write that gives %s', async (_name, write) => {
    const callbacks: Array<(reason: string) => void> = [];
    const environ = makeEnviron({
      'tsgi.on_finish': (callback: (reason: string) => void) => void callbacks.push(callback),
    });
    let late: ReturnType<StartResponse> | undefined;
    void lint((_environ, startResponse) => {
      late = startResponse('200 OK', html);
      return null;
    })(environ, () => write);
    callbacks[0]?.('complete');
    const message = 'the server let write be used after the end of the exchange';
    await violated('host-expired', message, () => late?.('x'));
  });
});
