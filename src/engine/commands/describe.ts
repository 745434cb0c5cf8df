import type { Command } from 'commander';
import { loadProject } from '../../project/load.ts';
import { chooseTraining, findProjectFolder, refuseConfigProblems } from '../project-choice.ts';
import { commandOptions } from './options.ts';

/** `dnw describe`: how large a training is, beside what is published. */
export function addDescribeCommand(program: Command): void {
  program
    .command('describe')
    .summary('show the scale of a training config beside the published one')
    .description(
      'Builds the networks of a training config without training them, and shows their parameters, blocks, floating-point operations, steps and epochs beside the numbers of the publications.',
    )
    .addOption(commandOptions.project())
    .addOption(commandOptions.training())
    .addOption(commandOptions.json('print one JSON object'))
    .addHelpText('after', '\nExamples:\n  $ dnw describe --training paper\n  $ dnw describe --json')
    .action(async (options: { project?: string; training?: string; json?: boolean }) => {
      const project = await loadProject(findProjectFolder(options.project));
      const training = chooseTraining(project, options.training);
      refuseConfigProblems(project, training);
      // Loaded here: it brings tfjs with it.
      const { describeScale } = await import('../scale-listing.ts');
      process.stdout.write(await describeScale(project, training, options.json === true));
    });
}
