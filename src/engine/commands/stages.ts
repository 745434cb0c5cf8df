import { type Command, Option } from 'commander';
import type { AllStages } from '../../pipeline/stage.ts';
import type { StageOption } from '../../protocol/stage-entry.ts';
import { flagOf, STAGE_NAMES, stageEntry } from '../../protocol/stages.ts';
import type { StageArguments } from '../stage-plan.ts';
import { runStage } from '../stage-run.ts';
import { commandOptions, integer } from './options.ts';

export type LoadStages = () => Promise<AllStages>;

/** Adds one subcommand per stage. */
export function addStageCommands(
  program: Command,
  loadStages: LoadStages,
  exit: (code: number) => void,
): void {
  for (const stage of STAGE_NAMES) {
    const { help, concept, options } = stageEntry(stage);
    const added = program
      .command(stage)
      .summary(help.summary)
      .description(help.description)
      .addOption(commandOptions.project())
      .addOption(commandOptions.training());
    if (concept !== 'none') added.addOption(commandOptions.concept());
    for (const [name, option] of Object.entries(options)) added.addOption(commandOption(name, option));
    added
      .addOption(commandOptions.device())
      .addOption(commandOptions.threads())
      .option(
        '--resume [run]',
        'continue a run, given by id or folder (default: the latest run that can be resumed)',
      )
      .addOption(
        new Option('--run-id <id>', 'name of the run folder (default: time, stage and name)').conflicts(
          'resume',
        ),
      )
      .option(
        '--tensorboard',
        'also write metrics and sample images as TensorBoard event files in the run’s folder',
      )
      .addOption(commandOptions.json('print the run’s events to standard output, one JSON object per line'))
      .addHelpText('after', `\nExamples:\n${help.examples.map((example) => `  $ ${example}`).join('\n')}`)
      .action(async (given: Omit<StageArguments, 'resume'> & { resume?: string | true }) => {
        const { resume, ...others } = given;
        const args =
          resume === undefined ? others : { ...others, resume: resume === true ? 'latest' : resume };
        exit(await runStage(stage, args, loadStages));
      });
  }
}

function commandOption(name: string, option: StageOption): Option {
  const flag = flagOf(name);
  if (option.type === 'switch') return new Option(flag, option.help);
  const made = new Option(`${flag} <${option.placeholder}>`, option.help);
  if (option.type === 'integer') return made.argParser(integer(option.min, option.max));
  return option.type === 'prompt' ? made.conflicts('concept') : made;
}
