import type { Command } from 'commander';
import { ERRORS, type ErrorEntry, errorOfCode } from '../../protocol/errors.ts';
import { UsageError } from '../exit-codes.ts';
import { commandOptions } from './options.ts';

/** `dnw explain`: says what an error code means, offline. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .summary('say what an error code means')
    .description(
      'Prints the cause and remedy of an error code, and an example; without a code, lists all codes.',
    )
    .argument('[code]', 'code at the end of an error message, such as DNW-110')
    .addOption(commandOptions.json('print one JSON object per code'))
    .addHelpText('after', '\nExamples:\n  $ dnw explain DNW-110\n  $ dnw explain --json')
    .action((code: string | undefined, { json }: { json?: boolean }) => {
      const entries = code === undefined ? Object.values(ERRORS) : [chosen(code)];
      const text = code === undefined ? listed : explained;
      for (const entry of entries) process.stdout.write(`${json ? JSON.stringify(entry) : text(entry)}\n`);
    });
}

function chosen(code: string): ErrorEntry {
  // Without "DNW-" and with the brackets of the message as well.
  const found = errorOfCode(code.replace(/^\[?(DNW-)?(\d+)\]?$/i, 'DNW-$2'));
  if (found) return found[1];
  throw new UsageError(
    'unknown-name',
    `${JSON.stringify(code)}: there is no such code. To list all codes: dnw explain`,
  );
}

const listed = ({ code, title }: ErrorEntry) => `${code}  ${title}`;

const explained = ({ code, title, cause, remedy, example }: ErrorEntry) =>
  `${code}: ${title}\n\nCause: ${cause}\nRemedy: ${remedy}\nExample:\n  ${example} [${code}]`;
