import type { Command } from 'commander';
import { loadProject } from '../../project/load.ts';
import { inertText } from '../../protocol/inert-text.ts';
import { chooseTraining, findProjectFolder, refuseConfigProblems } from '../project-choice.ts';
import { commandOptions } from './options.ts';

/** `dnw describe`: the scale of a training config next to the published numbers. */
export function addDescribeCommand(program: Command): void {
  program
    .command('describe')
    .summary('compare the scale of a training config with the published one')
    .description(
      'Builds the networks of a training config without training them, and shows their parameters, blocks, floating-point operations, steps and epochs next to the published numbers.',
    )
    .addOption(commandOptions.project())
    .addOption(commandOptions.training())
    .addOption(commandOptions.json('print one JSON object'))
    .addHelpText('after', '\nExamples:\n  $ dnw describe --training paper\n  $ dnw describe --json')
    .action(async (options: { project?: string; training?: string; json?: boolean }) => {
      const project = await loadProject(findProjectFolder(options.project));
      const training = chooseTraining(project, options.training);
      refuseConfigProblems(project, training);
      // Imported on demand because it loads tfjs.
      const { describeScale } = await import('../scale-listing.ts');
      process.stdout.write(inertText(await describeScale(project, training, options.json === true)));
    });
}
