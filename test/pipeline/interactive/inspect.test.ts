import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WeightInspector } from '../../../src/pipeline/interactive/inspect.ts';
import { WarmBase } from '../../../src/pipeline/interactive/warm-base.ts';
import { WarmZoo } from '../../../src/pipeline/interactive/warm-zoo.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import { removeChecksum } from '../../data/planted-value.ts';
import { makeTrainedProject } from '../../engine/trained-project.ts';

test('statistics are computed once, and again only for a file that was replaced', async () => {
  const { project, training } = await makeTrainedProject();
  const concept = project.concepts.find(({ name }) => name === 'snow')!;
  const file = projectPaths(project.folder).weights('snow', 'denoised');
  await removeChecksum(file);
  const inspector = new WeightInspector(new WarmZoo(new WarmBase()));
  const statistics = () => inspector.statistics({ project, training, concept, weights: 'denoised', bins: 4 });
  const first = await statistics();
  expect(await statistics()).toBe(first);
  // Of the same size and time.
  const { atime, mtime } = statSync(file);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0, bytes.length - 4));
  utimesSync(file, atime, mtime);
  const second = await statistics();
  expect(second).not.toBe(first);
  expect(second.summary.weights).not.toEqual(first.summary.weights);
});
