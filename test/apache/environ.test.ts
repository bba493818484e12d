/** What an application in Apache is told of a request. */
import { describe, expect, it } from 'vitest';
import { askEnviron, environCases } from '../servers/environ';
import { alias, app, useApache } from './apache';

const script = app('environ.mjs');

const site = useApache(() => ({
  modules: ['setenvif', 'rewrite', 'unique_id', 'include'],
  conf: {
    server: `
      SetEnv OUTER outer
      RewriteEngine on
      RewriteRule ^/params - [E=REWRITTEN:%{QUERY_STRING}]
      RewriteRule ^/pretty/(.*)$ /app/real/$1?from=rewrite [PT,QSA]
      <Files page.shtml>
        Options +Includes
        SetOutputFilter INCLUDES
      </Files>
      ${alias('/app', script)}
      ${alias('/hidden', script, 'TSGIPassAuthorization off')}
      ${alias('/head', script, 'TSGIMapHEADToGET on')}
      ${alias(
        '/params',
        script,
        `SetEnv PLAIN "a value"
         SetEnv EMPTY ""
         SetEnv SERVER_NAME renamed
         SetEnv SCRIPT_NAME /elsewhere
         SetEnv CONTENT_LENGTH 7
         SetEnv HTTP_PROXY http://evil.test/
         SetEnv HTTP_X_ADDED added
         SetEnv REMOTE_ADDR 192.0.2.1
         SetEnv tsgi.version 9
         SetEnv apache.anything 1
         SetEnvIf X-User (.+) REMOTE_USER=$1`,
      )}`,
  },
}));

// httpd itself joins fields of one name, cookies too.
environCases(site, {
  software: /^Apache\/2\.4/,
  cookies: 'a=1, b=2',
  raw: ['X-b', '1, 3', 'x-A', '2'],
});

describe('variables of the request', () => {
  it('are added: those of SetEnv, SetEnvIf, mod_rewrite and other modules', async () => {
    const environ = await askEnviron(site, '/params?word=x', [['X-User', 'me']]);
    expect(environ).toMatchObject({
      OUTER: 'outer',
      PLAIN: 'a value',
      EMPTY: '',
      REWRITTEN: 'word=x',
      REMOTE_USER: 'me',
      HTTP_X_ADDED: 'added',
    });
    expect(environ['UNIQUE_ID']).toMatch(/^[\w@-]{20,}$/);
    expect(await askEnviron(site, '/params')).not.toHaveProperty('REMOTE_USER');
    expect(await askEnviron(site, '/app')).not.toHaveProperty('PLAIN');
  });

  it('replace nothing that the server knows, and nothing that is reserved', async () => {
    const environ = await askEnviron(site, '/params/x');
    expect(environ).toMatchObject({ SERVER_NAME: 'localhost', SCRIPT_NAME: '/params', REMOTE_ADDR: '127.0.0.1' });
    for (const name of ['CONTENT_LENGTH', 'HTTP_PROXY', 'tsgi.version', 'apache.anything']) {
      expect(environ).not.toHaveProperty([name]);
    }
  });
});
