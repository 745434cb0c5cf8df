import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { stepsIn } from './scenario.ts';
import { heldOutConcept } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

const training = 'tiny.training.yaml';

let workbench: Workbench;
let project: string;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow());
  await workbench.showContainer('Explorer');
  await workbench.explorer.expand(/^concepts$/);
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

step('concepts, training configs and other YAML have icons of their own', async () => {
  const { explorer } = workbench;
  const concept = await explorer.icon('sepia.concept.yaml');
  const config = await explorer.icon(training);
  expect(concept).toMatch(/url\(.*concept-file/);
  expect(config).toMatch(/url\(.*training-file/);
  expect(await explorer.icon('fog.concept.yaml')).toBe(concept);
});

step('keys, effects and plain strings are drawn in different colours', async () => {
  const { explorer, editor } = workbench;
  await explorer.openFile('concepts', 'sepia.concept.yaml');
  const colors = async () => [
    await editor.colorClass('effect', 'effect: sepia'),
    await editor.colorClass('sepia', 'effect: sepia'),
    await editor.colorClass('an old sepia print', 'prompt'),
  ];
  // First everything is one plain color.
  await expect.poll(async () => new Set(await colors()).size).toBe(3);
  // Any other key is a key, too.
  expect(await editor.colorClass('source')).toBe((await colors())[0]);
});

step('hovering over the source shows pictures of it', async () => {
  const { editor, page } = workbench;
  // It moves the text away from under the pointer when it comes.
  await editor.waitForCodeLens('Fine-Tune');
  await editor.hoverOver('source');
  await editor.waitForHoverPicture();
  await page.keyboard.press('Escape');
});

step('while an effect is typed its name is offered, and Enter takes it', async () => {
  const { editor, page, palette } = workbench;
  await editor.replaceLine(5, '    effect: ');
  await page.keyboard.type('pixe');
  expect(await editor.suggestion('pixelate')).toBe('pixelate');
  await page.keyboard.press('Enter');
  await editor.line('effect: pixelate').waitFor();
  await palette.run('File: Revert File');
  await editor.line('effect: sepia').waitFor();
});

step('a misspelt key of a concept is marked at its place until it is corrected', async () => {
  const { editor, problems } = workbench;
  const lines = readFileSync(join(project, 'concepts', 'sepia.concept.yaml'), 'utf8').split('\n');
  const line = lines.findIndex((text) => text.startsWith('prompt:')) + 1;
  const prompt = lines[line - 1]!;
  await editor.replaceLine(line, prompt.replace('prompt:', 'promt:'));
  await expect.poll(() => editor.markedTexts('error')).toContain('promt');
  await problems.show();
  expect(await problems.find('promt')).toMatchObject({ line, column: 1 });

  await editor.replaceLine(line, prompt);
  await problems.waitUntilGone('promt');
  await expect.poll(() => editor.markedTexts('error')).not.toContain('promt');
  await editor.save();
});

step('a training config says behind its values what they come to', async () => {
  const { explorer, editor } = workbench;
  await explorer.openFile(training);
  await editor.waitForHint('1 concept');
  // What the engine counts, and what earlier runs took; spaces are drawn as such that break no line.
  await editor.waitForHint(/\d\sparameters/);
  await editor.waitForHint(/\d\sblocks,\s/);
  await editor.waitForHint(/≈\s\d+\ss\son\scpu/);
});

step('a concept that is missing is created by the quick fix, and the mistake is gone', async () => {
  const { editor, problems } = workbench;
  await problems.show();
  await editor.replaceLine(6, `collect: { holdOut: [${heldOutConcept}, meadow], steps: 8, batchSize: 2 }`);
  await problems.find('There is no concept or tag `meadow`');
  await editor.clickAt('meadow', 'holdOut');
  await editor.offerFixes();
  await editor.takeFix('Create the concept');
  await problems.waitUntilGone('There is no concept or tag `meadow`');
});

step('F12 leads from a name in a training config to its concept', async () => {
  const { editor, page } = workbench;
  await editor.showTab(training);
  await editor.clickAt(heldOutConcept, 'holdOut');
  await page.keyboard.press('F12');
  await editor.waitForTab(`${heldOutConcept}.concept.yaml`);
  await editor.line('the last light at dusk').waitFor();
});

step('F2 renames a concept in its config, and its file', async () => {
  const { editor, explorer, palette } = workbench;
  await editor.showTab(training);
  await editor.clickAt(heldOutConcept, 'holdOut');
  await editor.rename('twilight');
  await editor.line('holdOut: [twilight, meadow]').waitFor();
  await explorer.waitFor('twilight.concept.yaml');
  await palette.run('File: Save All');
  await expect
    .poll(() => readFileSync(join(project, training), 'utf8'))
    .toContain('holdOut: [twilight, meadow]');
  expect(existsSync(join(project, 'concepts', `${heldOutConcept}.concept.yaml`))).toBe(false);
});
