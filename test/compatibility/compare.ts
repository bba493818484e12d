/** What of two servers' responses differs. */
import { createHash } from 'node:crypto';
import { sharedFields } from '../support/client-view';
import type { Played } from './play';
import type { Excuse, ServerName, Shape } from './shape';

/** A response as it is compared; what is named here is what an excuse may name. */
export type View = Readonly<Record<string, unknown>>;

export interface Verdict {
  /** What differs and is not excused: by name, as plain node gave it and as the server did. */
  differences: readonly { what: string; node: unknown; server: unknown }[];
  /** Excuses that were needed, and those for which nothing was. */
  used: readonly Excuse[];
  unused: readonly Excuse[];
}

/** Bodies up to here are shown as they are. */
const SHOWN = 4096;

/** A field of the server, not of the application. */
const SERVER = new Set(['server']);

/** The responses of a shape, each property named by the request it belongs to where there are several. */
export function viewOf(shape: Shape, played: readonly Played[]): View {
  const view: Record<string, unknown> = {};
  played.forEach(({ reply, left }, index) => {
    const prefix = played.length > 1 ? `${index + 1}: ` : '';
    const masked = (text: string) =>
      (shape.masks ?? []).reduce((masked, [pattern, instead]) => masked.replaceAll(pattern, instead), text);
    view[`${prefix}status`] = reply.status;
    view[`${prefix}reason`] = reply.reason;
    for (const [name, value] of sharedFields(reply.fields)) {
      const field = name.toLowerCase();
      if (!SERVER.has(field)) {
        const key = `${prefix}field ${field}`;
        view[key] = [...((view[key] as string[] | undefined) ?? []), masked(value)];
      }
    }
    view[`${prefix}length`] = reply.length;
    if (!left) {
      view[`${prefix}complete`] = reply.complete;
      view[`${prefix}body`] = bodyOf(reply.body, masked);
    }
    const interim = reply.interim.map(({ status }) => status);
    if (interim.length > 0) {
      view[`${prefix}interim`] = interim;
    }
  });
  return view;
}

function bodyOf(body: Buffer, masked: (text: string) => string): string {
  return body.length <= SHOWN
    ? masked(body.toString('latin1'))
    : `${body.length} bytes, SHA-256 ${createHash('sha256').update(body).digest('hex')}`;
}

/** What plain node sends in chunks a server may know the length of. */
const mayDiffer = (what: string, node: unknown): boolean => what.endsWith('length') && node === undefined;

export function compare(shape: Shape, server: ServerName, node: View, seen: View): Verdict {
  const names = [...new Set([...Object.keys(node), ...Object.keys(seen)])];
  const all = names
    .filter((what) => JSON.stringify(node[what]) !== JSON.stringify(seen[what]) && !mayDiffer(what, node[what]))
    .map((what) => ({ what, node: node[what], server: seen[what] }));
  const excuses = (shape.excuses ?? []).filter(({ servers }) => servers.includes(server));
  const excused = ({ differs }: Excuse, what: string) => differs.includes(what) || differs.includes('*');
  const used = excuses.filter((excuse) => all.some(({ what }) => excused(excuse, what)));
  return {
    differences: all.filter(({ what }) => !used.some((excuse) => excused(excuse, what))),
    used,
    unused: excuses.filter((excuse) => !used.includes(excuse)),
  };
}
