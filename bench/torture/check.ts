import { deriveRunState, RunTail } from '../../src/project/runs/run-record.ts';
import type { RunState } from '../../src/protocol/run.ts';
import { contentOf, differences, leftovers, parts, tornLines, unreadable } from './project-state.ts';
import { resultOf, runFilesOf, runFolder, type StageReference } from './reference.ts';

/**
 * How a project in which a stage has ended differs from the uninterrupted one; empty if it is as it should be.
 * @param killedLast the process was killed after its result was written: the next run removes what it left, and nothing
 *   goes on with its log
 */
export async function faultsAfter(
  project: string,
  reference: StageReference,
  killedLast = false,
): Promise<string[]> {
  const { entry, made, files, runFiles, result } = reference;
  const run = runFolder(project, entry);
  const mapped = (paths: readonly string[]) => new Map(paths.map((path) => [path, '']));
  const torn = tornLines(run);
  const state = await stateOf(run);
  return [
    ...differences(contentOf(project, entry.makes), made),
    ...differences(mapped(runFilesOf(run)), mapped(runFiles)).map((fault) => `runs/${entry.stage}/${fault}`),
    ...[...(killedLast ? [] : parts(project)), ...leftovers(project, files)].map(
      (path) => `${path} was left over`,
    ),
    ...(await unreadable(project)),
    ...(torn.whole > 0 ? [`${torn.whole} lines of events.jsonl are torn`] : []),
    ...(torn.last && !killedLast ? ['the last line of events.jsonl is torn'] : []),
    ...(state === 'succeeded' ? [] : [`the run is shown as ${state}`]),
    ...(resultOf(run, project) === result ? [] : ['result.json differs']),
  ];
}

/** The state that the lists of runs show. */
async function stateOf(run: string): Promise<RunState> {
  const tail = new RunTail(run);
  do await tail.read();
  while (tail.behind);
  return deriveRunState(run, tail.lastEvent);
}
