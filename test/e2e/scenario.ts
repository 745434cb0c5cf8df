import { it, onTestFinished } from 'vitest';
import type { Settings } from '../workbench/profile.ts';
import { Workbench } from './workbench.ts';

/** Opens the folder for one scenario: a picture is kept if it fails, and the window is closed either way. */
export async function openWorkbench(folder: string, settings: Settings = {}): Promise<Workbench> {
  const workbench = await Workbench.open(folder, settings);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.screenshot(task.name.replace(/\W+/g, '-'));
    await workbench.close();
  });
  return workbench;
}

/** What adds steps to a scenario whose steps share one window: where one fails, a picture is kept. */
export function stepsIn(
  window: () => Workbench,
): (title: string, run: (workbench: Workbench) => Promise<void>) => void {
  return (title, run) =>
    it(title, async () => {
      try {
        await run(window());
      } catch (error) {
        await window().screenshot(title.replace(/\W+/g, '-'));
        throw error;
      }
    });
}
