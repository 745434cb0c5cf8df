import { Command } from 'commander';
import { version } from '../../package.json';
import { ERRORS, withCode } from '../protocol/errors.ts';
import { inertText } from '../protocol/inert-text.ts';
import { addDescribeCommand } from './commands/describe.ts';
import { addDevicesCommand } from './commands/devices.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addExportCommand } from './commands/export.ts';
import { addRunsCommand } from './commands/runs.ts';
import { addServeCommand } from './commands/serve.ts';
import { addStageCommands, type LoadStages } from './commands/stages.ts';
import { addStopCommand } from './commands/stop.ts';
import { addValidateCommand } from './commands/validate.ts';
import { addWorkCommand } from './commands/work.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';

/**
 * The command line of `dnw`.
 * @param exit called with the exit code of the command that was run
 */
export function createProgram(loadStages: LoadStages, exit: (code: number) => void): Command {
  const program = new Command('dnw')
    .description(
      'Denoised Weights: train image-to-image GANs from LoRA weights that a diffusion model denoises.',
    )
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('Add --help for the options.')
    // Before the subcommands, which inherit it.
    .configureOutput({
      outputError: (text, write) => {
        const message = text.trimEnd() + expandedPatternHint(program, text);
        write(`${withCode(message, commandLineCode(text))}\n`);
      },
      writeErr: (text) => process.stderr.write(inertText(text)),
    })
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  addStageCommands(program, loadStages, exit);
  addValidateCommand(program, exit);
  addExportCommand(program);
  addDescribeCommand(program);
  addDevicesCommand(program);
  addRunsCommand(program);
  addStopCommand(program);
  addWorkCommand(program, loadStages, exit);
  addServeCommand(program);
  addExplainCommand(program);
  for (const command of [program, ...program.commands]) command.addHelpText('after', `\n${EXIT_CODES_HELP}`);
  return program;
}

/** What to add to an error about too many arguments, which a pattern causes that the shell expanded to several names. */
function expandedPatternHint(program: Command, text: string): string {
  const [, name] = /too many arguments for '([\w-]+)'/.exec(text) ?? [];
  if (name === undefined) return '';
  const command = program.commands.find((each) => each.name() === name);
  const takesPath = command?.options.find(({ long }) => long === '--input');
  const instead = takesPath ? ' --input takes one file or folder: name the folder.' : '';
  return ` If a pattern such as *.png was given, the shell has made several names of it.${instead}`;
}

/** The code of an error that commander found. Where it is printed, only its words tell what it is. */
function commandLineCode(text: string): string {
  if (/ is invalid\b/.test(text)) return ERRORS['bad-option-value'].code;
  if (/cannot be used with/.test(text)) return ERRORS['conflicting-options'].code;
  if (/missing required|not specified|argument missing/.test(text)) return ERRORS['missing-option'].code;
  return ERRORS['bad-command-line'].code;
}
