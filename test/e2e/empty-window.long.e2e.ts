import { afterAll, beforeAll, expect } from 'vitest';
import { stepsIn } from './scenario.ts';
import { Workbench } from './workbench.ts';

const nothingOpen = 'Open a folder first. [DNW-113]';

let workbench: Workbench;

/** A window in which no folder is open. */
beforeAll(async () => {
  // Otherwise a step of the walkthrough takes the focus only when it has slid open, from whatever has it by then.
  workbench = await Workbench.open(undefined, { 'workbench.reduceMotion': 'on' });
});
afterAll(() => workbench?.close());

const step = stepsIn(() => workbench);

step(
  'without a folder every view says what comes first, and the palette offers nothing that needs one',
  async () => {
    const { palette } = workbench;
    await workbench.showContainer('Denoised Weights');
    const says: Record<string, [message: string, ...buttons: string[]]> = {
      Concepts: ['A project is a folder', 'Open Folder', 'Open Sample Project', 'Get Started'],
      Runs: ['Runs appear here once a folder', 'Open Folder', 'Open Sample Project'],
      Zoo: ['It appears here once a folder', 'Open Folder', 'Open Sample Project'],
    };
    for (const [view, [message, ...buttons]] of Object.entries(says)) {
      const welcome = await workbench.view(view).welcome();
      expect(welcome.message).toContain(message);
      expect(welcome.buttons).toEqual(buttons);
    }
    // A window that was just opened does not know all commands.
    await expect
      .poll(() => palette.offeredByExtension())
      .toEqual(
        [
          'Open Sample Project',
          'Refresh',
          'Restart Engine',
          'Run Quickstart',
          'Select Device',
          'Show Device Report',
          'Show Extension Log',
        ].map((command) => `Denoised Weights: ${command}`),
      );
  },
);

step('the keyboard comes to the buttons of every view and presses them', async () => {
  const { page, palette } = workbench;
  for (const view of ['Concepts', 'Runs', 'Zoo']) {
    for (const [button, confirm] of Object.entries({
      'Open Folder': 'OK',
      'Open Sample Project': 'Create Here',
    })) {
      await palette.run(`Denoised Weights: Focus on ${view} View`);
      await workbench.view(view).pressInWelcomeByKey(button);
      await expect.poll(() => palette.proposed()).toMatch(/\/$/);
      await palette.waitForFileDialog(confirm);
      await page.keyboard.press('Escape');
      await palette.waitUntilClosed();
    }
  }
});

step('a stage asked for in the walkthrough says that a folder comes first', async () => {
  const { palette, walkthrough, notifications } = workbench;
  await palette.run('Denoised Weights: Focus on Concepts View');
  await workbench.view('Concepts').pressInWelcomeByKey('Get Started');
  await walkthrough.waitFor('Get started with Denoised Weights');
  await walkthrough.openStep('Prepare image pairs');
  await walkthrough.press('Prepare Pairs');
  await notifications.waitFor(nothingOpen);
});

step('what makes sense without a project works, and nothing has failed', async () => {
  const { palette, editor, notifications } = workbench;
  await palette.run('Denoised Weights: Refresh');
  await palette.run('Denoised Weights: Show Device Report');
  await editor.waitForTab('Device report.md');
  expect(await notifications.shown()).toEqual([nothingOpen]);
  expect(workbench.hostErrors).toEqual([]);
});
