import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseConcept, refuseNoConcepts } from '../../src/engine/project-choice.ts';
import { loadProject } from '../../src/project/load.ts';
import { foldOf, formOf, itemNamed, NameSet } from '../../src/project/names.ts';
import { heldOutConcepts, zooConcepts } from '../../src/project/selection.ts';
import { temporaryProject } from './temporary-project.ts';

const concept = (tags = '') =>
  `prompt: snow\n${tags}pairs: { source: ../images, target: { effect: snow } }\n`;
const IMAGES = { 'images/a.png': '', 'images/b.png': '' };
/** One name in both forms of Unicode. */
const COMPOSED = '\u00c4rger';
const DECOMPOSED = 'A\u0308rger';

test('a concept is found in either form: by --concept, in lists and by its tags', async () => {
  const folder = await temporaryProject({
    ...IMAGES,
    [`concepts/${DECOMPOSED}.concept.yaml`]: concept(),
    'concepts/b.concept.yaml': concept(`tags: [${DECOMPOSED}]\n`),
    'concepts/c.concept.yaml': concept(`tags: [\u00fcber]\n`),
    'concepts/d.concept.yaml': concept(),
    'a.training.yaml':
      `extends: preset:fast\ncollect: { concepts: [${COMPOSED}, b, d], holdOut: [u\u0308ber] }\n` +
      `base: { concepts: { include: [${COMPOSED}] } }\n`,
  });
  const project = await loadProject(folder);
  expect(project.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(chooseConcept(project, COMPOSED).name).toBe(DECOMPOSED);
  const [training] = project.trainings;
  const names = (concepts: readonly { name: string }[]) => concepts.map(({ name }) => name).sort();
  expect(names(zooConcepts(project, training!))).toEqual([DECOMPOSED, 'b', 'd']);
  expect(names(heldOutConcepts(project, training!))).toEqual(['c']);
});

test('two concepts whose names look the same, or differ in case, are duplicates', async () => {
  const folder = await temporaryProject({
    ...IMAGES,
    [`concepts/one/${DECOMPOSED}.concept.yaml`]: concept().replace('..', '../..'),
    [`concepts/two/${COMPOSED}.concept.yaml`]: concept().replace('..', '../..'),
    [`concepts/three/${COMPOSED.toLowerCase()}.concept.yaml`]: concept().replace('..', '../..'),
  });
  const { problems } = await loadProject(folder);
  expect(problems.map(({ kind }) => kind)).toEqual(['duplicate-concept', 'duplicate-concept']);
});

test('names in any form are equal; the exact spelling is preferred', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(text, (name) => {
      const [composed, decomposed] = [name.normalize('NFC'), name.normalize('NFD')];
      expect(formOf(composed)).toBe(formOf(decomposed));
      expect(foldOf(composed)).toBe(foldOf(decomposed));
      expect(new NameSet([decomposed]).has(composed)).toBe(true);
      expect(itemNamed([{ name: decomposed }, { name: composed }], composed)?.name).toBe(composed);
    }),
  );
  expect(new NameSet(['a']).has('A')).toBe(false);
  expect(foldOf('\u00c4A')).toBe(foldOf('a\u0308a'));
});

test('files that look like configs are not passed over in silence, and no concept at all is said', async () => {
  const folder = await temporaryProject({
    'concepts/e.yaml': concept(),
    'concepts/c.concept.yaml.txt': concept(),
    'concepts/d.concept.YAML': concept(),
    'concepts/notes.md': '',
    'a.training.yaml': 'extends: preset:fast\n',
    'b.training.YML': 'extends: preset:fast\n',
    'x.concept.yaml': concept(),
    'other.yaml': '',
  });
  const project = await loadProject(folder);
  const strays = project.problems.filter(({ kind }) => kind === 'not-read');
  expect(strays.map(({ file, severity }) => [file.slice(folder.length + 1), severity])).toEqual(
    [
      'b.training.YML',
      'concepts/c.concept.yaml.txt',
      'concepts/d.concept.YAML',
      'concepts/e.yaml',
      'x.concept.yaml',
    ].map((file) => [file, 'warning']),
  );
  expect(() => refuseNoConcepts(project)).toThrow(
    `${join(folder, 'concepts')}: no concepts. Their files end in .concept.yaml; ` +
      'concepts/c.concept.yaml.txt, concepts/d.concept.YAML, concepts/e.yaml do not.',
  );
  const empty = await loadProject(await temporaryProject({ 'a.training.yaml': 'extends: preset:fast\n' }));
  expect(() => refuseNoConcepts(empty)).toThrow(/no concepts\. Their files end in \.concept\.yaml\.$/);
});

test('a target that is the source, or lies in it, is a warning', async () => {
  const folder = await temporaryProject({
    ...IMAGES,
    'images/edited/a.png': '',
    'images/edited/b.png': '',
    'elsewhere/a.png': '',
    'concepts/same.concept.yaml': 'prompt: a\npairs: { source: ../images, target: { folder: ../images } }\n',
    'concepts/link.concept.yaml': 'prompt: b\npairs: { source: ../images, target: { folder: ../link } }\n',
    'concepts/inside.concept.yaml':
      'prompt: c\npairs: { source: ../images/**, target: { folder: ../images/edited } }\n',
    'concepts/right.concept.yaml':
      'prompt: d\npairs: { source: ../images, target: { folder: ../images/edited } }\n',
  });
  await symlink('images', join(folder, 'link'));
  const { problems } = await loadProject(folder);
  const found = problems.map(({ file, key, message, severity }) => [
    file.slice(folder.length + '/concepts/'.length),
    key,
    severity,
    message,
  ]);
  const same = 'Source and edited images are the same files: there is no edit to learn.';
  const key = 'pairs.target.folder';
  expect(found).toEqual([
    ['inside.concept.yaml', key, 'warning', '2 of the edited images are source images too.'],
    ['link.concept.yaml', key, 'warning', same],
    ['same.concept.yaml', key, 'warning', same],
  ]);
});
