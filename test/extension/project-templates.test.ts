import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { conceptText, nameFromPrompt, trainingText } from '../../src/extension/projects/project-templates.ts';
import { loadConcept, loadTraining } from '../../src/project/load.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'templates-'));
  mkdirSync(join(folder, 'concepts'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(['turn it into a snowy day', 'yes', 'a "quoted": prompt # with marks', '[1, 2]', "it's dusk"])(
  'a new concept reads back with its prompt: %s',
  async (prompt) => {
    const file = join(folder, 'concepts', 'new.concept.yaml');
    writeFileSync(file, conceptText({ prompt, source: '../images', effect: 'snow' }));
    const concept = await loadConcept(file);
    expect(concept.prompt).toBe(prompt);
    expect(concept.pairs).toMatchObject({
      source: join(folder, 'images'),
      target: { effect: [{ name: 'snow' }] },
    });
  },
);

test.each(['fast', 'paper'] as const)(
  'a new training config extends the preset %s, and names nothing that a new project lacks',
  async (preset) => {
    const file = join(folder, `${preset}.training.yaml`);
    writeFileSync(file, trainingText(preset));
    const { config } = await loadTraining(file);
    expect(config.collect.holdOut).toEqual([]);
  },
);

test.each([
  ['turn it into a snowy day', 'turn-it-into-a-snowy-day'],
  ['  Café — at NIGHT!  ', 'cafe-at-night'],
  ['雪', ''],
  ['a'.repeat(100), 'a'.repeat(40)],
])('the name for the prompt %s', (prompt, name) => {
  expect(nameFromPrompt(prompt)).toBe(name);
});
