/** Every section, in the order of the specification. */
import { body, length } from './body';
import { closing } from './closing';
import { environ } from './environ';
import { extensions } from './extensions';
import { failure } from './failure';
import { input } from './input';
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
];
