// The site of Hono as its documentation has it for Node.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { serveStatic } from '@hono/node-server/serve-static';
import app from './hono-app.mjs';

// Counted from the working folder, and "" would stand for the root of the file system.
const root = relative(process.cwd(), fileURLToPath(new URL('.', import.meta.url))) || '.';

app.use('/public/*', serveStatic({ root, onFound: (_path, c) => c.header('Cache-Control', 'max-age=60') }));
app.get('/client', (c) => {
  const { remote } = getConnInfo(c);
  return c.json({ address: remote.address, type: remote.addressType, port: typeof remote.port });
});

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' });
