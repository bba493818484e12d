// A server that would change the protocol.
const http = require('node:http');

const server = http.createServer((req, res) => res.end(`plain ${req.headers.upgrade ?? 'HTTP'}`));

server.on('upgrade', (req, socket) => {
  socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
});

server.listen(process.env.PORT ?? 3000);
