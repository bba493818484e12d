/** tsgi.file_wrapper: files that the server sends by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../support/reply';
import type { AnySite } from '../support/site';
import { until } from '../support/until';
import { pattern } from './apps/responses.mjs';

export const SIZE = 3_000_000;
const content = pattern(0, SIZE);
const LARGE = 'large.bin';
const EMPTY = 'empty.bin';

interface Own {
  /** What fields `Content-Range` tell of a range beyond the end. */
  beyond: readonly string[];
}

/** Files that `site.folder` has from the start. */
export function writeFiles(folder: string): void {
  writeFileSync(join(folder, LARGE), content);
  writeFileSync(join(folder, EMPTY), '');
}

/**
 * `site` has `responses.mjs` at /sent, where it sends files with sendfile(); at /read, where it does not; at /by-hand, where
 * the module does not leave files to it; and at /zipped, which compresses.
 */
export function fileCases(site: AnySite, own: Own): void {
  mountCases(site);
  rangeCases(site, own);
  filterCases(site);
  missingCases(site);
}

const pathIn = (site: AnySite) => join(site.folder, LARGE);

const range = (site: AnySite, from: number, to: number | '', mount = '/sent') =>
  site.request({ target: `${mount}/file?path=${pathIn(site)}`, fields: [['Range', `bytes=${from}-${to}`]] });

function mountCases(site: AnySite): void {
  describe.each(['/sent', '/read', '/by-hand'])('a file at %s', (mount) => {
    it('is sent whole, with its length', async () => {
      const reply = await site.request(`${mount}/file?path=${pathIn(site)}`);
      expect(reply).toMatchObject({ status: 200, length: SIZE, complete: true });
      expect(reply.body.equals(content)).toBe(true);
    });

    it('is sent in part', async () => {
      const reply = await site.request(`${mount}/file?path=${pathIn(site)}&offset=1000&length=50000`);
      expect(reply).toMatchObject({ length: 50_000, complete: true });
      expect(reply.body.equals(content.subarray(1000, 51_000))).toBe(true);
    });

    it('follows what was written', async () => {
      const reply = await site.request(`${mount}/file-after?path=${pathIn(site)}`);
      expect(reply.complete).toBe(true);
      expect(reply.body.equals(Buffer.concat([Buffer.from('before '), content]))).toBe(true);
      expect([undefined, reply.body.length]).toContain(reply.length); // httpd adds it to what it has whole
    });

    it('may be empty', async () => {
      const reply = await site.request(`${mount}/file?path=${join(site.folder, EMPTY)}`);
      expect(reply).toMatchObject({ status: 200, complete: true });
      expect(reply.body.length).toBe(0);
    });

    it('is cut to the range that is asked for', async () => {
      const reply = await range(site, 100, 299, mount);
      expect(reply).toMatchObject({ status: 206, length: 200, complete: true });
      expect(valuesOf(reply, 'Content-Range')).toEqual([`bytes 100-299/${SIZE}`]);
      expect(reply.body.equals(content.subarray(100, 300))).toBe(true);
    });

    it('is not sent for a HEAD', async () => {
      const reply = await site.request({ method: 'HEAD', target: `${mount}/file?path=${pathIn(site)}` });
      expect(reply).toMatchObject({ status: 200, length: SIZE, complete: true });
    });

    it('is closed when its client leaves', async () => {
      const connection = await site.connect();
      connection.socket.pause();
      const incoming = connection.request({ target: `${mount}/file?path=${pathIn(site)}` });
      connection.socket.resume();
      await incoming.whenHead();
      connection.reset(); // the descriptors are compared after the test
    });
  });
}

function rangeCases(site: AnySite, own: Own): void {
  describe('ranges', () => {
    it('at the end, beyond it, and of the last bytes', async () => {
      expect((await range(site, SIZE - 4, '')).body.equals(content.subarray(SIZE - 4))).toBe(true);
      const beyond = await range(site, SIZE, '');
      expect(beyond.status).toBe(416);
      expect(valuesOf(beyond, 'Content-Range')).toEqual(own.beyond);
      const last = await site.request({ target: `/sent/file?path=${pathIn(site)}`, fields: [['Range', 'bytes=-10']] });
      expect(last.body.equals(content.subarray(SIZE - 10))).toBe(true);
    });
  });
}

function filterCases(site: AnySite): void {
  describe('a file through a filter', () => {
    it('is compressed', async () => {
      const reply = await site.request({
        target: `/zipped/file?path=${pathIn(site)}`,
        fields: [['Accept-Encoding', 'gzip']],
      });
      expect(valuesOf(reply, 'Content-Encoding')).toEqual(['gzip']);
      expect(gunzipSync(reply.body).equals(content)).toBe(true);
    });
  });
}

function missingCases(site: AnySite): void {
  describe('a file that is not there', () => {
    it('fails before the response', async () => {
      site.expectLog(/TSGI1001 .*ENOENT/);
      expect((await site.request(`/sent/file?path=${pathIn(site)}.none`)).status).toBe(500);
      await until('the worker lives', () => site.worker > 0);
    });
  });
}
