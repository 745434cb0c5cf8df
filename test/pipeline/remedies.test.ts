import { expect, test } from 'vitest';
import strings from '../../package.nls.json';
import { EDITOR_TITLES } from '../../src/pipeline/remedies.ts';
import { loadBase } from '../../src/pipeline/weights/base-model.ts';
import { loadProject } from '../../src/project/load.ts';
import { projectPaths } from '../../src/project/paths.ts';
import { makeProject } from '../engine/example-project.ts';

test('remedies name the editor’s commands as the editor does', () => {
  for (const [command, title] of Object.entries(EDITOR_TITLES)) {
    expect(strings).toHaveProperty([`command.${command}`], title);
  }
});

test('a base that is missing is to be trained, in the editor or in a terminal', async () => {
  const project = await loadProject(await makeProject());
  await expect(loadBase(project, project.trainings[0]!)).rejects.toThrow(
    `tiny: no base generator yet (${projectPaths(project.folder).base('tiny')}). ` +
      'Train it first: "Train Base Generator" in the editor, or dnw train-base --training tiny',
  );
});
