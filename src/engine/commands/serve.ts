import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { OpenedPaths } from '../serve/opened-paths.ts';
import { serve } from '../serve/server.ts';
import { commandOptions, integer } from './options.ts';

const MINUTE_MS = 60_000;

/** `dnw serve`: the long-lived engine process that an editor talks to. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .summary('answer requests from an editor over standard input and output')
    .description(
      'Speaks JSON-RPC over standard input and output and keeps models warm between requests. Exits when its input closes.',
    )
    .option('--idle-minutes <n>', 'exit after this many minutes without a request', integer(1, 1440), 15)
    .addOption(commandOptions.device())
    .addOption(commandOptions.threads())
    .addHelpText('after', '\nExamples:\n  $ dnw serve --idle-minutes 30')
    .action(async ({ idleMinutes, device, threads }) => {
      // Imported on demand because they load native code.
      const { createHandlers } = await import('../serve/handlers.ts');
      const { openedParams } = await import('../serve/request-schemas.ts');
      const opened = new OpenedPaths();
      const handlers = createHandlers({ device, threads }, opened);
      await serve({
        input: process.stdin,
        output: process.stdout,
        handlers,
        onOpened: (params) => opened.replace(openedParams(params)),
        idleMs: idleMinutes * MINUTE_MS,
      });
      // What is still being computed has nobody left to answer.
      process.exit(EXIT.ok);
    });
}
