/**
 * A case: one rule of the specification, an application that touches it, and what must be seen from outside.
 *
 * A case says the same thing on every target. Where it cannot, `not` says why, in one sentence.
 */
import type { Reply } from '../support/reply';
import type { Exchange, LevelName, LogRecord, Mount, MountOptions, Request, TargetKind, TargetName } from './target';

export interface Expectation {
  /** The number, or the whole of `"NNN Reason"`. */
  status?: number | string;
  /** For each name given: its values, all of them, in this order. */
  fields?: readonly (readonly [string, string])[];
  /** Names that may not be there. */
  without?: readonly string[];
  /** The exact bytes. */
  body?: string | Uint8Array;
  /** The declared length; null: the response declares none. */
  length?: number | null;
  /** The response breaks off in a way that the client can tell; `body` is then what it may be a beginning of. */
  broken?: true;
  /** The server's own page for `status`: nothing of the application is in it. */
  page?: true;
}

export interface LogExpectation {
  /** Id of the broken rule: the text must name it. */
  rule?: string;
  text?: string | RegExp;
  /** `error` unless told. */
  level?: LevelName | 'any';
  tag?: number;
  /** It may come, it need not. */
  optional?: true;
  /** The record is this host's own and appears nowhere else. */
  host?: 'nginx' | 'apache';
}

/** What a case that is more than one request and its answer works with. */
export interface Trial {
  readonly target: TargetName;
  readonly mount: Mount;
  readonly scriptName: string;
  open(request: Request): Promise<Exchange>;
  request(request: Request): Promise<Reply>;
  /** A request to another application of this section, which another case of it mounts without options. */
  other(app: string, request: Request): Promise<Reply>;
  /** What the application has noted so far in this trial. */
  events(): Promise<unknown[]>;
  /** Waits until the application has noted exactly these. */
  whenEvents(expected: readonly unknown[]): Promise<void>;
  /** Waits until the application has noted this, among others. */
  whenEvent(expected: unknown): Promise<void>;
  /** Lets the application go on where it waits for this gate. */
  release(gate: string): Promise<void>;
  /** The log records of this trial so far. */
  records(): LogRecord[];
}

export interface Case {
  /** The rule, as a sentence. */
  rule: string;
  /** The application, below `test/apps`, where it is not that of the section. */
  app?: string;
  mount?: MountOptions;
  request?: Request;
  expect?: Expectation | ((reply: Reply, trial: Trial) => void | Promise<void>);
  /** All that the application noted. */
  events?: readonly unknown[];
  /** The error-log records, all of those of level warn or worse. */
  log?: readonly LogExpectation[];
  run?: (trial: Trial) => Promise<void>;
  /** Rules that the application breaks on purpose and that neither `log` nor `events` names. */
  breaks?: readonly string[];
  /** What the native side has to refuse because the JavaScript side cannot see it, as the mock host words it. */
  across?: string;
  not?: Partial<Record<TargetKind, string>>;
}

export interface Section {
  /** The heading of the specification. */
  name: string;
  /** The application, below `test/apps`, unless a case brings its own. */
  app: string;
  /** Why none of it applies to a target. */
  not?: Case['not'];
  cases: readonly Case[];
  /** Records that may come at any time, because a host loads its applications when it likes. */
  ambient?: readonly LogExpectation[];
  cleanUp?: () => void;
}

/** For cases with repeated request headers. */
export const merged: NonNullable<Case['not']> = {
  apache: 'httpd joins fields of one name by a comma before any module sees them',
};

/** A case whose application fails before the first byte: the server's own 500, and a record that names the rule. */
export function refused(rule: string, path: string, ruleId: string, more: Partial<Case> = {}): Case {
  return { rule, request: { path }, expect: { status: 500, page: true }, log: [{ rule: ruleId }], ...more };
}
