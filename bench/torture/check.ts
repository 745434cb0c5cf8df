import { contentOf, differences, leftovers, parts, tornLines, unreadable } from './project-state.ts';
import { resultOf, runFilesOf, runFolder, type StageReference } from './reference.ts';

/**
 * How a project in which a stage has ended differs from the uninterrupted one; empty if it is as it should be.
 * @param killedLast the process was killed after its result was written: the next run removes what it left
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
  return [
    ...differences(contentOf(project, entry.makes), made),
    ...differences(mapped(runFilesOf(run)), mapped(runFiles)).map((fault) => `runs/${entry.stage}/${fault}`),
    ...[...(killedLast ? [] : parts(project)), ...leftovers(project, files)].map(
      (path) => `${path} was left over`,
    ),
    ...(await unreadable(project)),
    ...(torn > 0 ? [`${torn} lines of events.jsonl are torn`] : []),
    ...(resultOf(run, project) === result ? [] : ['result.json differs']),
  ];
}
