/**
 * The two ways a command of ours ends badly. Neither shows a stack: that is kept for defects of the scripts themselves.
 */

/** The user asked for something that cannot be: one sentence, exit code 2. */
export class UserMistake extends Error {}

/** A step failed: what happened, how to go on, and where the whole output is. Exit code 1. */
export class StepFailure extends Error {
  /**
   * @param {string} cause
   * @param {{ cure?: string | undefined, output?: string | undefined, log?: string | undefined }} [details]
   */
  constructor(cause, { cure, output, log } = {}) {
    super(cause);
    this.cure = cure;
    this.output = output;
    this.log = log;
  }
}

/** @param {unknown} error */
export function describeFailure(error) {
  if (error instanceof UserMistake) {
    return error.message;
  }
  if (error instanceof StepFailure) {
    const lines = [];
    if (error.output) {
      lines.push(error.output.trimEnd(), '');
    }
    lines.push(`failed: ${error.message}`);
    if (error.log) {
      lines.push(`   log: ${error.log}`);
    }
    if (error.cure) {
      lines.push(`  cure: ${error.cure}`);
    }
    return lines.join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Runs a command's main function and turns its end into an exit code.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = error instanceof UserMistake ? 2 : 1;
  }
}
