/** Request headers in the environ. */
import { expect } from 'vitest';
import { type Case, merged } from './case';
import { dump } from './environ-dump';

export const headers: Case[] = [
  dump(
    'a request header becomes HTTP_*: upper case, - to _',
    {
      fields: [
        ['x-Some-thing', 'v'],
        ['Accept', '*/*'],
      ],
    },
    (environ) => {
      expect(environ).toMatchObject({ HTTP_X_SOME_THING: 'v', HTTP_ACCEPT: '*/*', HTTP_HOST: 'localhost' });
    },
  ),
  dump(
    'repeated headers are joined by a comma and a space, in order',
    {
      fields: [
        ['X-A', '1'],
        ['X-B', 'b'],
        ['x-a', '2'],
        ['X-A', '3'],
      ],
    },
    (environ) => {
      expect(environ).toMatchObject({ HTTP_X_A: '1, 2, 3', HTTP_X_B: 'b' });
    },
  ),
  dump(
    'repeated Cookie headers are joined by a semicolon and a space',
    {
      fields: [
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
      ],
    },
    (environ) => {
      expect(environ['HTTP_COOKIE']).toBe('a=1; b=2');
    },
    { not: merged },
  ),
  dump('a header that is there and empty is an empty string', { fields: [['X-Empty', '']] }, (environ) => {
    expect(environ['HTTP_X_EMPTY']).toBe('');
  }),
  dump(
    'a name with an underscore is dropped, so that nothing can collide',
    {
      fields: [
        ['X_Forged', 'bad'],
        ['X-Forged', 'good'],
        ['Remote_User', 'root'],
      ],
    },
    (environ) => {
      expect(environ['HTTP_X_FORGED']).toBe('good');
      expect(environ).not.toHaveProperty('HTTP_REMOTE_USER');
    },
  ),
  dump(
    'a name with bytes that are no token is dropped',
    {
      fields: [
        ['X.Odd', 'kept?'],
        ['X(Y)', 'bad'],
        ['X\u00e9', 'bad'],
        ['X-Fine', 'good'],
      ],
    },
    (environ) => {
      const kept = Object.keys(environ).filter((name) => /[^A-Z0-9_.!#$%&'*+^`|~a-z]/.test(name));
      expect(kept).toEqual([]);
      expect(environ['HTTP_X_FINE']).toBe('good');
      expect(Object.values(environ)).not.toContain('bad');
    },
    { not: { node: "Node's parser answers 400 itself" } },
  ),
  dump(
    'there is no HTTP_CONTENT_TYPE, no HTTP_CONTENT_LENGTH and no HTTP_PROXY',
    {
      method: 'POST',
      body: 'x',
      fields: [
        ['Content-Type', 'a/b'],
        ['Proxy', 'http://evil'],
      ],
    },
    (environ) => {
      expect(environ['CONTENT_TYPE']).toBe('a/b');
      for (const name of ['HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH', 'HTTP_PROXY']) {
        expect(environ).not.toHaveProperty(name);
      }
    },
  ),
  dump('Authorization is passed', { fields: [['Authorization', 'Bearer secret']] }, (environ) => {
    expect(environ['HTTP_AUTHORIZATION']).toBe('Bearer secret');
    expect(environ).not.toHaveProperty('REMOTE_USER');
  }),
  dump(
    'Authorization can be hidden',
    { fields: [['Authorization', 'Bearer secret']] },
    (environ) => {
      expect(environ).not.toHaveProperty('HTTP_AUTHORIZATION');
      expect(JSON.stringify(environ)).not.toContain('secret'); // neither in tsgi.raw_headers
    },
    { mount: { hideAuthorization: true } },
  ),
  dump(
    'a header cannot pass for a CGI variable',
    {
      fields: [
        ['Https', 'on'],
        ['Remote-User', 'root'],
        ['Script-Name', '/x'],
      ],
    },
    (environ, { scriptName }) => {
      expect(environ['SCRIPT_NAME']).toBe(scriptName);
      expect(environ).not.toHaveProperty('REMOTE_USER');
      expect(environ).not.toHaveProperty('HTTPS');
    },
  ),
];
