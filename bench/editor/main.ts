/**
 * How long users of the editor wait: npm run bench -- editor [repetitions]
 * Opens the quickstart's project in the real workbench with the packaged extension, and prints three times in
 * milliseconds: of the extension's activation, as reported by the workbench; from choosing a command or a file until
 * its panel shows its content; and until other weights have translated the images.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shownWebview } from '../../test/e2e/pages/webview.ts';
import { Workbench } from '../../test/e2e/workbench.ts';
import { median } from '../step/statistics.ts';

const repetitions = Number(process.argv[2] ?? 5);
const project = resolve('.cache/quickstart');
if (!existsSync(join(project, 'weights'))) {
  console.error(`${project} is missing or incomplete: run \`npm run quickstart\` first`);
  process.exit(1);
}

/**
 * Imports a script of this repository at run time: bundling would change the paths that it derives from its own file.
 */
const script = (path: string) => import(pathToFileURL(resolve('scripts', path)).href);
const { setUp } = await script('setup.mjs');
await setUp();
const { packedWorkbenchEnvironment } = await script('test/workbench-environment.mjs');
Object.assign(process.env, await packedWorkbenchEnvironment());

const TRANSLATIONS = 'Show Translated Images';
const COMPARISON = ['Show Comparison', '.uplot canvas'] as const;
/** Panels by the command that opens them, with a selector for the content they show. */
const PANELS: readonly (readonly [string, string])[] = [
  ['Show Weight Statistics', 'figure.chart svg'],
  [TRANSLATIONS, '.picture-table canvas'],
  COMPARISON,
];

async function activationMs(workbench: Workbench): Promise<number> {
  // The slowest come first, and only the rows that fit are rendered.
  await workbench.resize(1280, 2400);
  await workbench.palette.run('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', {
    hasText: 'Denoised Weights',
  });
  const text = await row.locator('.activation-time').innerText();
  const [, milliseconds] = /(\d+)\s*ms/.exec(text) ?? [];
  if (milliseconds === undefined) throw new Error(`unexpected activation time in the workbench: ${text}`);
  // The list is a dialog.
  await workbench.page.keyboard.press('Escape');
  await row.waitFor({ state: 'detached' });
  await workbench.resize(1280, 800);
  return Number(milliseconds);
}

/** Milliseconds until the panel shows its content; closes it after anything else that is measured on it. */
async function opened(
  workbench: Workbench,
  command: string,
  shown: string,
  afterwards: (start: number) => Promise<void> = async () => {},
): Promise<number> {
  const { page, palette } = workbench;
  await palette.prepare(`Denoised Weights: ${command}`);
  const start = performance.now();
  await page.keyboard.press('Enter');
  await shownWebview(page).locator(shown).first().waitFor();
  const milliseconds = performance.now() - start;
  await afterwards(start);
  await closeEditor(workbench);
  return milliseconds;
}

/** Milliseconds from choosing other weights until they have translated all images. */
async function redrawn({ page, shownView }: Workbench): Promise<number> {
  await shownView.open('Second weights');
  const start = performance.now();
  await shownView.take('base of quickstart without LoRA');
  const view = shownWebview(page);
  await view.getByRole('columnheader', { name: /base of quickstart/i }).waitFor();
  await view.locator('main[aria-busy=false]').waitFor();
  return performance.now() - start;
}

/** Milliseconds to open a file of weights from the explorer until its table of tensors is shown. */
async function openedFile(workbench: Workbench): Promise<number> {
  const { explorer, page } = workbench;
  await workbench.showContainer('Explorer');
  await explorer.expand('weights');
  await explorer.expand('sepia-fog');
  const start = performance.now();
  await explorer.open('denoised.safetensors');
  await shownWebview(page).locator('tbody th').first().waitFor();
  const milliseconds = performance.now() - start;
  await closeEditor(workbench);
  await workbench.showContainer('Denoised Weights');
  return milliseconds;
}

/** Milliseconds to open the quickstart's run from the Runs view. */
async function openedRun(workbench: Workbench): Promise<number> {
  const start = performance.now();
  await workbench.view('Runs').open('Quickstart');
  await shownWebview(workbench.page).locator('.uplot canvas').first().waitFor();
  const milliseconds = performance.now() - start;
  await closeEditor(workbench);
  return milliseconds;
}

const closeEditor = async ({ page, palette }: Workbench) => {
  await palette.run('View: Close All Editors');
  await page.locator('.tab').first().waitFor({ state: 'detached' });
};

const times = new Map<string, number[]>();
const note = (what: string, milliseconds: number) => {
  times.set(what, [...(times.get(what) ?? []), milliseconds]);
};
for (let repetition = 0; repetition < repetitions; repetition++) {
  const workbench = await Workbench.open(project);
  try {
    await workbench.showContainer('Denoised Weights');
    // The palette offers the project's commands only after the project is read.
    await workbench.view('Concepts').waitFor('fog');
    // The first webviews of a window, of any extension, wait for seconds until the workbench can serve them.
    await opened(workbench, ...COMPARISON);
    await openedRun(workbench);
    note('activation', await activationMs(workbench));
    for (const time of ['first', 'again']) {
      for (const [command, shown] of PANELS) {
        const afterwards = async (start: number) => {
          if (command !== TRANSLATIONS) return;
          await shownWebview(workbench.page).locator('main[aria-busy=false]').waitFor();
          note(`All translated images, ${time}`, performance.now() - start);
          note(`Other weights, ${time}`, await redrawn(workbench));
        };
        note(`${command}, ${time}`, await opened(workbench, command, shown, afterwards));
      }
      note(`Open Run, ${time}`, await openedRun(workbench));
      note(`Open a .safetensors file, ${time}`, await openedFile(workbench));
    }
  } catch (error) {
    await workbench.screenshot('bench-editor-failed');
    throw error;
  } finally {
    await workbench.close();
  }
}

console.log(`\n${repetitions} windows; milliseconds: median (minimum to maximum)`);
for (const [what, values] of times) {
  const rounded = [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(0));
  console.log(`${what.padEnd(34)} ${rounded[0]!.padStart(6)}  (${rounded[1]} to ${rounded[2]})`);
}
