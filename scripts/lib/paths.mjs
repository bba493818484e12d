/** Where things are, in the repository and below build/. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** @param {...string} parts */
export const inRepository = (...parts) => join(repository, ...parts);

export const build = inRepository('build');
export const logs = join(build, 'logs');
export const stamps = join(build, 'stamps');
export const results = join(build, 'results');
export const libnodeRoot = join(build, 'libnode-root');
export const dist = inRepository('dist');
export const nodeModules = inRepository('node_modules');

/**
 * What a sanitizer changes is kept in folders of its own, so that switching back and forth rebuilds nothing.
 * @param {string} [sanitizers] as CMake's TSGI_SANITIZE takes it, for example `address,undefined`
 */
export function nativePaths(sanitizers = process.env['TSGI_SANITIZE'] ?? '') {
  const suffix = sanitizers === '' ? '' : `-${sanitizers.replaceAll(',', '-')}`;
  const native = join(build, `native${suffix}`);
  const addon = join(build, `addon${suffix}`);
  const nginx = join(build, `nginx${suffix}`);
  const apache = join(build, `apache${suffix}`);
  return {
    sanitizers,
    native,
    library: join(native, 'libtsgi.so'),
    addon,
    addonFile: join(addon, 'Release', 'tsgi.node'),
    fakeHostFile: join(addon, 'Release', 'tsgi_fake_host.node'),
    nginx,
    nginxSources: join(nginx, 'src'),
    nginxObjects: join(nginx, 'objs'),
    nginxModule: join(nginx, 'objs', 'ngx_http_tsgi_module.so'),
    apache,
    apacheModule: join(apache, 'mod_tsgi.so'),
  };
}
