import type { MessageClasses } from './node-internals';

/** An application of Express, in any version that gives prototypes to its messages. */
interface Express {
  handle: unknown;
  request: unknown;
  response: unknown;
}

type Constructor = new (first: never, second?: never) => object;

/**
 * Messages that have from the start the prototypes that the listener gives them.
 *
 * Express makes each request and response inherit from its own `app.request` and `app.response`, first of all. For V8 an
 * object with properties has no shared classes any more after such a change: whatever is added to it later, by Node, by
 * Express or by us, makes a hidden class that no other object will ever have, and every inline cache that sees the object
 * misses. One that was created with that prototype shares its classes with all others, and the change changes nothing.
 */
export class MessagePrototypes {
  #request: unknown;
  #response: unknown;
  #classes: MessageClasses;

  constructor(readonly plain: MessageClasses) {
    this.#classes = plain;
  }

  /** The classes of messages that are about to be given to this listener, and to nobody before it. */
  of(listener: unknown): MessageClasses {
    if (!isExpress(listener)) {
      return this.plain;
    }
    const { request, response } = listener;
    if (request !== this.#request || response !== this.#response) {
      this.#request = request;
      this.#response = response;
      this.#classes = this.#make(request, response);
    }
    return this.#classes;
  }

  #make(request: unknown, response: unknown): MessageClasses {
    const { IncomingMessage, ServerResponse } = this.plain;
    if (isClass(IncomingMessage) || isClass(ServerResponse)) {
      return this.plain;
    }
    const req = new IncomingMessage(null as never);
    const res = new ServerResponse(req);
    return adds(request, IncomingMessage, req) && adds(response, ServerResponse, res)
      ? { IncomingMessage: born(IncomingMessage, request), ServerResponse: born(ServerResponse, response) }
      : this.plain;
  }
}

function isExpress(listener: unknown): listener is Express {
  return typeof listener === 'function' && typeof (listener as Partial<Express>).handle === 'function';
}

/** Whether a constructor refuses to be called for an object that was made by another: Node's own are functions. */
function isClass(constructor: Constructor): boolean {
  return !Object.getOwnPropertyDescriptor(constructor, 'prototype')?.writable;
}

/**
 * Whether a prototype adds names to those of a class and replaces none: nobody can tell then whether it is there already,
 * neither the constructor nor what is called before the listener sets it.
 */
function adds(prototype: unknown, base: Constructor, sample: object): prototype is object {
  const end = base.prototype as object;
  if (typeof prototype !== 'object' || prototype === null || !Object.prototype.isPrototypeOf.call(end, prototype)) {
    return false;
  }
  for (let link = prototype; link !== end; link = Object.getPrototypeOf(link) as object) {
    if (Reflect.ownKeys(link).some((name) => name in sample)) {
      return false;
    }
  }
  return true;
}

/** The same constructor, for objects that have this prototype. */
function born<Base extends Constructor>(base: Base, prototype: object): Base {
  const construct = base as unknown as ((this: object, first: unknown, second: unknown) => void) | undefined;
  function Message(this: { x: unknown }, first: unknown, second: unknown): void {
    if (construct !== undefined) {
      construct.call(this, first, second);
      return;
    }
    // Never. V8 makes room in an object for as many properties as there are assignments in its constructor, and takes back
    // what the first objects do not use. Without them a response would soon become a dictionary, which is slow.
    this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = 0;
    this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = 0;
    this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = 0;
    this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = 0;
    this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = this.x = 0;
  }
  Message.prototype = prototype;
  return Message as unknown as Base;
}
