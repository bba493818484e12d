/** Requests and listeners of node:http: each must give the same under Node's own server and under the adapter. */
import { failures } from './failures';
import { heads } from './heads';
import { lengths } from './lengths';
import { requests } from './requests';
import type { Shape } from './shape';
import { streams } from './streams';
import { wholes } from './wholes';

export type { Shape } from './shape';
export const shapes: readonly Shape[] = [...wholes, ...heads, ...lengths, ...streams, ...requests, ...failures];
