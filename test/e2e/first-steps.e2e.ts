import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { stepsIn } from './scenario.ts';
import { Workbench } from './workbench.ts';

/** What makes sense without a project. */
const ANYWHERE = [
  'New Concept',
  'New Training Config',
  'Open Sample Project',
  'Refresh',
  'Restart Engine',
  'Run Quickstart',
  'Select Device',
  'Show Device Report',
  'Show Extension Log',
].map((command) => `Denoised Weights: ${command}`);

let workbench: Workbench;
let folder: string;

/** A folder with photographs and nothing of the extension's. */
beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'first-')), 'photographs');
  mkdirSync(join(folder, 'images'), { recursive: true });
  const photographs = join(inject('trainedProject'), 'photos');
  for (const name of readdirSync(photographs)
    .filter((each) => each.endsWith('.jpg'))
    .slice(0, 12))
    copyFileSync(join(photographs, name), join(folder, 'images', name));
  workbench = await Workbench.open(folder);
});
afterAll(() => workbench?.close());

const step = stepsIn(() => workbench);

step(
  'without a project every view says what comes first, and the palette offers nothing that needs one',
  async () => {
    const { palette } = workbench;
    await workbench.showContainer('Denoised Weights');
    const says = {
      Concepts: 'no training config',
      Runs: 'Runs appear here',
      Zoo: 'The zoo holds the LoRA weights',
    };
    for (const [view, message] of Object.entries(says)) {
      const welcome = await workbench.view(view).welcome();
      expect(welcome.message).toContain(message);
      expect(welcome.buttons).toEqual(['New Training Config', 'Open Sample Project']);
    }
    // As many lines as the list may have.
    await workbench.resize(1280, 1600);
    // A window that was just opened does not know all commands.
    await expect.poll(() => palette.offeredByExtension()).toEqual(ANYWHERE);
    await workbench.resize(1280, 800);
  },
);

step('New Training Config, from an empty view, writes a file without mistakes', async () => {
  const { palette, editor, problems } = workbench;
  await workbench.showContainer('Denoised Weights');
  await workbench.view('Zoo').pressInWelcome('New Training Config');
  await palette.choose('Fast');
  await palette.answer('mine');
  await editor.waitForTab('mine.training.yaml');
  await editor.line('extends: preset:fast').waitFor();
  await editor.waitForCodeLens('Train Base');
  await problems.show();
  expect(await problems.files()).toEqual([]);
  expect(readFileSync(join(folder, 'mine.training.yaml'), 'utf8')).toContain('extends: preset:fast');
});

step('New Concept asks for prompt, name and effect, and writes a file without mistakes', async () => {
  const { palette, editor, problems } = workbench;
  await palette.run('Denoised Weights: New Concept');
  await palette.answer('turn it into a snowy day');
  await expect.poll(() => palette.proposed()).toBe('turn-it-into-a-snowy-day');
  await palette.answer('snowy');
  await palette.choose('snow');
  await editor.waitForTab('snowy.concept.yaml');
  await editor.waitForCodeLens('Prepare');
  await editor.line('effect: snow').waitFor();
  // One concept is too few for a zoo, which the training config is told; with the concept nothing is wrong.
  await problems.find('The zoo has one concept');
  expect(await problems.files()).toEqual(['mine.training.yaml']);
  expect(readFileSync(join(folder, 'concepts', 'snowy.concept.yaml'), 'utf8')).toContain(
    'prompt: turn it into a snowy day',
  );
  await workbench.view('Concepts').waitFor('snowy');
  await expect.poll(() => palette.offered('Denoised Weights: Prepare Pairs')).toHaveLength(1);
});

step('the walkthrough’s first step makes the sample project in two clicks and opens it', async () => {
  const { palette, walkthrough } = workbench;
  await palette.run('Welcome: Open Walkthrough...');
  await palette.choose('Get started with Denoised Weights');
  await walkthrough.waitFor('Get started with Denoised Weights');
  expect((await walkthrough.steps())[0]).toBe('Open the sample project');
  const opened = workbench.nextWindow();
  await walkthrough.press('Open Sample Project');
  await expect.poll(() => palette.proposed()).toMatch(/\/$/);
  const parent = mkdtempSync(join(tmpdir(), 'sample-'));
  // Before it lists what is there, the dialog writes its own proposal over what is typed.
  await palette.waitForEntry('..');
  await palette.type(`${parent}/`);
  await expect.poll(() => palette.proposed()).toBe(`${parent}/`);
  await palette.confirmFile('Create Here');
  const sample = await opened;
  await sample.showContainer('Denoised Weights');
  await sample.view('Concepts').waitFor('dusk');
  expect(existsSync(join(parent, 'denoised-weights-quickstart', 'quickstart.training.yaml'))).toBe(true);
  await sample.page.close();
  await walkthrough.waitUntilDone('Open the sample project');
});
