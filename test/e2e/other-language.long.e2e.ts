import { afterAll, beforeAll, expect, inject } from 'vitest';
import { mark, unmarked } from '../webview/harness/messages.ts';
import { stepsIn } from './scenario.ts';
import { copyProject, heldOutConcept } from './trained-project.ts';
import { addLanguage, translate } from './translation.ts';
import { Workbench } from './workbench.ts';

const locale = 'de';
const ours = mark('Denoised Weights');

let workbench: Workbench;

/** A window in another language, and a translation of the extension in which every text stands between marks. */
beforeAll(async () => {
  workbench = await Workbench.open(
    copyProject(inject('trainedProject')),
    {},
    {
      change: (profile, extension) => {
        addLanguage(profile, locale);
        translate(extension, locale);
      },
      flags: ['--locale', locale],
    },
  );
});
afterAll(() => workbench?.close());

const step = stepsIn(() => workbench);

step('commands, views and trees say what the translation of the extension has', async () => {
  const { palette } = workbench;
  await workbench.showContainer(ours);
  await workbench.view(mark('Concepts')).waitFor(`${heldOutConcept}${mark('denoised')} · `);
  await workbench
    .view(mark('Runs'))
    .waitFor(`${mark('Denoise Weights')}: ${heldOutConcept}${mark('finished')}`);
  await workbench.view(mark('Zoo')).waitFor(mark('Base generator'));
  const command = `${ours}: ${mark('Show Comparison')}`;
  expect(await palette.offered(command)).toEqual([command]);
});

step('a panel says it too, and leaves nothing in English that is its own', async () => {
  const { palette, editor, shownView } = workbench;
  await palette.run(`${ours}: ${mark('Show Weight Statistics')}`);
  await editor.waitForTab(mark(`Weights: ${heldOutConcept}`));
  await shownView.waitForHeading(mark(`Weights of ${heldOutConcept}`));
  await shownView.waitForHeading(mark('Map of the zoo'));
  expect(await shownView.language()).toBe(locale);
  // Names of concepts and layers, prompts, numbers and days are nobody's to translate.
  expect(unmarked(await shownView.text())).not.toMatch(/\b(denoised|weights|zoo|members?|layers?|norm)\b/i);
});

step('what stands above the sections of a training config is translated', async () => {
  const { palette, explorer, editor } = workbench;
  await palette.run('View: Show Explorer');
  await explorer.openFile('tiny.training.yaml');
  await editor.waitForCodeLens(mark('Train Base'));
  expect(workbench.hostErrors).toEqual([]);
});
