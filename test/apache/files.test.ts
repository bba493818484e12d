/** tsgi.file_wrapper: files that httpd sends by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import { until } from '../support/until';
import { pattern } from '../nginx/apps/responses.mjs';
import { app, useApache } from './apache';

const SIZE = 3_000_000;
const content = pattern(0, SIZE);
let path = '';

const alias = (prefix: string, directives: string) => `
  TSGIScriptAlias ${prefix} ${app('responses.mjs')}
  <Location ${prefix}>
    ${directives}
  </Location>`;

const site = useApache((folder) => {
  path = join(folder, 'large.bin');
  writeFileSync(path, content);
  writeFileSync(join(folder, 'empty.bin'), '');
  return {
    modules: ['deflate', 'filter'],
    conf: {
      server: `
        ${alias('/sent', 'EnableSendfile on')}
        ${alias('/read', 'EnableSendfile off')}
        ${alias('/by-hand', 'EnableSendfile on\nTSGIEnableSendfile off')}
        ${alias('/zipped', 'SetOutputFilter DEFLATE')}`,
    },
  };
});

const range = (from: number, to: number | '', mount = '/sent') =>
  site.request({ target: `${mount}/file?path=${path}`, fields: [['Range', `bytes=${from}-${to}`]] });

describe.each(['/sent', '/read', '/by-hand'])('a file at %s', (mount) => {
  it('is sent whole, with its length', async () => {
    const reply = await site.request(`${mount}/file?path=${path}`);
    expect(reply).toMatchObject({ status: 200, length: SIZE, complete: true });
    expect(reply.body.equals(content)).toBe(true);
  });

  it('is sent in part', async () => {
    const reply = await site.request(`${mount}/file?path=${path}&offset=1000&length=50000`);
    expect(reply).toMatchObject({ length: 50_000, complete: true });
    expect(reply.body.equals(content.subarray(1000, 51_000))).toBe(true);
  });

  it('follows what was written', async () => {
    const reply = await site.request(`${mount}/file-after?path=${path}`);
    expect(reply).toMatchObject({ length: undefined, complete: true });
    expect(reply.body.equals(Buffer.concat([Buffer.from('before '), content]))).toBe(true);
  });

  it('may be empty', async () => {
    const reply = await site.request(`${mount}/file?path=${join(site.folder, 'empty.bin')}`);
    expect(reply).toMatchObject({ status: 200, complete: true });
    expect(reply.body.length).toBe(0);
  });

  it('is cut to the range that is asked for', async () => {
    const reply = await range(100, 299, mount);
    expect(reply).toMatchObject({ status: 206, length: 200, complete: true });
    expect(valuesOf(reply, 'Content-Range')).toEqual([`bytes 100-299/${SIZE}`]);
    expect(reply.body.equals(content.subarray(100, 300))).toBe(true);
  });

  it('is not sent for a HEAD', async () => {
    const reply = await site.request({ method: 'HEAD', target: `${mount}/file?path=${path}` });
    expect(reply).toMatchObject({ status: 200, length: SIZE, complete: true });
  });

  it('is closed when its client leaves', async () => {
    const connection = await site.connect();
    connection.socket.pause();
    const incoming = connection.request({ target: `${mount}/file?path=${path}` });
    connection.socket.resume();
    await incoming.whenHead();
    connection.reset(); // the descriptors are compared after the test
  });
});

describe('ranges', () => {
  it('at the end, beyond it, and of the last bytes', async () => {
    expect((await range(SIZE - 4, '')).body.equals(content.subarray(SIZE - 4))).toBe(true);
    expect((await range(SIZE, '')).status).toBe(416);
    const last = await site.request({ target: `/sent/file?path=${path}`, fields: [['Range', 'bytes=-10']] });
    expect(last.body.equals(content.subarray(SIZE - 10))).toBe(true);
  });
});

describe('a file through a filter', () => {
  it('is compressed', async () => {
    const reply = await site.request({
      target: `/zipped/file?path=${path}`,
      fields: [['Accept-Encoding', 'gzip']],
    });
    expect(valuesOf(reply, 'Content-Encoding')).toEqual(['gzip']);
    const { gunzipSync } = await import('node:zlib');
    expect(gunzipSync(reply.body).equals(content)).toBe(true);
  });
});

describe('a file that is not there', () => {
  it('fails before the response', async () => {
    site.expectLog(/TSGI1001 .*ENOENT/);
    expect((await site.request(`/sent/file?path=${path}.none`)).status).toBe(500);
    await until('the child lives', () => site.worker > 0);
  });
});
