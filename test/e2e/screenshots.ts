// Takes pictures of the extension at work on a finished project: screenshots.ts <project> <output folder> [<color theme>...]
// With themes, a set of pictures for each, named for it, of whole windows in a narrow one too; without, one set in the
// light theme.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { sharedBrowser } from '../browser.ts';
import { Workbench } from './workbench.ts';

const WIDTH = 1280;
/** Leaves a panel less than half of the usual room. */
const NARROW = 800;
const lightTheme = 'Default Light Modern';
/** So that a page that shows all of them stays light. */
const maxBytes = 150_000;

/** As few colors as it takes; text and curves need few, photographs more. */
async function encode(picture: Buffer): Promise<Buffer> {
  for (const colors of [256, 128, 64, 32]) {
    const png = await sharp(picture)
      .png({ palette: true, colors, effort: 10, compressionLevel: 9 })
      .toBuffer();
    if (png.length <= maxBytes) return png;
  }
  throw new Error(`the picture takes more than ${maxBytes} bytes even with 32 colors`);
}

/** The concept to show: one that has been fine-tuned. */
function fineTunedConcept(project: string): string {
  const found = readdirSync(join(project, 'weights')).find((concept) =>
    readdirSync(join(project, 'weights', concept)).includes('fine-tuned.safetensors'),
  );
  if (found === undefined)
    throw new Error(`${project} has no fine-tuned concept: run \`npm run quickstart\` first`);
  return found;
}

/** The drawing that the latest quickstart wrote. */
function comparison(project: string): string {
  const run = readdirSync(join(project, 'runs'))
    .filter((name) => name.includes('-quickstart-'))
    .sort()
    .at(-1);
  if (run === undefined)
    throw new Error(`${project} has no run of the quickstart: run \`npm run quickstart\` first`);
  return join(project, 'runs', run, 'evaluate', 'comparison.svg');
}

function firstConcept(project: string): string {
  const [first] = readdirSync(join(project, 'concepts')).sort();
  return basename(first!, '.concept.yaml');
}

type Save = (name: string, picture: Buffer) => Promise<void>;

/** One window, and what is shown in it. */
interface Shot {
  readonly workbench: Workbench;
  readonly project: string;
  readonly concept: string;
  readonly save: Save;
  /** Saves the whole window at each width that is asked for. */
  readonly window: (name: string, height: number) => Promise<void>;
}

/** Right of the side bar, below the title bar. */
const editorArea = { x: 352, y: 36, width: 928, height: 500 };

/** What the editor says about concepts and configs. */
async function takeLanguages({ workbench, project, concept, save }: Shot): Promise<void> {
  const { palette, explorer, editor } = workbench;
  await workbench.resize(1280, 720);
  await workbench.showContainer('Explorer');
  await explorer.openFile('concepts', `${concept}.concept.yaml`);
  await editor.waitForCodeLens('Fine-Tune');
  await editor.scrollToTop();
  await editor.hoverOver('source');
  await editor.waitForHoverPicture();
  await save('guide-hover', await workbench.detail(editorArea));

  await workbench.page.keyboard.press('Escape');
  const mistaken = readFileSync(join(project, 'concepts', `${concept}.concept.yaml`), 'utf8').split('\n');
  const line = mistaken.findLastIndex((text) => text.trim() !== '');
  await editor.replaceLine(line + 1, mistaken[line]!.replace(/(\w)(\w)$/, '$2$1'));
  await editor.waitForMark('error');
  await editor.offerFixes();
  await save('guide-mistake', await workbench.detail(editorArea));
  await workbench.page.keyboard.press('Escape');
  await palette.run('File: Revert File');

  await explorer.openFile('quickstart.training.yaml');
  await editor.waitForCodeLens('Train Base');
  await editor.scrollToTop();
  await editor.waitForHint('concepts');
  await save('guide-training', await workbench.detail({ ...editorArea, height: 660 }));
}

/** The side bar with its three views, and the list of devices. */
async function takeViews({ workbench, save }: Shot): Promise<void> {
  const { palette } = workbench;
  await workbench.showContainer('Denoised Weights');
  const concepts = workbench.view('Concepts');
  await concepts.actInTitle('Group Concepts by Tag');
  await concepts.waitFor('held-out');
  await concepts.expand('held-out');
  await workbench.page.mouse.move(1000, 400);
  await save('guide-views', await workbench.detail({ x: 0, y: 36, width: 352, height: 660 }));
  await concepts.actInTitle('List Concepts by Name');
  await concepts.waitUntilGone('held-out');

  await concepts.actInTitle('Find Concept');
  await palette.type('fog @zoo');
  await concepts.waitUntilGone('night');
  await save('guide-find', await workbench.detail({ x: 0, y: 0, width: 980, height: 300 }));
  await workbench.page.keyboard.press('Escape');
  await concepts.waitFor('night');

  await palette.run('Denoised Weights: Select Device');
  await palette.waitForEntry('CPU');
  await save('guide-devices', await workbench.detail({ x: 300, y: 0, width: 680, height: 360 }));
  await workbench.page.keyboard.press('Escape');
}

