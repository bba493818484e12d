/**
 * Signals are the server's. Node begins to listen for one when a listener is added to `process`, and takes its handler
 * from whoever had it before; here a listener is a listener and nothing more.
 */
export function detachSignals(): void {
  for (const event of ['newListener', 'removeListener']) {
    for (const listener of process.listeners(event as NodeJS.Signals)) {
      if (/^(?:start|stop)ListeningIfSignal$/.test(listener.name)) {
        process.removeListener(event, listener);
      }
    }
  }
}
