import { INTERFACES } from '../adapters/interfaces';
import type { Binding } from './binding';
import { Dispatch } from './dispatch';
import { Guest } from './guest/install';
import { makeScriptLoader } from './loader/script-loader';
import { reportSources } from './stuck-at';

/**
 * Begins the life of an isolate: called once in each, by the embedded runtime (which loads this file as CommonJS) or by
 * a host that uses the add-on `tsgi.node` under a stock node. From then on `binding` calls back. Here, and nowhere else,
 * the server meets the adapters.
 */
export function boot(binding: Binding): void {
  process.setSourceMapsEnabled(true);
  const guest = binding.host.embedded ? new Guest(binding) : undefined;
  const loader = makeScriptLoader(binding.modulePath, INTERFACES, (path, stamp) => {
    binding.watch(path, stamp);
  });
  const dispatch = new Dispatch(binding, loader, guest);
  binding.attach(dispatch.callbacks());
  if (binding.coming) {
    void dispatch.come();
  }
  if (binding.stuckAt !== undefined) {
    reportSources(binding, dispatch.scope, binding.stuckAt);
  }
}
