import type { Command } from 'commander';
import { workOnRun } from '../work-run.ts';
import { commandOptions } from './options.ts';
import type { LoadStages } from './stages.ts';

/** `dnw work`: takes part in a run that another process began, on this machine or another. */
export function addWorkCommand(program: Command, loadStages: LoadStages, exit: (code: number) => void): void {
  program
    .command('work')
    .summary('take part in a run')
    .description(
      'Trains concepts of a collect run that another process began, until none is left that nobody works on. Start it on any machine that has the project’s folder, and as often as you like: each process takes the next concept. It needs the same version of dnw as the run.',
    )
    .argument('<run>', 'id or folder of the run')
    .addOption(commandOptions.project())
    .addOption(commandOptions.json('print events to standard output, one JSON object per line'))
    .addHelpText('after', '\nExamples:\n  $ dnw work 20261124-041530-collect-photo')
    .action(async (run: string, options: { project?: string; json?: boolean }) => {
      exit(await workOnRun({ run, ...options }, loadStages));
    });
}
