import type { Application, ApplicationObject } from '../spec';

/** What every middleware here takes: the application inside, in either of its forms. */
export type Inner = Application | ApplicationObject;

/** A middleware without its options: what turns an application into an application. */
export type Middleware = (application: Inner) => Application;
