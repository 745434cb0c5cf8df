import { afterAll, beforeAll, expect } from 'vitest';
import { graveFindings, injectAxe, unfoldAll } from '../webview/harness/axe.ts';
import { standStill } from '../webview/harness/stand-still.ts';
import { expectWalkable } from '../webview/harness/walkable.ts';
import { stepsIn } from './scenario.ts';
import { finishHeldOut, heldOutConcept } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

let workbench: Workbench;

beforeAll(async () => {
  ({ workbench } = await takeTrainedWindow(finishHeldOut));
  await workbench.view('Runs').waitFor('Evaluate Concept');
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

/** How each panel is opened and known to be filled, and how many controls it has at least. */
const PANELS: Record<string, { open: () => Promise<void>; least: number }> = {
  Run: {
    open: async () => {
      await workbench.showContainer('Denoised Weights');
      await workbench.view('Runs').open('Fine-Tune Concept');
      await workbench.runView.waitFor(`fine-tune ${heldOutConcept}`, 'Finished');
      await workbench.runView.curves();
    },
    least: 20,
  },
  Weights: {
    open: async () => {
      await workbench.palette.run('Denoised Weights: Show Weight Statistics');
      await workbench.weightsView.waitFor(heldOutConcept);
    },
    least: 10,
  },
  Translate: {
    open: async () => {
      await workbench.palette.run('Denoised Weights: Show Translated Images');
      await workbench.translateView.waitFor(heldOutConcept);
      await workbench.translateView.column('Fine-tuned');
    },
    least: 10,
  },
  Compare: {
    open: async () => {
      await workbench.palette.run('Denoised Weights: Show Comparison');
      await workbench.compareView.waitFor(heldOutConcept);
      await workbench.compareView.chart();
    },
    least: 10,
  },
  Tensors: {
    open: async () => {
      await workbench.showContainer('Explorer');
      await workbench.explorer.openFile('weights', heldOutConcept, 'denoised.safetensors');
      await workbench.tensorsView.read('denoised.safetensors');
    },
    least: 10,
  },
};

for (const [panel, { open, least }] of Object.entries(PANELS)) {
  step(`${panel}: every control is reached with the keyboard, and axe finds nothing grave`, async () => {
    const { shownView } = workbench;
    await open();
    await expect.poll(() => shownView.isFocused()).toBe(true);
    const frame = await shownView.frame();
    await frame.evaluate(standStill, null);
    await expectWalkable(frame, least);

    await unfoldAll(frame);
    await frame.evaluate(standStill, null);
    await injectAxe(frame);
    expect(await graveFindings(frame, 'the default theme')).toEqual([]);
  });
}

step(
  'in the light theme of high contrast, axe finds no grave fault in the colours of any panel',
  async () => {
    await workbench.chooseTheme('Light High Contrast');
    for (const { open } of Object.values(PANELS)) {
      await open();
      const frame = await workbench.shownView.frame();
      await expect
        .poll(() => frame.evaluate(() => document.body.dataset.vscodeThemeKind))
        .toBe('vscode-high-contrast-light');
      await unfoldAll(frame);
      await frame.evaluate(standStill, null);
      await injectAxe(frame);
      expect(await graveFindings(frame, 'Light High Contrast', 'colors')).toEqual([]);
    }
  },
);
