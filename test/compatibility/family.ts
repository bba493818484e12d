/** The tests of a family of applications: every shape under plain node, inside nginx and inside Apache. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Application } from './application';
import { compare, viewOf, type Verdict, type View } from './compare';
import { PlainNode } from './plain-node';
import { play, type Place } from './play';
import { Record } from './record';
import { apache, nginx, type Server } from './servers';
import type { Shape } from './shape';

export interface Member {
  application: Application;
  shapes: readonly Shape[];
}

/** `npm run test:compatibility` plays every shape, `npm test` the core. */
export const whole = process.env['TSGI_COMPATIBILITY'] === 'whole';

export function compatible(family: string, given: readonly Member[]): void {
  const members = given
    .map(({ application, shapes }) => ({ application, shapes: shapes.filter(({ core }) => whole || core === true) }))
    .filter(({ shapes }) => shapes.length > 0);
  const record = new Record();
  const nodes = new Map<Application, PlainNode>();
  const known = new Map<Application, Map<Shape, Promise<View>>>();
  beforeAll(async () => {
    for (const { application } of members) {
      nodes.set(application, await PlainNode.start(application));
      known.set(application, new Map());
    }
  });
  afterAll(async () => {
    record.write(family);
    await Promise.all([...nodes.values()].map((node) => node.stop()));
  });

  /** What plain node gives, which is asked once for both servers. */
  const underNode = (application: Application, shape: Shape): Promise<View> => {
    const views = known.get(application) as Map<Shape, Promise<View>>;
    const node = nodes.get(application) as PlainNode;
    const view =
      views.get(shape) ??
      play(shape, { connect: () => node.connect(), mount: application.mount ?? '' }).then((played) =>
        viewOf(shape, played),
      );
    views.set(shape, view);
    return view;
  };

  const check = async (server: Server, port: number, application: Application, shape: Shape): Promise<void> => {
    record.add(application, server.name, shape, 'different', []);
    server.site.allowLog(...(shape.logs ?? []));
    const node = await underNode(application, shape);
    const place: Place = { connect: () => server.site.connect(port), mount: application.mount ?? '' };
    const verdict = compare(shape, server.name, node, viewOf(shape, await play(shape, place)));
    if (verdict.differences.length > 0) {
      expect.fail(`not as under plain node:\n${verdict.differences.map(describeDifference).join('\n')}`);
    }
    expect(verdict.unused, 'excuses for what does not differ').toEqual([]);
    record.add(application, server.name, shape, verdict.used.length > 0 ? 'excused' : 'equal', verdict.used);
  };

  for (const server of [nginx(), apache()]) {
    describe(server.name, () => {
      const portOf = useServer(server, members);
      for (const { application, shapes } of members) {
        describe(application.name, () => {
          for (const shape of shapes) {
            it(`${shape.feature}: ${shape.name}`, () => check(server, portOf(application), application, shape));
          }
        });
      }
    });
  }
}

function describeDifference({ what, node, server }: Verdict['differences'][number]): string {
  return `${what}: ${JSON.stringify(server)} instead of ${JSON.stringify(node)}`;
}

/** Starts the server for the tests of this block; what must hold after each of them is the site's. */
function useServer(server: Server, members: readonly Member[]): (application: Application) => number {
  let ports = new Map<Application, number>();
  beforeAll(async () => {
    ports = await server.start(members.map(({ application }) => application));
  });
  beforeEach(() => server.site.begin());
  afterEach(() => server.site.check());
  afterAll(() => server.site.stop());
  return (application) => ports.get(application) as number;
}
