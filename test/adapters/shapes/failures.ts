/** Clients that leave, and what a listener destroys. */
import { shape, type Shape } from './shape';

export const failures: readonly Shape[] = [
  shape('the client leaves before the response', (_req, _res, note) => note('waiting'), {
    leavesAt: 'waiting',
    noReply: true,
  }),
  shape(
    'the client leaves while the response is sent',
    (_req, res, note) => {
      res.write('a');
      setImmediate(() => note('half'));
    },
    { leavesAt: 'half', noReply: true },
  ),
  shape(
    'the client leaves while it sends',
    (req, _res, note) => {
      req.on('error', (error: NodeJS.ErrnoException) => note('request error', [error.code, error.message]));
      req.on('data', () => note('data'));
    },
    { leavesAt: 'data', method: 'POST', unfinished: { declares: 10, sends: 'abc' }, noReply: true },
  ),
  shape(
    'a write after the client has left',
    (_req, res, note) => {
      res.on('close', () => {
        note(
          'write',
          res.write('late', (error) => note('callback', (error as NodeJS.ErrnoException | null)?.code)),
        );
        note('state', [res.destroyed, res.writableEnded, res.writableFinished]);
      });
      note('waiting');
    },
    { leavesAt: 'waiting', noReply: true },
  ),
  shape(
    'destroy of the response in mid-body',
    (_req, res, note) => {
      res.write('a');
      setImmediate(() => {
        note('this', res.destroy() === res);
        note('destroyed', [res.destroyed, res.writableFinished]);
      });
    },
    { noReply: true },
  ),
  shape(
    'destroy of the response with an error',
    (_req, res, note) => {
      res.on('error', () => note('never'));
      res.write('a');
      setImmediate(() => {
        res.destroy(new Error('boom'));
        note('errored', String(res.errored));
      });
    },
    { noReply: true },
  ),
  shape(
    'destroy of the request',
    (req, res, note) => {
      res.write('a');
      setImmediate(() => {
        req.destroy();
        note('aborted', [req.aborted, req.destroyed]);
      });
    },
    { noReply: true },
  ),
  shape(
    'destroy of the socket',
    (req, res) => {
      res.write('a');
      setImmediate(() => req.socket.destroy());
    },
    { noReply: true },
  ),
];
