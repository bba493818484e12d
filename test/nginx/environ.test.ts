/** What an application in nginx is told of a request. */
import { describe, expect, it } from 'vitest';
import { askEnviron, environCases } from '../servers/environ';
import { app, useNginx } from './nginx';

const pass = `tsgi_pass ${app('environ.mjs')}`;

const site = useNginx(() => ({
  conf: {
    http: 'map $arg_word $of_a_map { default ""; x "mapped"; }',
    server: `
      tsgi_param OUTER outer;
      location /app { ${pass}; }
      location /hidden { ${pass}; tsgi_pass_authorization off; }
      location /pretty { rewrite ^/pretty/(.*)$ /app/real/$1?from=rewrite last; }
      location = /page.shtml { ssi on; default_type text/html; }
      location /head { ${pass}; tsgi_map_head_to_get on; }
      location /params {
        tsgi_param PLAIN "a value";
        tsgi_param FROM_VARIABLE $arg_word-$request_method;
        tsgi_param FROM_MAP $of_a_map;
        tsgi_param EMPTY $arg_none;
        tsgi_param LEFT_OUT $arg_none if_not_empty;
        tsgi_param LEFT_IN $arg_word if_not_empty;
        tsgi_param SERVER_NAME renamed;
        tsgi_param REMOTE_USER $arg_user if_not_empty;
        ${pass};
        location /params/none { ${pass}; }
        location /params/own { tsgi_param OWN own; ${pass}; }
      }`,
  },
}));

environCases(site, {
  software: /^nginx\/1\./,
  cookies: 'a=1; b=2',
  raw: ['X-b', '1', 'x-A', '2', 'X-B', '3'],
});

const ask = (target: string) => askEnviron(site, target);

describe('tsgi_param', () => {
  it('adds what the administrator says, variables and all', async () => {
    const environ = await ask('/params?word=x&user=me');
    expect(environ).toMatchObject({
      PLAIN: 'a value',
      FROM_VARIABLE: 'x-GET',
      FROM_MAP: 'mapped',
      EMPTY: '',
      LEFT_IN: 'x',
      SERVER_NAME: 'renamed',
      REMOTE_USER: 'me',
    });
    expect(environ).not.toHaveProperty('LEFT_OUT');
    expect(environ).not.toHaveProperty('OUTER');
    const other = await ask('/params');
    expect(other).toMatchObject({ FROM_VARIABLE: '-GET', FROM_MAP: '' });
    expect(other).not.toHaveProperty('LEFT_IN');
    expect(other).not.toHaveProperty('REMOTE_USER');
  });

  it('is inherited by a level that has none of its own, and by no other', async () => {
    expect(await ask('/params/none')).toMatchObject({ PLAIN: 'a value', SCRIPT_NAME: '/params/none' });
    const own = await ask('/params/own');
    expect(own).toMatchObject({ OWN: 'own' });
    expect(own).not.toHaveProperty('PLAIN');
  });
});
