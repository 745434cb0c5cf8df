import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { translate } from '../../../src/pipeline/stages/translate.ts';
import { loadProject } from '../../../src/project/load.ts';
import { imageFile, makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { temporaryFolder } from '../../temporary-folders.ts';
import { stageContext } from '../stage-context.ts';

let trained: TrainedProject;
let images: string;

beforeAll(async () => {
  trained = await makeTrainedProject();
  images = join(trained.project.folder, 'images');
});

const started = (input: string, output: string) =>
  stageContext(trained, { concept: 'snow', weights: 'denoised', input, output });
const translated = (input: string, output: string) => translate(started(input, output).context);

/** The content of every file of a folder. */
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

describe('translating refuses, before it writes anything,', () => {
  test.each([
    ['the folder of the pictures', () => [images, images], 'holds the pictures that are translated'],
    [
      'the folder of the picture',
      () => [imageFile(trained.project, 0), images],
      'holds the pictures that are',
    ],
    [
      'a link to it',
      () => {
        const link = join(temporaryFolder(), 'link');
        symlinkSync(images, link);
        return [images, link];
      },
      'holds the pictures that are translated',
    ],
    [
      'the source images of any concept',
      () => {
        const other = temporaryFolder();
        writeFileSync(join(other, 'new.png'), readFileSync(imageFile(trained.project, 0)));
        return [other, images];
      },
      /holds the source images of the concept (dusk|fog|snow)/,
    ],
    [
      'a folder with a picture of the same name',
      () => {
        const other = temporaryFolder();
        writeFileSync(join(other, 'wave-3.png'), readFileSync(imageFile(trained.project, 1)));
        return [images, other];
      },
      /wave-3\.png already exists, and it is not an unchanged output of dnw .*Move or delete it, or name another folder\./,
    ],
  ])('%s', async (_what, places, message) => {
    const [input, output] = places() as [string, string];
    const before = [contents(images), contents(output)];
    await expect(translated(input, output)).rejects.toThrow(message);
    expect([contents(images), contents(output)]).toEqual(before);
  });

  test('a folder that a concept would take images from, once they are there', async () => {
    const { folder } = trained.project;
    writeFileSync(
      join(folder, 'concepts', 'deep.concept.yaml'),
      'prompt: deep\npairs: { source: "../images/**", target: { effect: fog } }\n',
    );
    const project = await loadProject(folder);
    const { context } = stageContext(
      { project, training: trained.training },
      { concept: 'snow', weights: 'denoised', input: images, output: join(images, 'new') },
    );
    await expect(translate(context)).rejects.toThrow('holds the source images of the concept deep');
    expect(readdirSync(images)).not.toContain('new');
  });
});

test('every picture gets a translation of its own, again and again, and its shape is told once', async () => {
  const [input, output] = [temporaryFolder(), join(temporaryFolder(), 'new')];
  const wide = sharp({ create: { width: 200, height: 50, channels: 3, background: 'red' } });
  writeFileSync(join(input, 'a.jpg'), await wide.jpeg().toBuffer());
  writeFileSync(join(input, 'a.png'), await wide.png().toBuffer());
  writeFileSync(join(input, 'b.png'), readFileSync(imageFile(trained.project, 0)));
  for (let time = 0; time < 2; time++) {
    const { context, logged } = started(input, output);
    const { result } = await translate(context);
    expect(result).toMatchObject({ written: 3, size: '32x32', fit: 'cover', skipped: [] });
    expect(logged('info')).toEqual([
      'pictures are translated at 32x32 pixels, as in training: cropped to the square in their center',
    ]);
    expect(readdirSync(output).sort()).toEqual(['a.jpg.png', 'a.png.png', 'b.png']);
  }
});
