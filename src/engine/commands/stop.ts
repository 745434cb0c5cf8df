import { join } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '../../project/disk/write-whole.ts';
import { readOwner } from '../../project/runs/run-owner.ts';
import { hasActiveClaim } from '../../project/runs/run-units.ts';
import { UserError } from '../../project/user-error.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { locateRun } from '../run-choice.ts';
import { commandOptions } from './options.ts';

/** `dnw stop`: asks a run, on this machine or another, to write its checkpoint and exit. */
export function addStopCommand(program: Command): void {
  program
    .command('stop')
    .summary('stop a run')
    .description(
      'Asks a run to stop after its current step. The run writes a checkpoint and can be continued later with --resume. Also works over a shared file system.',
    )
    .argument('<run>', 'id or folder of the run')
    .addOption(commandOptions.project())
    .addHelpText('after', '\nExamples:\n  $ dnw stop 20261124-041530-fine-tune-snow')
    .action(async (reference: string, options: { project?: string }) => {
      const { folder } = locateRun(reference, options.project);
      const { active, damage } = await readOwner(folder);
      if (damage !== undefined) throw new UserError('damaged-run', damage);
      if (!active && !(await hasActiveClaim(folder)))
        throw new UserError('run-not-active', `${folder}: no process is working on this run.`);
      await writeWhole(join(folder, RUN_FILES.stopRequest), '');
      process.stderr.write('Stop requested; the run stops after its current step.\n');
    });
}
