import { expect, test } from 'vitest';
import { loadBase } from '../../src/pipeline/weights/base-model.ts';
import { loadProject } from '../../src/project/load.ts';
import { projectPaths } from '../../src/project/paths.ts';
import { makeProject } from '../engine/example-project.ts';

test('a base that is missing is to be trained, in the editor or in a terminal', async () => {
  const project = await loadProject(await makeProject());
  await expect(loadBase(project, project.trainings[0]!)).rejects.toThrow(
    `tiny: no base generator yet (${projectPaths(project.folder).base('tiny')}). ` +
      'Train it first: "Train Base Generator" in the editor, or dnw train-base --training tiny',
  );
});
