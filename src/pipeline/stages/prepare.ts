import { toProjectPath } from '../../project/paths.ts';
import type { StageFunction } from '../stage.ts';
import { preparedPairs, stageConcept } from '../stage-support.ts';

/** Decodes and edits the pairs of one concept, or of all concepts, and stores them in the project's cache. */
export const prepare: StageFunction<'prepare'> = async (context) => {
  const { project, run, options } = context;
  const concepts = options.concept === undefined ? project.concepts : [stageConcept(context)];
  const prepared = await preparedPairs(context, concepts);
  if (!prepared) return { status: 'stopped', result: {} };
  const result = concepts.map((concept, i) => {
    const { train, test, skipped, path } = prepared[i]!;
    const file = toProjectPath(project.folder, path);
    run.emit({ type: 'artifact', kind: 'pairs', file, concept: concept.name });
    return { concept: concept.name, train: train.count, test: test.count, skipped: skipped.length, file };
  });
  return { status: 'succeeded', result: { concepts: result } };
};
