/** The few steps that need root: as root at once, else by `sudo -n`, else by telling the user what to run. */
import { StepFailure } from './failure.mjs';
import { capture, run } from './command.mjs';

/**
 * @param {readonly string[]} command
 * @param {{ log: string, what: string, cure?: string }} options
 */
export async function runAsRoot(command, options) {
  if (process.getuid?.() === 0) {
    const [program = '', ...args] = command;
    await run(program, args, options);
    return;
  }
  const sudo = await capture('sudo', ['-n', 'true']).catch(() => null);
  if (sudo?.code !== 0) {
    throw new StepFailure(`${options.what}: this needs root, and sudo would ask for a password`, {
      cure: `run \`sudo ${command.join(' ')}\` yourself, then this command again`,
    });
  }
  await run('sudo', ['-n', ...command], options);
}
