/** Access control guards applications as it guards files: by <Directory> of the script, and by <Location> of the URI. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { app, useApache } from './apache';

const site = useApache((folder) => {
  for (const name of ['open', 'closed', 'members', 'limited']) {
    mkdirSync(join(folder, name));
    cpSync(app('environ.mjs'), join(folder, name, 'app.mjs'));
  }
  writeFileSync(join(folder, 'passwords'), 'ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n'); // "test"
  const basic = `
    AuthType Basic
    AuthName members
    AuthBasicProvider file
    AuthUserFile ${join(folder, 'passwords')}
    Require valid-user`;
  return {
    modules: ['authn_core', 'authn_file', 'auth_basic', 'authz_user', 'alias', 'allowmethods'],
    conf: {
      server: `
        TSGIScriptAlias /open ${join(folder, 'open/app.mjs')}
        TSGIScriptAlias /closed ${join(folder, 'closed/app.mjs')}
        TSGIScriptAlias /members ${join(folder, 'members/app.mjs')}
        TSGIScriptAlias /apps ${folder}
        TSGIScriptAlias /limited ${join(folder, 'limited/app.mjs')}
        <Directory ${join(folder, 'closed')}>
          Require all denied
        </Directory>
        <Directory ${join(folder, 'members')}>
          ${basic}
        </Directory>
        <Directory ${join(folder, 'limited')}>
          AllowMethods GET
        </Directory>
        <Location /open/admin>
          ${basic}
        </Location>
        <Location /open/never>
          Require all denied
        </Location>`,
    },
  };
});

const ann: [string, string] = ['Authorization', `Basic ${Buffer.from('ann:test').toString('base64')}`];
const nobody: [string, string] = ['Authorization', `Basic ${Buffer.from('ann:wrong').toString('base64')}`];
const ask = (target: string, ...fields: [string, string][]) => site.request({ target, fields });
const denied = /AH01630: client denied by server configuration/;

describe('<Directory>', () => {
  it('denies the script in it', async () => {
    site.expectLog(denied);
    expect((await ask('/closed')).status).toBe(403);
    expect((await ask('/closed/x')).status).toBe(403);
    expect((await ask('/apps/closed/app.mjs/x')).status).toBe(403);
    expect((await ask('/apps/open/app.mjs/x')).status).toBe(200);
  });

  it('asks for a password, and the application hears who it was', async () => {
    const refused = await ask('/members/x');
    expect(refused.status).toBe(401);
    expect(refused.fields).toContainEqual(['WWW-Authenticate', 'Basic realm="members"']);
    site.expectLog(/AH01617: user ann: authentication failure/);
    expect((await ask('/members/x', nobody)).status).toBe(401);
    const reply = await ask('/members/x', ann);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ REMOTE_USER: 'ann', AUTH_TYPE: 'Basic' });
  });

  it('hides which scripts there are', async () => {
    expect((await ask('/apps/members/app.mjs')).status).toBe(401);
    expect((await ask('/apps/members/none.mjs')).status).toBe(401);
    expect((await ask('/apps/members/.hidden.mjs')).status).toBe(401);
    site.expectLog(/TSGI4022 /);
    expect((await ask('/apps/members/none.mjs', ann)).status).toBe(404);
  });

  it('limits methods', async () => {
    expect((await site.request({ target: '/limited', method: 'GET' })).status).toBe(200);
    site.expectLog(/AH01623: client method denied/);
    expect((await site.request({ target: '/limited', method: 'POST' })).status).toBe(405);
  });
});

describe('<Location>', () => {
  it('guards a part of an application', async () => {
    expect((await ask('/open/x')).status).toBe(200);
    expect((await ask('/open/admin')).status).toBe(401);
    expect((await ask('/open/admin/x', ann)).status).toBe(200);
    site.expectLog(denied);
    expect((await ask('/open/never')).status).toBe(403);
  });

  it.each(['/open//never', '/open/./never', '/open/x/../never', '/open/%6eever', '//open/never'])(
    'is not passed by as %s',
    async (target) => {
      site.expectLog(denied);
      expect((await ask(target)).status).toBe(403);
    },
  );
});

describe('credentials that nobody has checked', () => {
  it('make no REMOTE_USER', async () => {
    const environ = JSON.parse((await ask('/open/x', nobody)).body.toString()) as Record<string, string>;
    expect(environ).not.toHaveProperty('REMOTE_USER');
    expect(environ).not.toHaveProperty('AUTH_TYPE');
    expect(environ['HTTP_AUTHORIZATION']).toBe(nobody[1]);
  });
});
