/** A file that somebody has, and how it is run. */
import { fileURLToPath } from 'node:url';

export interface Application {
  /** As it stands in the table. */
  name: string;
  /** The package whose version the table names, by its name or its folder; none: Node itself. */
  package?: string;
  /** Below `applications/`; what the web servers are given. */
  file: string;
  /** What plain node runs instead: for an application that does not listen by itself, or that is mounted below a prefix. */
  plain?: string;
  /** The prefix that it is mounted below; the root unless told. */
  mount?: string;
  /** Added to `process.env`. */
  env?: Readonly<Record<string, string>>;
  /** `interface=` and `callable=` of the configuration, where an administrator would need them. */
  options?: string;
  /** Its request bodies come while they arrive: request buffering is off. */
  streamed?: true;
}

export const fileOf = (name: string): string => fileURLToPath(new URL(`applications/${name}`, import.meta.url));

/** What every application finds in its environment; as in production, so that no page has a stack in it. */
export const environmentOf = (application: Application): Record<string, string> => ({
  NODE_ENV: 'production',
  ...application.env,
});
