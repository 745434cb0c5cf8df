import { Console } from 'node:console';
import { CommanderError } from 'commander';
import type { LoadStages } from './commands/stages.ts';
import { describeError, EXIT, exitCodeOf } from './exit-codes.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command line and sets the process's exit code.
 * @param loadStages where the stages come from, loaded only by a command that needs them
 */
export async function main(argv: readonly string[], loadStages: LoadStages): Promise<void> {
  // Standard output is for results; libraries that chatter (tfjs-core does) must not mix with them.
  globalThis.console = new Console(process.stderr);
  // A reader that has gone (`dnw runs | head`) is no reason to fail, least of all for a run of hours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    process.exitCode = EXIT.ok;
    const program = createProgram(loadStages, (code) => {
      process.exitCode = code;
    });
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end here too, with code 0; commander has printed what there is to say.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
