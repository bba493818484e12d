import { describe } from 'vitest';
import { sections } from './sections';
import { runSuite } from './suite';
import { addonTarget, Misery } from './target-addon';

const seed = Number(process.env['TSGI_MISERY_SEED'] ?? 1);

// The name of a test that fails tells what to set TSGI_MISERY_SEED to.
describe(`seed ${seed}`, () => {
  runSuite(addonTarget(new Misery(seed)), sections);
});
