/** The path of an application of these tests, as a configuration wants it. */
import { fileURLToPath } from 'node:url';

export const app = (name: string): string => fileURLToPath(new URL(`apps/${name}`, import.meta.url));
