import { describe, expect, test } from 'vitest';
import { decodePath, decodeText, encodePath, encodeText, requestTarget, requestUrl } from '../../src/index';
import { makeEnviron, type Overrides } from './host';

describe('text and bytes', () => {
  test.each([
    ['', ''],
    ['/plain', '/plain'],
    ['/caf\xc3\xa9', '/café'],
    ['\xe2\x9c\x93', '✓'],
    ['\xf0\x9f\x90\xa2', '🐢'],
    ['\xef\xbb\xbfbom', '\ufeffbom'],
  ])('%j is %j, both ways', (bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
    expect(encodeText(text)).toBe(bytes);
  });

  test('what is not UTF-8 becomes U+FFFD', () => {
    expect(decodeText('/caf\xe9')).toBe('/caf\ufffd');
    expect(decodeText('\xc0\xaf')).toBe('\ufffd\ufffd');
    expect(decodePath({ PATH_INFO: '/caf\xe9/x' })).toBe('/caf\ufffd/x');
  });

  test('a path is escaped so that it decodes to the same bytes', () => {
    expect(encodePath('/a b/100%/c;d=1/caf\xc3\xa9?#[]"')).toBe('/a%20b/100%25/c;d=1/caf%C3%A9%3F%23%5B%5D%22');
  });
});

describe('requestTarget', () => {
  test.each<[target: string, overrides: Overrides]>([
    ['/app/page', {}],
    ['/app/page?a=1', { REQUEST_URI: '/app/page?a=1', QUERY_STRING: 'a=1' }],
    ['/app/page?', { REQUEST_URI: '/app/page?' }],
    ['/app/%70age%2Fx', { REQUEST_URI: '/app/%70age%2Fx', PATH_INFO: '/page/x' }],
    // a server may leave encoded slashes
    ['/app/a%2fb%252Fc%2Fd', { REQUEST_URI: '/app/a%2fb%252Fc%2Fd', PATH_INFO: '/a%2fb%2Fc%2Fd' }],
    // rewritten: the effective path counts
    ['/app/new%20page?b=2', { REQUEST_URI: '/old?a=1', PATH_INFO: '/new page', QUERY_STRING: 'b=2' }],
    ['/app/page?b=2', { REQUEST_URI: '/app/page?a=1', QUERY_STRING: 'b=2' }],
    ['/app/a/b', { REQUEST_URI: '/app//a/./b', PATH_INFO: '/a/b' }],
    ['/app/caf%C3%A9', { REQUEST_URI: '/app/caf\xc3\xa9', PATH_INFO: '/caf\xc3\xa9' }],
    ['/app', { REQUEST_URI: 'http://other.example/app', PATH_INFO: '' }],
    ['/?q', { REQUEST_URI: 'http://other.example?q', SCRIPT_NAME: '', PATH_INFO: '/', QUERY_STRING: 'q' }],
    ['*', { REQUEST_URI: '*', SCRIPT_NAME: '', PATH_INFO: '*' }],
    ['/app/50%', { REQUEST_URI: '/app/50%', PATH_INFO: '/50%' }],
  ])('%s', (target, overrides) => {
    expect(requestTarget(makeEnviron(overrides))).toBe(target);
  });
});

describe('requestUrl', () => {
  test.each<[url: string, overrides: Overrides]>([
    ['http://localhost/app/page', {}],
    ['https://shop.example:8443/app/page', { HTTP_HOST: 'shop.example:8443', 'tsgi.url_scheme': 'https' }],
    ['http://localhost/app/page', { HTTP_HOST: undefined }],
    ['http://localhost/app/page', { HTTP_HOST: '' }],
    ['http://localhost:8080/app/page', { HTTP_HOST: undefined, SERVER_PORT: '8080' }],
    ['https://localhost/app/page', { HTTP_HOST: undefined, SERVER_PORT: '443', 'tsgi.url_scheme': 'https' }],
    ['https://localhost:80/app/page', { HTTP_HOST: undefined, 'tsgi.url_scheme': 'https' }],
    ['http://[::1]/app/page', { HTTP_HOST: undefined, SERVER_NAME: '::1' }],
  ])('%s', (url, overrides) => {
    expect(requestUrl(makeEnviron(overrides))).toBe(url);
  });
});
