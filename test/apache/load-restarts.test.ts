/** Graceful restarts lose no request and leave nothing behind. */
import { describe, expect, it } from 'vitest';
import { mpms } from '../../scripts/lib/apache-config.mjs';
import { startApache } from '../../scripts/lib/apache-server.mjs';
import { restartUnderLoad } from '../../scripts/lib/restart-load.mjs';
import { app, faultsOf } from './apache';

/** Of all together; `npm run test:restarts` has hundreds. */
const total = Number(process.env['TSGI_RESTARTS'] ?? 20);
const shares = { event: 0.5, worker: 0.3, prefork: 0.2 };

// At once: a restart is mostly a wait for what httpd looks after once a second.
describe.concurrent.each(mpms)('%s, restarted gracefully under load', (mpm) => {
  const restarts = Math.ceil(total * shares[mpm]);

  it('loses no request, no process and no descriptor', { timeout: 60_000 + restarts * 5000 }, async () => {
    const apache = await startApache({
      conf: { server: `TSGIScriptAlias /app ${app('living.mjs')}` },
      ...{ mpm, workers: 2, threads: 16 },
    });
    try {
      const report = await restartUnderLoad(apache, { restarts, target: '/app/pid' });
      expect(report).toMatchObject({ failures: [], descriptors: 0, processes: 0 });
      expect(report.answered).toBeGreaterThanOrEqual(4 * restarts);
      const closed = apache.errorLog().match(/close in \d+/g) ?? [];
      expect(new Set(closed).size).toBe(closed.length); // each application once
      expect(faultsOf(apache.errorLog().split('\n'), [/(init|close) in \d+/, /AH00161|AH00484/])).toEqual([]);
    } finally {
      expect(await apache.stop()).toBe(0);
    }
  });
});
