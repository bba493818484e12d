/** express.static, sendFile and download. */
import { cutsRanges, normalises, refusesTarget } from '../excuses';
import { shape, shapeOf, type Shape } from '../../shape';

const numbers = '/static/numbers.txt';
const range = (value: string) => [['Range', value]] as const;
const LATER = 'Sat, 01 Jan 2050 00:00:00 GMT';
const EARLIER = 'Sat, 01 Jan 2000 00:00:00 GMT';

const files = (name: string, request: Shape['requests'][number], more: Partial<Shape> = {}): Shape =>
  shape('static files', name, request, more);

export const staticShapes: readonly Shape[] = [
  files('a file', { target: '/static/hello.txt' }),
  files('a file, HEAD', { method: 'HEAD', target: numbers }, { core: true }),
  files('a file with a space', { target: '/static/a%20b.txt' }),
  files('a file of JSON', { target: '/static/data.json' }),
  files('a file with a query', { target: '/static/hello.txt?v=1' }),
  files('a file that is not there', { target: '/static/nowhere.txt' }),
  files('a file that is not there, and nothing after it', { target: '/static/final/nowhere.txt' }),
  files('a file, POST', { method: 'POST', target: '/static/hello.txt', body: 'x' }),
  files('a file, POST, and nothing after it', { method: 'POST', target: '/static/final/hello.txt', body: 'x' }),
  files('a range', { target: numbers, fields: range('bytes=8-23') }, { core: true }),
  files('the end of a file', { target: numbers, fields: range('bytes=-9') }),
  files('a range to the end', { target: numbers, fields: range('bytes=19990-') }),
  files('a range, HEAD', { method: 'HEAD', target: numbers, fields: range('bytes=0-0') }),
  files(
    'several ranges',
    { target: numbers, fields: range('bytes=0-1,5-6') },
    { excuses: [cutsRanges(['Apache'], ['*'])] },
  ),
  files('a range behind the end', { target: numbers, fields: range('bytes=99999-') }),
  files('a range that is none', { target: numbers, fields: range('lines=1') }),
  files('a range if unchanged, and it changed', {
    target: numbers,
    fields: [['Range', 'bytes=0-1'], ['If-Range', '"other"']], // prettier-ignore
  }),
  files('not modified since', { target: numbers, fields: [['If-Modified-Since', LATER]] }),
  files('modified since', { target: numbers, fields: [['If-Modified-Since', EARLIER]] }),
  files('unmodified since, and it was', { target: numbers, fields: [['If-Unmodified-Since', EARLIER]] }),
  files('any entity tag matches', { target: numbers, fields: [['If-None-Match', '*']] }, { core: true }),
  files('no entity tag matches', { target: numbers, fields: [['If-None-Match', '"other"']] }),
  files('a tag that has to match and does not', { target: numbers, fields: [['If-Match', '"other"']] }),
  files('a folder without its slash', { target: '/static/folder' }, { core: true }),
  files('a folder without its slash, with a query', { target: '/static/folder?a=1' }),
  files('a folder', { target: '/static/folder/' }),
  files('a folder without an index', { target: '/static/extended/folder/' }),
  files('a file without its extension', { target: '/static/extended/page' }),
  files('a hidden file', { target: '/static/.hidden' }),
  files('a hidden file, refused', { target: '/static/dotfiles/.hidden' }),
  files('a hidden file, allowed', { target: '/static/allowed/.hidden' }),
  files('a file for a day', { target: '/static/cached/hello.txt' }),
  files('a file with fields of its own', { target: '/static/headed/hello.txt' }),
  files('a way out, escaped', { target: '/static/%2e%2e/site.cjs' }, { excuses: [normalises()] }),
  files('a way out with an escaped slash', { target: '/static/..%2fsite.cjs' }, { excuses: [normalises(['nginx'])] }),
  files('a broken escape', { target: '/static/%zz' }, { excuses: [refusesTarget()], logs: [/AH10244/] }),
  files('an escaped NUL', { target: '/static/a%00b' }, { excuses: [refusesTarget()] }),
  shape('files by hand', 'sendFile', { target: '/responses/file' }),
  shape('files by hand', 'sendFile, HEAD', { method: 'HEAD', target: '/responses/file' }),
  shape('files by hand', 'sendFile, a range', { target: '/responses/file', fields: range('bytes=100-199') }),
  shape('files by hand', 'sendFile with fields', { target: '/responses/file-headed' }),
  shape('files by hand', 'sendFile of what is not there', { target: '/responses/file-missing' }),
  shape('files by hand', 'sendFile of what lies outside', { target: '/responses/file-outside' }),
  shape('files by hand', 'download', { target: '/responses/download' }),
  shape('files by hand', 'download under another name', { target: '/responses/download-as' }),
  shape('files by hand', 'attachment', { target: '/responses/attachment' }),
  shapeOf('static files', 'two files on one connection', [{ target: '/static/hello.txt' }, { target: numbers }], {
    connection: 'kept',
  }),
];
