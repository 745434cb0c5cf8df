import { Console } from 'node:console';
import { CommanderError } from 'commander';
import { inertText } from '../protocol/inert-text.ts';
import type { LoadStages } from './commands/stages.ts';
import { describeError, EXIT, exitCodeOf, failureLines } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { surviveLostOutput } from './standard-streams.ts';

/**
 * Runs one command line and sets the process's exit code.
 * @param loadStages imports the stages; called only by a command that needs them
 */
export async function main(argv: readonly string[], loadStages: LoadStages): Promise<void> {
  // Standard output is for results only, so the output of chatty libraries (such as tfjs-core) must not go there.
  globalThis.console = new Console(process.stderr);
  surviveLostOutput();
  try {
    process.exitCode = EXIT.ok;
    const program = createProgram(loadStages, (code) => {
      process.exitCode = code;
    });
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end here too, with code 0; commander has already printed them.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    process.stderr.write(`${inertText(failureLines(describeError(error)))}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
