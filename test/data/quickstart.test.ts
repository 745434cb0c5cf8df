import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../src/project/load.ts';
import { heldOutConcepts, zooConcepts } from '../../src/project/selection.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../examples/quickstart');
const wordsOf = (prompt: string) => new Set(prompt.toLowerCase().split(/[^a-z]+/));

describe('the quickstart project', async () => {
  const project = await loadProject(FOLDER);
  const training = project.trainings[0]!;
  const zoo = zooConcepts(project, training);
  const heldOut = heldOutConcepts(project, training);

  test('has no mistakes, whether or not its images are drawn yet', () => {
    expect(project.problems).toEqual([]);
    expect([project.trainings.length, zoo.length, heldOut.length]).toEqual([1, 25, 4]);
  });

  test('holds out combinations whose words the zoo knows, each from three concepts or more', () => {
    for (const { prompt } of heldOut) {
      const words = wordsOf(prompt);
      for (const word of words) {
        const known = zoo.filter((concept) => wordsOf(concept.prompt).has(word));
        expect(known.length, `${word} in "${prompt}"`).toBeGreaterThanOrEqual(3);
      }
      const same = zoo.filter((concept) => [...words].every((word) => wordsOf(concept.prompt).has(word)));
      expect(same).toEqual([]);
    }
  });

  test('gives equal prompts to no two concepts, and each its own file name', () => {
    expect(new Set(project.concepts.map(({ prompt }) => prompt)).size).toBe(29);
    expect(project.concepts.map(({ name, path }) => path.endsWith(`${name}.concept.yaml`))).not.toContain(
      false,
    );
  });
});
