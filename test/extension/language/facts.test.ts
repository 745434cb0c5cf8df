import { describe, expect, it } from 'vitest';
import { EditorProject, SNOW } from './editor-project.ts';

const project = new EditorProject();

/** Every hint of a document, behind the text of its line: `size: 64 ⟨hint⟩`. */
async function hinted(name: string, text: string): Promise<string[]> {
  const { path } = await project.open(name, text);
  const hints = await project.session.inlayHints(path);
  const lines = text.split('\n');
  return hints
    .sort((a, b) => a.position.line - b.position.line)
    .map(
      ({ position: { line, character }, label }) => `${lines[line]!.slice(0, character).trim()} ⟨${label}⟩`,
    );
}

async function images(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await project.file(`${folder}/${i}.png`, '');
}

async function concept(name: string, folder: string, tags = ''): Promise<void> {
  const text = SNOW.replace('../images', `../${folder}`).replace('[weather]', `[${tags}]`);
  await project.file(`concepts/${name}.concept.yaml`, text);
}

describe('inlay hints of a training config', () => {
  it('count the concepts that selections take', async () => {
    await concept('ink', 'images', 'drawn');
    await concept('oil', 'images', 'drawn');
    expect(
      await hinted(
        'a.training.yaml',
        'collect:\n  concepts: { exclude: [drawn] }\n  holdOut:\n    - ink\nbase:\n  concepts: all\n',
      ),
    ).toEqual([
      'concepts: { exclude: [drawn] } ⟨2 concepts⟩',
      'holdOut: ⟨1 concept⟩',
      'concepts: all ⟨3 concepts⟩',
    ]);
  });

  it('say of a number of base concepts how many there are to choose from', async () => {
    expect(await hinted('a.training.yaml', 'base:\n  concepts: 1\n')).toEqual([
      'concepts: 1 ⟨1 of 2 concepts⟩',
    ]);
  });

  it('split the images as the stages do', async () => {
    await images('many', 12);
    await concept('ink', 'many');
    // Of two images one is held out; of twelve, 4 + 5 are taken.
    expect(
      await hinted('a.training.yaml', 'image:\n  train: 4\n  test: 5\nevaluate: { images: 3 }\n'),
    ).toEqual([
      'train: 4 ⟨1 to 5 per concept⟩',
      'test: 5 ⟨1 to 4 per concept⟩',
      'evaluate: { images: 3 ⟨1 to 3 per concept⟩',
    ]);
  });

  it('turn steps into epochs', async () => {
    await images('many', 12);
    await concept('ink', 'many');
    const text = `image: { train: 8, test: 4 }
base: { concepts: [snow, fog], steps: 30, batchSize: 2 }
collect: { holdOut: [ink], steps: 7, batchSize: 4 }
fineTune:
  steps: 100
  batchSize: 4
`;
    const found = await hinted('a.training.yaml', text);
    // Snow and fog have one training image each, ink has eight.
    expect(found).toContain('base: { concepts: [snow, fog], steps: 30 ⟨≈ 30 epochs⟩');
    expect(found).toContain('collect: { holdOut: [ink], steps: 7 ⟨≈ 28 epochs⟩');
    expect(found).toContain('steps: 100 ⟨≈ 50 epochs⟩');
  });

  it('know the one block of principal components, and of no other block', async () => {
    await concept('ink', 'images');
    const latent = 'collect: { checkpoints: 2 }\nweightGenerator:\n  latent: 4\n  steps: 3\n  batchSize: 4\n';
    expect(await hinted('a.training.yaml', latent)).toEqual([
      'collect: { checkpoints: 2 ⟨6 weight vectors⟩',
      'latent: 4 ⟨1 block⟩',
      'steps: 3 ⟨≈ 2 epochs⟩',
    ]);
    const blocks = await hinted('b.training.yaml', 'weightGenerator:\n  blockSize: 64\n  steps: 3\n');
    expect(blocks).toEqual([]);
  });

  it('follow the text of open documents, and stand in no file with mistakes', async () => {
    const { path } = await project.open('a.training.yaml', 'collect:\n  concepts: all\n');
    const label = async () => (await project.session.inlayHints(path)).map((hint) => hint.label);
    expect(await label()).toEqual(['2 concepts']);
    await project.session.change(path, 'collect:\n  concepts: [snow]\n');
    expect(await label()).toEqual(['1 concept']);
    await project.session.change(path, 'collect:\n  concepts: [snow]\n  steps: many\n');
    expect(await label()).toEqual([]);
  });
});

