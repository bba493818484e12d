/** Every section, in the order of the specification. */
import { body, length } from './body';
import { closing } from './closing';
import { environ } from './environ';
import { extensions } from './extensions';
import { failure } from './failure';
import { input } from './input';
import { interfaces } from './interfaces';
import { loading } from './loading';
import { logging } from './logging';
import { noBody } from './no-body';
import { startResponse } from './start-response';
import { write } from './write';

export const sections = [
  environ,
  input,
  logging,
  startResponse,
  write,
  body,
  length,
  noBody,
  failure,
  closing,
  extensions,
  loading,
  interfaces,
];

/** Where the threads and processes of a host make a difference. */
const essential = [input, write, failure, closing];

/** For hosts that differ from another in nothing else: all of them only when that is asked for. */
export const chosenSections = process.env['TSGI_WHOLE_SUITE'] === undefined ? essential : sections;
