// Takes pictures of the extension at work on a finished project: screenshots.ts <project> <output folder> [<colour theme>...]
// With themes, a set of pictures for each, named for it; without, one set in the light theme.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { Workbench } from './workbench.ts';

const lightTheme = 'Default Light Modern';
/** So that a page that shows all of them stays light. */
const maxBytes = 150_000;

/** As few colours as it takes; text and curves need few, photographs more. */
async function encode(picture: Buffer): Promise<Buffer> {
  for (const colours of [256, 128, 64, 32]) {
    const png = await sharp(picture)
      .png({ palette: true, colours, effort: 10, compressionLevel: 9 })
      .toBuffer();
    if (png.length <= maxBytes) return png;
  }
  throw new Error(`the picture takes more than ${maxBytes} bytes even with 32 colours`);
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

async function takeAll(
  project: string,
  theme: string,
  save: (name: string, picture: Buffer) => Promise<void>,
) {
  const concept = fineTunedConcept(project);
  const workbench = await Workbench.open(project, { 'workbench.colorTheme': theme });
  try {
    const { palette, explorer, editor, runView, weightsView, translateView } = workbench;
    await explorer.expand('concepts');
    await explorer.open(`${concept}.concept.yaml`);
    await editor.waitForTab(`${concept}.concept.yaml`);
    await workbench.showContainer('Denoised Weights');
    // The tree draws only the rows that fit.
    await workbench.view('Concepts').waitFor(firstConcept(project));
    await editor.waitForCodeLens('Fine-Tune');
    await save('editor', await workbench.picture(1280, 720));

    await workbench.view('Runs').open('Quickstart');
    await runView.curves();
    await runView.scrollToTop();
    await save('run', await workbench.picture(1280, 900));

    await palette.run('Denoised Weights: Show Weight Statistics');
    await weightsView.waitFor(concept);
    await save('weights', await workbench.picture(1280, 1100));

    await palette.run('Denoised Weights: Show Translated Images');
    await translateView.waitFor(concept);
    await translateView.column('Target');
    await translateView.scrollToTop();
    await save('translate', await workbench.picture(1280, 900));
  } catch (error) {
    await workbench.screenshot('screenshots-failed');
    throw error;
  } finally {
    await workbench.close();
  }
}

const [project, output, ...themes] = process.argv.slice(2);
if (project === undefined || output === undefined)
  throw new Error('expected: <project> <output folder> [<theme>...]');
async function savePicture(name: string, picture: Buffer): Promise<void> {
  const file = join(output!, `${name}.png`);
  writeFileSync(file, await encode(picture));
  console.log(file);
}

mkdirSync(output, { recursive: true });
if (themes.length === 0) await savePicture('comparison', await sharp(comparison(project)).toBuffer());
for (const theme of themes.length > 0 ? themes : [lightTheme]) {
  const suffix = themes.length > 0 ? `-${theme.toLowerCase().replace(/\W+/g, '-')}` : '';
  await takeAll(project, theme, (name, picture) => savePicture(`${name}${suffix}`, picture));
}
