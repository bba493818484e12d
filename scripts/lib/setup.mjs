/** Everything this repository needs from outside: Debian packages, libnode, npm packages. Quick when nothing is missing. */
import { StepFailure } from './failure.mjs';
import { installPackages, missingPackages, neededPackages } from './debian-packages.mjs';
import { provideLibnode } from './libnode.mjs';
import { installNpmPackages } from './npm-install.mjs';
import { step } from './progress.mjs';

const OLDEST_NODE = [20, 19];

export async function setUp() {
  requireNode();
  const missing = await missingPackages(neededPackages);
  if (missing.length > 0) {
    await step(`Debian packages: ${missing.join(' ')}`, () => installPackages(neededPackages));
  }
  await provideLibnode();
  await installNpmPackages();
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new StepFailure(
      `this is Node ${process.versions.node}; building and testing need ${OLDEST_NODE.join('.')} or newer`,
      {
        cure: 'install Node 20 or newer (what is built here still runs inside the Node 18 that Debian 12 embeds)',
      },
    );
  }
}