/** The panels that are about more than one concept. */
async function takePanels({ workbench, concept, window }: Shot): Promise<void> {
  const { palette, explorer, runView, compareView, tensorsView } = workbench;
  const runs = workbench.view('Runs');
  const label = `Fine-Tune Concept: ${concept}`;
  await runs.selectAll(label);
  await runs.actInMenu(label, 'Compare Runs');
  await runView.curves();
  await runView.scrollToTop();
  await window('guide-runs', 900);

  await palette.run('Denoised Weights: Show Comparison');
  await compareView.waitFor(concept);
  await compareView.chart();
  await window('guide-compare', 1000);

  await workbench.showContainer('Explorer');
  const file = 'denoised.safetensors';
  await explorer.openFile('weights', concept, file);
  await tensorsView.read(file);
  await window('guide-tensors', 800);
}

/** The main path: a concept, its run, its weights, its images. */
async function takeMainPath({ workbench, project, concept, window }: Shot): Promise<void> {
  const { palette, explorer, editor, runView, weightsView, translateView } = workbench;
  await explorer.openFile('concepts', `${concept}.concept.yaml`);
  await workbench.showContainer('Denoised Weights');
  // The tree draws only the rows that fit.
  await workbench.view('Concepts').waitFor(firstConcept(project));
  await editor.waitForCodeLens('Fine-Tune');
  await editor.scrollToTop();
  await window('editor', 720);

  await workbench.view('Runs').open('Quickstart');
  await runView.curves();
  await runView.scrollToTop();
  await window('run', 900);

  await palette.run('Denoised Weights: Show Weight Statistics');
  await weightsView.waitFor(concept);
  await weightsView.waitForAllCharts();
  await window('weights', 1100);
  await weightsView.denoise(10);
  await weightsView.waitForState('weights, after step 10 of 10');
  for (let step = 10; step > 6; step--) await weightsView.goToState('ArrowLeft');
  await weightsView.waitForState('after step 6 of 10');
  await weightsView.scrollToDenoising();
  await window('guide-denoising', 900);

  await palette.run('Denoised Weights: Show Translated Images');
  await translateView.waitFor(concept);
  await translateView.column('Target');
  await translateView.scrollToTop();
  await window('translate', 900);
}

/** Everything that there is to see, in one theme. */
async function takeAll(project: string, theme: string, widths: readonly number[], save: Save): Promise<void> {
  const workbench = await Workbench.open(project, { 'workbench.colorTheme': theme });
  const window = async (name: string, height: number) => {
    for (const width of widths) {
      await save(width === WIDTH ? name : `${name}-${width}`, await workbench.picture(width, height));
    }
    // As what comes next finds it.
    await workbench.resize(WIDTH, height);
  };
  const shot = { workbench, project, concept: fineTunedConcept(project), save, window };
  try {
    for (const take of [takeMainPath, takePanels, takeViews, takeLanguages]) await take(shot);
  } catch (error) {
    await workbench.screenshot('screenshots-failed');
    throw error;
  } finally {
    await workbench.close();
  }
}

/** Pictures of the main path one after the other, in one file that moves. */
async function animate(pictures: readonly Buffer[], file: string): Promise<void> {
  const frames = await Promise.all(
    pictures.map((picture) =>
      sharp(picture).resize({ width: 720, height: 504, fit: 'cover', position: 'top' }).png().toBuffer(),
    ),
  );
  await sharp(frames, { join: { animated: true } })
    .webp({ delay: frames.map(() => 2500), quality: 60, effort: 6 })
    .toFile(file);
  console.log(file);
}

const [project, output, ...themes] = process.argv.slice(2);
if (project === undefined || output === undefined)
  throw new Error('expected: <project> <output folder> [<theme>...]');

const savePicture: Save = async (name, picture) => {
  const file = join(output, `${name}.png`);
  writeFileSync(file, await encode(picture));
  console.log(file);
};

mkdirSync(output, { recursive: true });
if (themes.length > 0) {
  for (const theme of themes) {
    const suffix = theme.toLowerCase().replace(/\W+/g, '-');
    await takeAll(project, theme, [WIDTH, NARROW], (name, picture) =>
      savePicture(`${name}-${suffix}`, picture),
    );
  }
} else {
  await savePicture('comparison', await sharp(comparison(project)).toBuffer());
  const taken = new Map<string, Buffer>();
  const save: Save = async (name, picture) => {
    taken.set(name, picture);
    await savePicture(name, picture);
  };
  await takeAll(project, lightTheme, [WIDTH], save);
  const mainPath = ['editor', 'run', 'weights', 'translate', 'guide-compare'];
  await animate(
    mainPath.map((name) => taken.get(name)!),
    join(output, 'main-path.webp'),
  );
}
await (await sharedBrowser()).close();
