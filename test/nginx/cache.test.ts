/** A cache of nginx in front of applications, and the processes that come with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { testNginxConfig } from '../../scripts/lib/nginx-server.mjs';
import { valuesOf } from '../support/reply';
import { until } from '../support/until';
import { app, useNginx } from './nginx';

let front = 0;

const site = useNginx(async (folder) => {
  front = await freePort();
  return {
    conf: {
      http: `
        proxy_cache_path ${join(folder, 'cache')} keys_zone=pages:1m loader_sleep=50ms;
        server {
          listen 127.0.0.1:${front};
          location / {
            proxy_pass http://unix:${join(folder, 'behind.sock')};
            proxy_cache pages;
            proxy_http_version 1.1;
            add_header X-Cache $upstream_cache_status;
          }
        }
        server {
          listen unix:${join(folder, 'behind.sock')};
          location /app { tsgi_pass ${app('neighbours.mjs')}; }
        }`,
    },
  };
});

const hasRuntime = (pid: number) => /libtsgi|libnode/.test(readFileSync(`/proc/${pid}/maps`, 'latin1'));
const titleOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').replace(/[\0 ]+$/, '');

describe('proxy_cache', () => {
  it('keeps what an application lets it keep', async () => {
    const first = await site.request('/app/cacheable', { port: front });
    const second = await site.request('/app/cacheable', { port: front });
    expect([first, second].map((reply) => valuesOf(reply, 'X-Cache'))).toEqual([['MISS'], ['HIT']]);
    expect(second.body.toString()).toBe(first.body.toString());
    expect(second.complete).toBe(true);
  });

  it('does not keep a response that broke off', async () => {
    site.expectLog(/TSGI1002/, /TSGI2024/, /upstream prematurely closed connection/);
    const first = await site.request('/app/cacheable-broken', { port: front });
    expect(first.complete).toBe(false);
    const second = await site.request('/app/cacheable-broken', { port: front });
    expect(second).toMatchObject({ complete: true });
    expect(valuesOf(second, 'X-Cache')).toEqual(['MISS']);
  });
});

describe('the runtime', () => {
  it('is in the worker and in no other process', async () => {
    const others = () => site.server.processPids().filter((pid) => pid !== site.worker);
    expect(hasRuntime(site.worker)).toBe(true);
    expect(hasRuntime(site.server.masterPid)).toBe(false);
    expect(others().map(titleOf)).toContain('nginx: cache manager process');
    expect(others().filter(hasRuntime)).toEqual([]);
  });

  it('is not loaded to test a configuration', async () => {
    const { ok, output } = await testNginxConfig({
      conf: { server: `location / { tsgi_pass ${app('neighbours.mjs')}; }` },
    });
    expect([ok, output]).toEqual([true, expect.stringContaining('test is successful')]);
    expect(output).not.toMatch(/TSGI2007/);
    await until('the worker lives', () => site.worker > 0);
  });
});
