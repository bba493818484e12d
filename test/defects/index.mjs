/**
 * Every defect there is. An entry replaces one piece of one file by another, and names what must find it.
 *
 * @typedef {object} Defect
 * @property {string} breaks the id of a rule; or the first words of what docs/SPEC.md marks with ◆; or, where there is a
 *   `layer`, what kind of mistake it is
 * @property {string} [layer]
 * @property {string} file
 * @property {string} find occurs in it exactly once
 * @property {string} replace
 * @property {string} tests a file for vitest, or the name of a program of the core's tests
 * @property {string} [only] pattern of the names of tests, where others would be hindered more than they would find
 * @property {RegExp} [report] what the sanitizers, or the model of wake and drain, must say; without it a test must fail
 */
import { apache } from './apache.mjs';
import { body } from './body.mjs';
import { core } from './core.mjs';
import { environ } from './environ.mjs';
import { ends, entryPoints, extensions } from './exchange.mjs';
import { errors, input } from './input.mjs';
import { layers } from './layers.mjs';
import { nginx } from './nginx.mjs';
import { response } from './response.mjs';
import { runtime } from './runtime.mjs';

/** @type {readonly Defect[]} */
export const defects = [
  ...environ,
  ...input,
  ...errors,
  ...response,
  ...body,
  ...ends,
  ...extensions,
  ...entryPoints,
  ...core,
  ...layers,
  ...runtime,
  ...nginx,
  ...apache,
];
