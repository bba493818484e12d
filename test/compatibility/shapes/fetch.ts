/** For the handler of the Fetch standard. */
import { shape, shapeOf, type Shape } from '../shape';
import { FILES_ARE_NEW, form, part } from './multipart';

const forget = { method: 'DELETE', target: '/events' };

export const fetchShapes: readonly Shape[] = [
  shape('requests', 'GET', { target: '/' }, { core: true }),
  shape('requests', 'HEAD', { method: 'HEAD', target: '/' }),
  shape('requests', 'HTTP/1.0', { target: '/', protocol: 'HTTP/1.0' }),
  shape('requests', 'query, fields and cookies', {
    target: '/client?a=%20b&a=2',
    fields: [
      ['X-One', '1'],
      ['X-Two', '2'],
      ['Cookie', 'a=1; b=2'],
    ],
  }),
  shape('requests', 'nothing there', { target: '/nowhere' }),
  shape('statuses', 'bytes', { target: '/bytes' }),
  shape('statuses', 'a Blob', { target: '/blob' }),
  shape('statuses', 'parameters of a URL', { target: '/params' }),
  shape('statuses', 'a body that is null', { target: '/none' }),
  shape('statuses', '204', { target: '/empty' }),
  shape('statuses', '304', { target: '/not-modified' }),
  shape('statuses', 'a reason of its own', { target: '/teapot' }),
  shape('redirects', 'within the site', { target: '/redirect' }),
  shape('cookies', 'two', { target: '/cookies' }, { core: true }),
  shape('bodies', 'JSON', { method: 'POST', target: '/json', body: '{"a":1}' }, { core: true }),
  shape('bodies', 'a form', {
    method: 'POST',
    target: '/form',
    body: 'a=1&b=%C3%BC',
    fields: [['Content-Type', 'application/x-www-form-urlencoded']],
  }),
  shape('bodies', 'sent back', { method: 'POST', target: '/echo', body: 'x'.repeat(200_000) }),
  shape('bodies', 'sent back in chunks', { method: 'POST', target: '/echo', chunks: ['a', 'bc'] }),
  shape('bodies', 'cloned', { method: 'POST', target: '/text', body: 'twice' }),
  shape(
    'uploads',
    'fields and files',
    {
      method: 'POST',
      target: '/form',
      ...form(part('name', 'ann'), part('file', 'x'.repeat(20_000), 'a.txt', 'text/plain')),
    },
    { logs: FILES_ARE_NEW },
  ),
  shapeOf('uploads', 'the client leaves', [
    forget,
    {
      method: 'PUT',
      target: '/upload',
      unfinished: { declares: 1000, sends: 'the beginning', until: { target: '/events', body: /upload begun/ } },
    },
    { target: '/events', repeatsUntil: /upload failed/ },
  ]),
  shape('streams', 'a stream', { target: '/stream' }, { core: true }),
  shapeOf('events', 'until the client leaves', [
    forget,
    { target: '/ticks', leavesAfter: 20 },
    { target: '/events', repeatsUntil: /cancelled/ },
  ]),
  shapeOf('events', 'the client leaves before an answer', [
    forget,
    { target: '/waits', unfinished: { declares: 0, sends: '', until: { target: '/events', body: /waiting/ } } },
    { target: '/events', repeatsUntil: /left/ },
  ]),
];
