import { Level, type Binding } from '../binding';
import { current } from '../context';
import { describeError, NO_SCOPE } from '../report';

/** Node's own warnings go to the error log too, not to the descriptor 2 of the web server. */
export function installWarnings(binding: Binding): void {
  const event = 'warning';
  for (const listener of process.listeners(event)) {
    if (listener.name === 'onWarning') {
      process.removeListener(event, listener);
    }
  }
  process.on(event, (warning) => {
    const scope = current.getStore() ?? NO_SCOPE;
    binding.log(scope.handle, scope.appId, Level.Warn, 0, describeError(warning));
  });
}
