import { it } from 'vitest';
import type { Workbench } from './workbench.ts';

interface Steps {
  begun: number;
  passed: number;
}

/** Of each window, what the file that has it now has done there. */
const steps = new WeakMap<Workbench, Steps>();

/** What adds steps to a scenario whose steps share one window: where one fails, a picture is kept, and the error says what is in it. */
export function stepsIn(
  window: () => Workbench,
): (title: string, run: (workbench: Workbench) => Promise<void>) => void {
  return (title, run) =>
    it(title, async () => {
      const workbench = window();
      const counted = steps.get(workbench) ?? { begun: 0, passed: 0 };
      steps.set(workbench, counted);
      counted.begun++;
      try {
        await run(workbench);
      } catch (error) {
        await workbench.screenshot(title.replace(/\W+/g, '-'));
        if (error instanceof Error)
          error.message += `\n\nThe window shows\n${await workbench.inWords().catch(String)}`;
        throw error;
      }
      counted.passed++;
    });
}

/** Whether a scenario has taken steps in the window, and every one of them has passed. They are forgotten then. */
export function settleSteps(workbench: Workbench): boolean {
  const { begun, passed } = steps.get(workbench) ?? { begun: 0, passed: 0 };
  steps.delete(workbench);
  return begun > 0 && begun === passed;
}
