/** What a client has seen of a response, whatever the host and the protocol. */

export type Field = [name: string, value: string];

export interface Head {
  status: number;
  reason: string;
  fields: Field[];
}

export interface Reply extends Head {
  /** Interim responses (1xx) that came before. */
  interim: Head[];
  body: Buffer;
  /** False: the response broke off and the client can tell. */
  complete: boolean;
  /** The declared length; undefined when there was none. */
  length: number | undefined;
  /** The response is the server's own page for this status, made without the application. */
  page?: boolean;
}

/** Every value of a field, in order; names are compared without regard to case. */
export function valuesOf(head: Head, name: string): string[] {
  return head.fields.filter(([field]) => field.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}
