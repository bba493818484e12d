import { describe, expectTypeOf, test } from 'vitest';
import {
  isApplication,
  toApplication,
  type Application,
  type ApplicationObject,
  type Environ,
  type InputStream,
  type Write,
} from '../../src/index';

describe('the types', () => {
  test('environ: required keys are there, others may be absent, whatever is added is unknown', () => {
    expectTypeOf<Environ['REQUEST_METHOD']>().toEqualTypeOf<string>();
    expectTypeOf<Environ['tsgi.input']>().toEqualTypeOf<InputStream>();
    expectTypeOf<Environ['tsgi.signal']>().toEqualTypeOf<AbortSignal | undefined>();
    expectTypeOf<Environ['CONTENT_LENGTH']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Environ['HTTP_HOST']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Environ['HTTP_X_ANYTHING']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Environ['SSL_CLIENT_S_DN']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Environ['session.user']>().toEqualTypeOf<unknown>();
    expectTypeOf<Omit<Environ, 'PATH_INFO'>>().not.toExtend<Environ>();
  });

  test('environ: a copy is one too', () => {
    const copy = (environ: Environ): Environ => ({ ...environ, SCRIPT_NAME: '/x' });
    expectTypeOf(copy).returns.toEqualTypeOf<Environ>();
  });

  test('functions, asynchronous functions and generators are applications', () => {
    const plain: Application = (_environ, startResponse) => {
      expectTypeOf(startResponse('200 OK', [['A', 'b']])).toEqualTypeOf<Write>();
      return ['x', new Uint8Array(1)];
    };
    const asynchronous: Application = async (environ) => [await environ['tsgi.input'].read()];
    const generator: Application = function* () {
      yield 'x';
    };
    const asynchronousGenerator: Application = async function* (environ) {
      yield* environ['tsgi.input'];
    };
    const empty: Application = () => undefined;
    const file: Application = (environ) => environ['tsgi.file_wrapper']?.('/path', { offset: 1 });
    const object: ApplicationObject = { handle: plain };
    for (const one of [plain, asynchronous, generator, asynchronousGenerator, empty, file, object]) {
      expectTypeOf(toApplication(one)).toEqualTypeOf<Application>();
    }
  });

  test('what is no application is refused', () => {
    // @ts-expect-error: a bare Uint8Array yields numbers
    const bare: Application = () => new Uint8Array(1);
    // @ts-expect-error: chunks are strings and Uint8Arrays
    const numbers: Application = () => [1];
    // @ts-expect-error: the status is a string
    const status: Application = (_environ, startResponse) => void startResponse(200, []);
    // @ts-expect-error: headers are pairs
    const headers: Application = (_environ, startResponse) => void startResponse('200 OK', { A: 'b' });
    void [bare, numbers, status, headers];
  });

  test('isApplication narrows', () => {
    const value: unknown = () => null;
    if (isApplication(value)) {
      expectTypeOf(value).toEqualTypeOf<Application | ApplicationObject>();
    }
  });
});
