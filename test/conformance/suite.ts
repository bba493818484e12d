/** Runs the sections on a target: one start for all of them, each case with its own identity, checks after each. */
import { inspect, isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Reply, valuesOf } from '../support/reply';
import { isOvertaken } from '../support/slow-sockets';
import { until } from '../support/until';
import type { Case, Expectation, LogExpectation, Section, Trial } from './case';
import type { LevelName, LogRecord, Mount, Request, Running, Target, TargetKind } from './target';

const SEVERITY: Record<LevelName, number> = { alert: 1, crit: 2, error: 3, warn: 4, notice: 5, info: 6, debug: 7 };
const WHAT_NO_CLIENT_MAY_SEE = /TSGI[0-9_]|node_modules|\.mjs|\.cjs|\.ts\b|secret|at \S+ \(/;

let lastTrial = 0;

/** `all`: the sections that are there, of which `sections` are run; each may have something to clean up. */
export function runSuite(target: Target, sections: readonly Section[], all = sections): void {
  const places = placesOf(target, sections);
  const ambient = sections.flatMap((section) =>
    (section.ambient ?? []).map((expectation) => ({ ...expectation, optional: true as const })),
  );

  describe(target.name, () => {
    let running: Running;
    beforeAll(async () => {
      running = await target.start(places.mounts);
    }, 60_000);
    afterAll(async () => {
      await running.check();
      await running.stop();
      all.forEach((section) => section.cleanUp?.());
    }, 60_000);

    for (const section of sections) {
      describe(section.name, () => {
        let known = 0;
        let found = 0;
        let across: string | undefined;
        let expected: readonly LogExpectation[] = [];
        afterEach(async () => {
          await running.check(across);
          expectRecords(running.records().slice(known), expected);
          expect((running.violations?.() ?? []).slice(found), 'what nobody expected the validator to find').toEqual([]);
        });
        for (const one of section.cases) {
          const reason = reasonAgainst(target, section, one);
          if (reason !== undefined) {
            it.skip(`${one.rule} (not here: ${reason})`);
            continue;
          }
          it(one.rule, { timeout: 30_000 }, async () => {
            across = one.across;
            known = running.records().length;
            found = running.violations?.().length ?? 0;
            expected = [...ambient, ...(one.log ?? [])].filter(
              ({ host }) => host === undefined || target.name.startsWith(host),
            );
            const trial = makeTrial(target, running, places.mounts, places.of(section, one), known);
            await runCase(one, trial);
            found += (running.violations?.() ?? []).slice(found).filter((violation) => foreseen(one, violation)).length;
            await whenRecorded(trial, expected);
          });
        }
      });
    }
  });
}

/** Why a case is not for this target, or for none of its kind. */
function reasonAgainst(target: Target, { not }: Section, one: Case): string | undefined {
  const [kind] = target.name.split(/[+-]/) as [TargetKind];
  return one.not?.[target.name] ?? one.not?.[kind] ?? not?.[target.name] ?? not?.[kind];
}

/** What the cases for this target mount: one mount for each application and set of options. */
function placesOf(target: Target, sections: readonly Section[]) {
  const known = new Map<string, Mount>();
  const of = (section: Section, one: Case): Mount => {
    const app = one.app ?? section.app;
    const key = JSON.stringify([app, one.mount ?? {}]);
    const mount = known.get(key) ?? { app, options: one.mount ?? {} };
    known.set(key, mount);
    return mount;
  };
  for (const section of sections) {
    section.cases.filter((one) => reasonAgainst(target, section, one) === undefined).forEach((one) => of(section, one));
  }
  return { mounts: [...known.values()], of };
}

async function whenRecorded(trial: Trial, expected: readonly LogExpectation[]): Promise<void> {
  await until(
    () => `log records ${inspect(expected)}, have ${JSON.stringify(trial.records())}`,
    () =>
      expected.every(
        (expectation) =>
          expectation.optional === true || trial.records().some((record) => matches(record, expectation)),
      ),
  );
}

/** A case that breaks a rule on purpose names it, in the log or in what the application catches. */
function foreseen(one: Case, violation: string): boolean {
  const [rule = ''] = violation.split(':', 1);
  return JSON.stringify([one.log, one.events, one.breaks]).includes(`"${rule}"`);
}

async function runCase(one: Case, trial: Trial) {
  if (one.request !== undefined) {
    const reply = await trial.request(one.request);
    if (typeof one.expect === 'function') {
      await one.expect(reply, trial);
    } else if (one.expect !== undefined) {
      expectReply(reply, one.expect, trial.target.startsWith('apache-'));
    }
  }
  await one.run?.(trial);
  if (one.events !== undefined) {
    await trial.whenEvents(one.events);
  }
}

function makeTrial(target: Target, running: Running, mounts: readonly Mount[], mount: Mount, known: number): Trial {
  const id = String(++lastTrial);
  const identified = (request: Request): Request => ({
    ...request,
    fields: [...(request.fields ?? []), ['X-Trial', id]],
  });
  const trial: Trial = {
    target: target.name,
    mount,
    scriptName: running.scriptName(mount),
    open: (request) => running.open(mount, identified(request)),
    request: async (request) => (await trial.open(request)).whenDone(),
    async other(app, request) {
      const other = mounts.find((candidate) => candidate.app === app && Object.keys(candidate.options).length === 0);
      if (other === undefined) {
        throw new Error(`no case mounts ${app}`);
      }
      return (await running.open(other, identified(request))).whenDone();
    },
    async events() {
      const reply = await trial.request({ path: '/_events', ...(mount.options.basicAuth ? { fields: [BASIC] } : {}) });
      return JSON.parse(reply.body.toString()) as unknown[];
    },
    async whenEvents(wanted) {
      let seen: unknown[] = [];
      await until(
        () => `events ${JSON.stringify(wanted)}, have ${JSON.stringify(seen)}`,
        async () => isDeepStrictEqual((seen = await trial.events()), wanted),
      );
    },
    async whenEvent(wanted) {
      let seen: unknown[] = [];
      await until(
        () => `event ${JSON.stringify(wanted)}, have ${JSON.stringify(seen)}`,
        async () => (seen = await trial.events()).some((event) => isDeepStrictEqual(event, wanted)),
      );
    },
    async release(gate) {
      expect((await trial.request({ path: `/_release/${encodeURIComponent(gate)}` })).status).toBe(200);
    },
    records: () => running.records().slice(known),
  };
  return trial;
}

/** The field that answers a mount with `basicAuth`. */
export const BASIC: readonly [string, string] = [
  'Authorization',
  `Basic ${Buffer.from('user:password').toString('base64')}`,
];

/** `counts`: the host declares the length of a response that was over before anything of it was sent. */
export function expectReply(reply: Reply, wanted: Expectation, counts = false): void {
  if (wanted.broken === true && isOvertaken(reply)) {
    return;
  }
  if (typeof wanted.status === 'number') {
    expect(reply.status).toBe(wanted.status);
  } else if (wanted.status !== undefined) {
    expect(`${reply.status} ${reply.reason}`).toBe(wanted.status);
  }
  const names = new Set((wanted.fields ?? []).map(([name]) => name.toLowerCase()));
  for (const name of names) {
    const values = (wanted.fields ?? []).filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
    expect(valuesOf(reply, name), `values of ${name}`).toEqual(values);
  }
  for (const name of wanted.without ?? []) {
    expect(valuesOf(reply, name), `values of ${name}`).toEqual([]);
  }
  if (wanted.length !== undefined) {
    const counted = counts && wanted.length === null && reply.length === reply.body.length;
    expect(counted ? undefined : reply.length, 'declared length').toBe(wanted.length ?? undefined);
  }
  const body = wanted.body === undefined ? undefined : Buffer.from(wanted.body as string);
  if (wanted.broken === true) {
    expect(reply.complete, 'the response looks complete').toBe(false);
    if (body !== undefined) {
      expect(body.subarray(0, reply.body.length).equals(reply.body), 'the body is a beginning').toBe(true);
    }
    return;
  }
  expect(reply.complete, 'the response broke off').toBe(true);
  if (body !== undefined) {
    expectBytes(reply.body, body);
  }
  if (wanted.page === true) {
    expect(JSON.stringify(reply.fields) + reply.body.toString('latin1')).not.toMatch(WHAT_NO_CLIENT_MAY_SEE);
  }
}

export function expectBytes(actual: Buffer, expected: Uint8Array): void {
  if (expected.length <= 4096 && actual.length <= 4096) {
    expect(actual.toString('latin1')).toBe(Buffer.from(expected).toString('latin1'));
    return;
  }
  expect(actual.length).toBe(expected.length);
  expect(actual.equals(expected), 'the bytes differ').toBe(true);
}

export function matches(record: LogRecord, expectation: LogExpectation): boolean {
  const { rule, text, level = 'error', tag } = expectation;
  return (
    (level === 'any' || record.level === level) &&
    (tag === undefined || record.tag === tag) &&
    (rule === undefined || record.text.includes(`${rule}:`)) &&
    (text === undefined || (typeof text === 'string' ? record.text.includes(text) : text.test(record.text)))
  );
}

/** No record that nobody expected: everything of level warn or worse must be announced by the case. */
export function expectRecords(records: readonly LogRecord[], expected: readonly LogExpectation[]): void {
  const surprises = records.filter(
    (record) =>
      SEVERITY[record.level] <= SEVERITY.warn && !expected.some((expectation) => matches(record, expectation)),
  );
  expect(surprises, 'log records that nobody expected').toEqual([]);
}
