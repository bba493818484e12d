import type { Application, ApplicationObject } from './types';

/** Whether a value can be called as an application: a function, or an object with a `handle` method. */
export function isApplication(value: unknown): value is Application | ApplicationObject {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && typeof (value as Partial<ApplicationObject>).handle === 'function')
  );
}

/** One form of the two that an application has: a function; an object's `handle` is called as its method. */
export function toApplication(application: Application | ApplicationObject): Application {
  return typeof application === 'function'
    ? application
    : (environ, startResponse) => application.handle(environ, startResponse);
}
