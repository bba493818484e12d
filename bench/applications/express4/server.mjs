import express from 'express4';

const app = express();

app.get('/hello', (_request, response) => {
  response.type('text/plain').send('Hello, world!\n');
});

app.get('/json', (_request, response) => {
  response.json({ message: 'Hello, world!' });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
server.keepAliveTimeout = 90_000; // longer than that of the server in front
