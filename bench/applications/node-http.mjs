/**
 * Where the node:http applications listen, and for how long they keep an idle connection: longer than nginx does, so that
 * it never sends a request into a connection that node is closing.
 * @param {import('node:http').Server} server
 */
export function listen(server) {
  server.keepAliveTimeout = 90_000;
  server.listen(Number(process.argv[2]), '127.0.0.1');
}
