import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { capture } from '../../scripts/lib/command.mjs';
import { startNginx } from '../../scripts/lib/nginx-server.mjs';

const script = (name: string): string => fileURLToPath(new URL(`../../scripts/${name}.mjs`, import.meta.url));
const thisFile = fileURLToPath(import.meta.url);

describe('every command', () => {
  it.each(['build', 'check', 'clean', 'demo', 'format', 'prebuildify', 'serve', 'setup', 'test'])(
    '%s explains itself',
    async (name) => {
      const { code, stdout, stderr } = await capture(process.execPath, [script(name), '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^usage: npm (run |test)/);
    },
  );

  it.each([
    ['build', ['wheels'], 'There is no product `wheels`; there are typescript, runtime, addon, nginx, apache.'],
    ['format', ['nowhere'], 'There is no file or folder nowhere.'],
    ['test', ['--suite', 'none'], 'There is no suite `none`; there are check, core, vitest.'],
    ['demo', ['--port', 'http'], '--port takes a whole number from 0 to 65534, and `http` is none.'],
    ['demo', ['--colour'], "Unknown option '--colour'; --help tells what there is."],
    ['serve', [], 'Name one application file to serve; --help tells the rest.'],
    ['serve', ['a.js', 'b.js'], 'Name one application file to serve; --help tells the rest.'],
    ['serve', ['nowhere/app.js'], 'There is no application file nowhere/app.js.'],
    ['serve', ['.'], 'The application must be a file, and . is none.'],
    ['serve', ['--server', 'iis', thisFile], '--server takes nginx or apache, and `iis` is none.'],
    ['serve', ['--workers', '0', thisFile], '--workers takes a whole number from 1 to 256, and `0` is none.'],
    ['serve', ['--mount', 'app', thisFile], '--mount takes a path that begins with /, and `app` is none.'],
    ['serve', ['--conf', 'none.conf', thisFile], 'There is no configuration file none.conf.'],
  ])('%s answers a mistake with one sentence: %j', async (name, args, sentence) => {
    const { code, stdout, stderr } = await capture(process.execPath, [script(name), ...args]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `${sentence}\n` });
  });
});

it('a port in use is named, with whoever uses it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await expect(startNginx({ port })).rejects.toThrow(
      new RegExp(`^Port ${port} is in use by .+ \\(process ${process.pid}\\); --port takes another one`),
    );
  } finally {
    server.close();
  }
});
