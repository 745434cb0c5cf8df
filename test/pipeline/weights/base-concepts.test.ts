import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { representativeConcepts } from '../../../src/pipeline/weights/base-concepts.ts';
import { loadProject } from '../../../src/project/load.ts';
import { makeProject, writeConcept } from '../../engine/example-project.ts';

async function projectOf(lines: string) {
  const folder = await makeProject();
  // Two families of prompts; one of each has the words that the others share and no more.
  writeConcept(folder, 'snow', 'winter snow');
  writeConcept(folder, 'fog', 'winter snow ice');
  writeConcept(folder, 'dusk', 'winter snow wind');
  writeConcept(folder, 'sepia', 'old photograph brown');
  writeConcept(folder, 'night', 'old photograph');
  writeConcept(folder, 'negative', 'old photograph gray');
  writeFileSync(join(folder, 'tiny.training.yaml'), `extends: preset:fast\n${lines}`);
  const project = await loadProject(folder);
  return { project, training: project.trainings[0]! };
}

const names = (concepts: readonly { name: string }[]) => concepts.map(({ name }) => name).sort();

test('a number takes one concept of each cluster of prompts, the nearest to its mean', async () => {
  const { project, training } = await projectOf('base: {concepts: 2}\n');
  for (let seed = 0; seed < 10; seed++) {
    expect(names(await representativeConcepts(project, training, seed))).toEqual(['night', 'snow']);
  }
});

test('a number above that of the zoo takes the whole zoo, never what is held out', async () => {
  const { project, training } = await projectOf('base: {concepts: 20}\ncollect: {holdOut: [night]}\n');
  expect(names(await representativeConcepts(project, training, 1))).toEqual([
    'dusk',
    'fog',
    'negative',
    'sepia',
    'snow',
  ]);
});
