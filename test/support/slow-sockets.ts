import type { Reply } from './reply';

/** A byte at a time, or none: `npm run test:misery`. */
const slowSockets = process.env['TSGI_TEST_SOCKETS'] === 'slow';

/** A reset has overtaken all that was still to be sent, the head too, as it may where sockets are slow. */
export const isOvertaken = (reply: Reply): boolean => slowSockets && reply.status === 0 && !reply.complete;
