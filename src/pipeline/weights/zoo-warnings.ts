import { DiskView } from '../../project/disk/disk-view.ts';
import { fewNamed } from '../../project/few-named.ts';
import type { StaleReason } from '../../project/zoo/member-state.ts';
import { zooStates } from '../../project/zoo/zoo-status.ts';
import { wayTo } from '../remedies.ts';
import type { StageContext } from '../stage.ts';

/** Warns of members that the zoo lacks, and of those that were collected from inputs that have changed since. */
export async function warnOfZoo(
  { project, training, run }: Pick<StageContext, 'project' | 'training' | 'run'>,
  baseHash: string,
): Promise<void> {
  const states = [...(await zooStates(project, training, baseHash, new DiskView()))];
  const missing = states.flatMap(([{ name }, { state }]) => (state === 'missing' ? [name] : []));
  const stale = states.flatMap(([{ name }, state]) =>
    state.state === 'stale' ? [`${name} (${state.reasons.map(reasonText).join(', ')})`] : [],
  );
  const warn = (message: string) =>
    run.emit({
      type: 'log',
      level: 'warning',
      message: `${message} Collect the missing and stale members: ${wayTo('collectMissing', training.name)} --missing`,
    });
  if (missing.length > 0) {
    const have = states.length - missing.length;
    warn(
      `${fewNamed(missing)} ${missing.length === 1 ? 'has' : 'have'} no weights: ${have} of ${states.length} concepts.`,
    );
  }
  if (stale.length > 0) {
    warn(`Collected from inputs that have changed since: ${fewNamed(stale)}.`);
  }
}

function reasonText(reason: StaleReason): string {
  switch (reason.what) {
    case 'prompt':
      return 'another prompt';
    case 'pairs':
      return 'other pairs';
    case 'images':
      return reason.now === 0 ? 'images that are gone' : 'other images';
    case 'setting':
      return `${reason.key} ${reason.was} instead of ${reason.now}`;
  }
}
