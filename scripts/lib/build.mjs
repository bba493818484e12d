/** The products of this repository, each made anew only when something it is made from has changed. */
import { buildAddon } from './addon-build.mjs';
import { buildApacheModule } from './apache-module-build.mjs';
import { withBuildLock } from './build-lock.mjs';
import { buildNginxModule } from './nginx-module-build.mjs';
import { buildRuntime } from './runtime-build.mjs';
import { buildTypeScript } from './typescript-build.mjs';

const builders = {
  typescript: () => buildTypeScript(),
  runtime: () => buildRuntime(),
  addon: () => buildAddon(),
  nginx: () => buildNginxModule(),
  apache: () => buildApacheModule(),
};

/** @typedef {keyof typeof builders} Product */

export const products = /** @type {Product[]} */ (Object.keys(builders));

/** @param {readonly Product[]} [wanted] */
export async function buildProducts(wanted = products) {
  await withBuildLock(async () => {
    for (const product of products.filter((name) => wanted.includes(name))) {
      await builders[product]();
    }
  });
}
