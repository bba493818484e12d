#!/usr/bin/env node
/** `npm run build`: makes what is stale. */
import { buildProducts, products } from './lib/build.mjs';
import { readCommandLine } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { setUp } from './lib/setup.mjs';

const usage = `usage: npm run build [-- PRODUCT...]

Makes what has changed, below build/ and dist/, when what that needs is installed. Products: ${products.join(', ')}; all of them when none is named.
TSGI_SANITIZE=address,undefined (or thread) in the environment makes native code with sanitizers, in folders of its own.
`;

await runMain(async () => {
  const { positionals } = readCommandLine(usage, {}, { positionals: true });
  for (const name of positionals) {
    if (!products.includes(/** @type {any} */ (name))) {
      throw new UserMistake(`There is no product \`${name}\`; there are ${products.join(', ')}.`);
    }
  }
  await setUp();
  await buildProducts(positionals.length > 0 ? /** @type {any} */ (positionals) : products);
});
