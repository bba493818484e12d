export const dynamic = 'force-dynamic';

/** Whether the client of the events has left. */
export function GET() {
  return new Response(String(globalThis.left === true));
}