describe('inlay hints of a concept', () => {
  it('count its images, and say how each config splits them', async () => {
    await images('edited', 3);
    await project.file('a.training.yaml', 'image: { train: 10, test: 1 }\n');
    const text = SNOW.replace('effect: snow', 'folder: ../edited');
    const { path } = await project.open('concepts/new.concept.yaml', text);
    const hints = await project.session.inlayHints(path);
    expect(hints.map(({ label }) => label)).toEqual(['2 images', '3 images']);
    expect(hints[0]!.tooltip).toContain('With a: 1 for training, 1 held out.');
    expect(hints[1]!.tooltip).not.toContain('With a');
  });
});

describe('the preview of a concept’s pairs', () => {
  const pictures = (markdown: string) =>
    [...markdown.matchAll(/!\[(.*?)\]\((file:[^)|]*)\|width=(\d+)\)/g)].map(([, alt]) => alt);

  it('shows three source images and how many there are', async () => {
    await images('many', 9);
    const text = SNOW.replace('source: ../images', 'sou|rce: ../many');
    const shown = await project.hover('concepts/new.concept.yaml', text);
    expect(shown).toContain('**9 source images**');
    expect(pictures(shown)).toEqual(['0.png', '4.png', '8.png']);
  });

  it('shows edited images that belong to the source images above them', async () => {
    await images('many', 9);
    for (const name of [0, 3, 4, 8]) await project.file(`edited/${name}.jpg`, '');
    const text = SNOW.replace('../images', '../many')
      .replace('effect: snow', 'folder: ../edited')
      .replace('pairs', 'pai|rs');
    const shown = await project.hover('concepts/new.concept.yaml', text);
    expect(shown).toContain('**4 edited images**');
    expect(pictures(shown)).toEqual(['0.png', '4.png', '8.png', '0.jpg', '4.jpg', '8.jpg']);
  });

  it('shows aligned images', async () => {
    const shown = await project.hover(
      'concepts/new.concept.yaml',
      'prompt: x\npairs:\n  aligned: ../im|ages\n',
    );
    expect(shown).toContain('**2 aligned images**');
    expect(pictures(shown)).toEqual(['one.png', 'two.png']);
  });

  it('follows a glob, leaves out what no browser shows, and escapes addresses', async () => {
    await project.file('deep/a (1)/x [y]|z.png', '');
    await project.file('deep/b/scan.tif', '');
    const text = SNOW.replace('source: ../images', 'source: ../deep/|**');
    const shown = await project.hover('concepts/new.concept.yaml', text);
    expect(shown).toContain('**2 source images**');
    expect(shown).toMatch(
      /!\[x \\\[y\\\]\|z\.png\]\(file:[^ ()|]*a%20%281%29\/x%20%5By%5D%7Cz\.png\|width=120\)/,
    );
    expect(shown).not.toContain('scan.tif');
  });

  it('counts images that a stage will draw', async () => {
    await project.file('drawn-images.json', '{ "folder": "scenes", "count": 30, "seed": 1 }');
    const shown = await project.hover(
      'concepts/new.concept.yaml',
      SNOW.replace('source: ../images', 'sou|rce: ../scenes'),
    );
    expect(shown).toContain('**30 source images**, generated when a stage first needs them.');
  });

  it('is not there for keys that are no pairs, and for folders that are missing', async () => {
    expect(await project.hover('concepts/a.concept.yaml', SNOW.replace('prompt', 'pro|mpt'))).not.toContain(
      '![',
    );
    const missing = SNOW.replace('source: ../images', 'sou|rce: ../nowhere');
    expect(await project.hover('concepts/b.concept.yaml', missing)).not.toContain('source images**');
  });
});
