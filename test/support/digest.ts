/** Two bodies of megabytes are compared by what is short enough to be shown. */
import { createHash } from 'node:crypto';

export const digestOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
