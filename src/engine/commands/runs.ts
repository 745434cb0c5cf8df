import type { Command } from 'commander';
import { listRuns } from '../../project/runs/run-record.ts';
import { inertLine } from '../../protocol/inert-text.ts';
import { findProjectFolder } from '../project-choice.ts';
import { textWidth } from '../text-width.ts';
import { commandOptions } from './options.ts';

/** `dnw runs`: the runs of a project and their states. */
export function addRunsCommand(program: Command): void {
  program
    .command('runs')
    .summary('list the runs of the project')
    .description('Lists every run of the project, newest first, with its state.')
    .addOption(commandOptions.project())
    .addOption(commandOptions.json('print one JSON object per run: id, folder, state, record, damage'))
    .addHelpText('after', '\nExamples:\n  $ dnw runs\n  $ dnw runs --json')
    .action(async (options: { project?: string; json?: boolean }) => {
      const runs = await listRuns(findProjectFolder(options.project));
      if (options.json) {
        for (const run of runs) process.stdout.write(`${JSON.stringify(run)}\n`);
        return;
      }
      if (runs.length === 0) process.stderr.write('No runs yet.\n');
      const rows = runs.map(({ id, state, damage }) => ({
        id: inertLine(id),
        shown: damage === undefined ? state : `damaged: ${inertLine(damage)}`,
      }));
      const idWidth = Math.max(0, ...rows.map(({ id }) => textWidth(id)));
      for (const { id, shown } of rows) {
        process.stdout.write(`${id}${' '.repeat(idWidth - textWidth(id))}  ${shown}\n`);
      }
    });
}
