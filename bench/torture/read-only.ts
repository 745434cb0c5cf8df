/** Folders in which nothing can be written; once they can be, the stage has to end as if nothing had happened. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { faultsAfter } from './check.ts';
import { copyOf, type FaultCampaign, faultsOfFailure } from './disk-full.ts';
import { runEngine } from './engine.ts';
import { mountReadOnly, unmount, whyNoMounts } from './mounts.ts';
import { unreadable } from './project-state.ts';
import { resumeCommand, runFolder, type StageReference, stageCommand } from './reference.ts';
import type { Tally } from './tally.ts';

const REMEDY = /folder that you can write to/;

/** A way to make folders read-only that also binds this process's user. */
interface Lock {
  close(folder: string): void;
  open(folder: string): void;
}

/** Permissions do not bind root, and only root can mount. */
function chooseLock(): Lock | string {
  if (process.getuid !== undefined && process.getuid() !== 0) {
    return {
      close: (folder) => chmodSync(folder, 0o555),
      open: (folder) => chmodSync(folder, 0o755),
    };
  }
  return whyNoMounts() ?? { close: mountReadOnly, open: unmount };
}

export async function readOnlyCampaign(
  references: readonly StageReference[],
  { scratch, seed, say }: Pick<FaultCampaign, 'scratch' | 'seed' | 'say'>,
): Promise<Tally> {
  const campaign = 'read-only folders';
  const lock = chooseLock();
  if (typeof lock === 'string') return { campaign, tried: 0, counts: {}, faults: [], notRun: lock };
  const faults: string[] = [];
  let tried = 0;
  let refused = 0;
  for (const reference of references) {
    const { stage, makes } = reference.entry;
    for (const name of new Set(['', 'runs', '.dnw', ...makes])) {
      const project = copyOf(reference, join(scratch, 'read-only'));
      const folder = join(project, name);
      mkdirSync(folder, { recursive: true });
      lock.close(folder);
      let failed: Awaited<ReturnType<typeof runEngine>>;
      try {
        failed = await runEngine(stageCommand(project, reference.entry));
      } finally {
        lock.open(folder);
      }
      tried++;
      const found: string[] = [];
      // A stage that writes nothing there may end well.
      if (failed.code !== 0) {
        refused++;
        found.push(...faultsOfFailure(failed.stderr, project, REMEDY), ...(await unreadable(project)));
        const begun = existsSync(join(runFolder(project, reference.entry), 'run.json'));
        const again = await runEngine((begun ? resumeCommand : stageCommand)(project, reference.entry));
        if (again.code !== 0) found.push(`does not go on: ${again.stderr.slice(-600)}`);
      }
      if (found.length === 0) found.push(...(await faultsAfter(project, reference)));
      faults.push(
        ...found.map((fault) => `seed ${seed}, ${stage}, ${name || 'project'} read-only: ${fault}`),
      );
    }
    say(`read-only folders: ${stage} done, ${tried} folders, ${faults.length} faults`);
  }
  return { campaign, tried, counts: { 'that a stage refused': refused }, faults };
}
