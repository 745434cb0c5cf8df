import type { Command } from 'commander';
import { serve } from '../serve/server.ts';
import { commandOptions, integer } from './options.ts';

const MINUTE_MS = 60_000;

/** `dnw serve`: the warm engine that an editor talks to. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .summary('answer an editor’s requests over standard input and output')
    .description(
      'Speaks JSON-RPC over standard input and output and keeps models warm between requests. Ends when its input closes.',
    )
    .option('--idle-minutes <n>', 'end after so long without a request', integer(1, 1440), 15)
    .addOption(commandOptions.device())
    .addOption(commandOptions.threads())
    .addHelpText('after', '\nExamples:\n  $ dnw serve --idle-minutes 30')
    .action(async ({ idleMinutes, device, threads }) => {
      // Loaded here: they bring native code with them.
      const { createHandlers } = await import('../serve/handlers.ts');
      const handlers = createHandlers({ device, threads });
      await serve({
        input: process.stdin,
        output: process.stdout,
        handlers,
        idleMs: idleMinutes * MINUTE_MS,
      });
    });
}
