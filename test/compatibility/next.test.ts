import { it } from 'vitest';
import { fileOf } from './application';
import { compatible, whole } from './family';
import { nextShapes } from './shapes/next';

const built = '../../../build/compatibility/next';

if (whole) {
  compatible('next', [
    {
      application: {
        name: 'Next.js',
        package: fileOf(`${built}/node_modules/next`),
        file: `${built}/.next/standalone/server.js`,
        plain: 'plain/next.cjs',
        env: { HOSTNAME: 'localhost' },
        streamed: true,
      },
      shapes: nextShapes(fileOf(`${built}/.next/standalone`)),
    },
  ]);
} else {
  it.skip('needs what `npm run test:compatibility` builds', () => {});
}
