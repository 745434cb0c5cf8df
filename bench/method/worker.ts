/**
 * Performs units of work that the benchmark's main process sends, one after the other: worker <project> <runs>
 * <threads>
 */
import { openContext } from './context.ts';
import { doUnit } from './units.ts';
import type { Unit } from './work.ts';

const [project, runs, threads] = process.argv.slice(2) as [string, string, string];

process.on('message', async (unit: Unit) => {
  try {
    // Opened again for each unit, since units write their own training configs.
    const context = await openContext(project, runs, Number(threads));
    process.send!({ answer: await doUnit(context, unit) });
  } catch (error) {
    process.send!({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
