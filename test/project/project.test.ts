import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { featureNetworkFile } from '../../src/project/feature-network.ts';
import { loadConcept, loadProject, loadTraining, type Problem } from '../../src/project/load.ts';
import { projectFolderOf, toProjectPath } from '../../src/project/paths.ts';
import { trainingSchema } from '../../src/project/schema/training-schema.ts';
import { baseConcepts, heldOutConcepts, zooConcepts } from '../../src/project/selection.ts';
import { UserError } from '../../src/project/user-error.ts';
import { temporaryProject } from './temporary-project.ts';

const IMAGES = { 'images/a.png': '', 'images/b.JPG': '', 'images/notes.txt': '', 'images/more/c.png': '' };

const concept = (tags = '[]', source = '../images') =>
  `prompt: a prompt\ntags: ${tags}\npairs: { source: ${source}, target: { effect: snow } }\n`;

/** `file:line:column severity message` with file names relative to the project. */
function short(folder: string, problems: readonly Problem[]): string[] {
  return problems.map(
    ({ file, line, column, severity, message }) =>
      `${toProjectPath(folder, file)}:${line}:${column} ${severity} ${message.replaceAll(folder, '.')}`,
  );
}

async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const prompted = Object.entries(files).map(([name, text]) => [name, text.replace('a prompt', name)]);
  const folder = await temporaryProject({ ...IMAGES, ...Object.fromEntries(prompted) });
  return short(folder, (await loadProject(folder)).problems);
}

describe('a concept', () => {
  it('has the name of its file, defaults, and absolute paths', async () => {
    const folder = await temporaryProject({ 'concepts/first-snow.concept.yaml': concept() });
    const loaded = await loadConcept(join(folder, 'concepts/first-snow.concept.yaml'));
    expect(loaded.name).toBe('first-snow');
    expect(loaded.pairs).toEqual({
      source: join(folder, 'images'),
      target: { effect: [{ name: 'snow', parameters: { strength: 0.7 } }] },
    });
    expect(loaded.config.pairs).toMatchObject({ source: '../images' });
  });

  it('with mistakes is refused with all of them', async () => {
    const folder = await temporaryProject({ 'x.concept.yaml': 'promt: x\npairs: { aligned: 3 }\n' });
    const path = join(folder, 'x.concept.yaml');
    await expect(loadConcept(path)).rejects.toThrow(UserError);
    await expect(loadConcept(path)).rejects.toThrow(
      /x\.concept\.yaml:1:1: error: .*\n.*x\.concept\.yaml:2:19: error:/,
    );
  });
});

describe('extends', () => {
  it('lays files over each other: sections by key, lists and selections whole', async () => {
    const folder = await temporaryProject({
      'shared/lab.training.yaml': [
        'extends: preset:paper',
        'seed: 5',
        'image: { size: 64, train: 50 }',
        'lora: { ranks: { ds: 1, us: 2 } }',
        'collect: { holdOut: [a, b], concepts: { include: [weather] } }',
      ].join('\n'),
      'project/main.training.yaml': [
        'extends: ../shared/lab.training.yaml',
        'image: { size: 128 }',
        'lora: { ranks: { us: 4 } }',
        'collect: { holdOut: [c], concepts: { exclude: [night] } }',
      ].join('\n'),
    });
    const { name, config } = await loadTraining(join(folder, 'project/main.training.yaml'));
    expect(name).toBe('main');
    expect(config.seed).toBe(5);
    expect(config.image).toMatchObject({ size: 128, train: 50, test: 100 });
    expect(config.lora.ranks).toEqual({ downsample: 1, ds: 1, transformer: 8, us: 4, upsample: 2 });
    expect(config.collect).toMatchObject({ holdOut: ['c'], concepts: { exclude: ['night'] }, steps: 2500 });
    expect(config.collect.concepts).not.toHaveProperty('include');
  });

  it('takes a path of a file that is extended as relative to that file, wherever the project lies', async () => {
    const folder = await temporaryProject({
      'shared/lab.training.yaml': 'evaluate: { featureNetwork: { file: networks/inception.onnx } }\n',
      'project/main.training.yaml':
        'extends: ../shared/lab.training.yaml\nevaluate: { featureNetwork: { range: "0..1" } }\n',
      'project/own.training.yaml': 'evaluate: { featureNetwork: { file: ./own.onnx } }\n',
      'project/none.training.yaml': 'seed: 1\n',
    });
    const load = (name: string) => loadTraining(join(folder, `project/${name}.training.yaml`));
    const main = await load('main');
    expect(main.config.evaluate.featureNetwork).toEqual({
      file: '../shared/networks/inception.onnx',
      range: '0..1',
      resize: 'bicubic',
    });
    expect(featureNetworkFile(main)).toBe(join(folder, 'shared/networks/inception.onnx'));
    expect(featureNetworkFile(await load('own'))).toBe(join(folder, 'project/own.onnx'));
    expect(featureNetworkFile(await load('none'))).toBeUndefined();
  });

  it('leaves an absolute path as it is', async () => {
    const path = join(tmpdir(), 'inception.onnx');
    const folder = await temporaryProject({
      'shared/lab.training.yaml': `evaluate: { featureNetwork: { file: ${JSON.stringify(path)} } }\n`,
      'project/main.training.yaml': 'extends: ../shared/lab.training.yaml\n',
    });
    const main = await loadTraining(join(folder, 'project/main.training.yaml'));
    expect(main.config.evaluate.featureNetwork.file).toBe(path);
    expect(featureNetworkFile(main)).toBe(path);
  });

  it('takes the names that earlier versions had for two baselines', async () => {
    const folder = await temporaryProject({
      'old.training.yaml': 'evaluate: { baselines: [scratch, fresh, untrained] }\n',
    });
    const { config } = await loadTraining(join(folder, 'old.training.yaml'));
    expect(config.evaluate.baselines).toEqual(['pix2pix', 'fresh', 'sameGenerator']);
  });

  it('takes presets that are valid and complete', async () => {
    const folder = await temporaryProject({
      'fast.training.yaml': 'extends: preset:fast\n',
      'paper.training.yaml': 'extends: preset:paper\n',
      'photo.training.yaml': 'extends: preset:photo\n',
    });
    const { problems, trainings } = await loadProject(folder);
    expect(problems).toEqual([]);
    const [fast, paper, photo] = trainings.map(({ config }) => config);
    expect(fast!.image.size).toBe(64);
    expect(paper).toMatchObject({
      image: { size: 256 },
      generator: { channels: 64 },
      weightGenerator: { blockSize: 256, sampling: { steps: 1 } },
    });
    // The published architecture has none of the keys for large images.
    expect(Object.keys(paper!.generator).sort()).toEqual(
      ['channels', 'kind', 'norm', 'skips', 'transformerHeads'].sort(),
    );
    expect(photo).toMatchObject({ image: { size: 256 }, generator: { stem: 'space-to-depth' } });
  });

  it('takes an empty mapping as all defaults', async () => {
    const folder = await temporaryProject({ 'plain.training.yaml': '{}\n' });
    const { config } = await loadTraining(join(folder, 'plain.training.yaml'));
    expect(config).toEqual(trainingSchema.parse({}));
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'a circle',
      {
        'a.training.yaml': 'extends: b.training.yaml\n',
        'b.training.yaml': 'seed: 1\nextends: ./a.training.yaml\n',
      },
      [
        'a.training.yaml:1:10 error `extends` forms a circle: b → a → b.',
        'b.training.yaml:2:10 error `extends` forms a circle: a → b → a.',
      ],
    ],
    [
      'itself',
      { 'a.training.yaml': 'extends: a.training.yaml\n' },
      ['a.training.yaml:1:10 error `extends` forms a circle: a → a.'],
    ],
    [
      'a file that is not there',
      { 'a.training.yaml': 'extends: none.training.yaml\n' },
      [
        'a.training.yaml:1:10 error ./none.training.yaml: The file cannot be opened: there is no such file or folder.',
      ],
    ],
    [
      'a mistake in a parent, said once, in the parent',
      {
        'a.training.yaml': 'extends: shared.training.yaml\n',
        'b.training.yaml': 'extends: shared.training.yaml\n',
        'shared.training.yaml': 'image:\n  sise: 64\n',
      },
      ['shared.training.yaml:2:3 error Unknown key `sise` in `image`.'],
    ],
  ])('names %s', async (_what, files, expected) => {
    expect(await problemsOf(files)).toEqual(expected);
  });

  it('is followed through sixteen files at most', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 18 }, (_, i) => [`chain/c${i}.yaml`, `extends: c${i + 1}.yaml\n`]),
    );
    const found = await problemsOf({ ...files, 'a.training.yaml': 'extends: chain/c0.yaml\n' });
    expect(found).toEqual(['chain/c14.yaml:1:10 error `extends` is followed through at most 16 files.']);
  });
});

it.each([
  ['fast', 'preset:fast'],
  ['Paper', 'preset:paper'],
  ['preset/fast', 'preset:fast'],
])('extends: %s is understood', async (link, preset) => {
  const folder = await temporaryProject({ 'a.training.yaml': `extends: ${link}\n` });
  const [problem] = (await loadProject(folder)).problems;
  expect(problem).toMatchObject({ remedy: `Did you mean \`${preset}\`?`, replacements: [preset] });
});

describe('checks between files', () => {
  const three = {
    'concepts/dusk.concept.yaml': concept('[light]'),
    'concepts/fog.concept.yaml': concept('[weather]'),
    'concepts/snow.concept.yaml': concept('[weather]'),
  };

  it('find nothing in a sound project', async () => {
    const text =
      'extends: preset:fast\ncollect: { concepts: [fog, rain, snow], holdOut: [light] }\nbase: { concepts: 2 }\n';
    const four = { ...three, 'concepts/rain.concept.yaml': concept('[weather]') };
    expect(await problemsOf({ ...four, 'main.training.yaml': text })).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    [
      'an unknown concept',
      'collect: { concepts: [dusk, fog, snow, sno] }\n',
      ['main.training.yaml:1:40 error There is no concept `sno` in this project.'],
    ],
    [
      'an unknown tag',
      'base: { concepts: { include: [wether] } }\n',
      [
        'main.training.yaml:1:19 error No concept is left to train the base on.',
        'main.training.yaml:1:31 error There is no concept with the tag `wether` in this project.',
      ],
    ],
    [
      'an unknown name to hold out',
      'collect: { holdOut: [dusky] }\n',
      ['main.training.yaml:1:22 error There is no concept or tag `dusky` in this project.'],
    ],
    [
      'a concept both listed and held out',
      'collect: { concepts: [dusk, fog, snow], holdOut: [light] }\n',
      [
        'main.training.yaml:1:22 warning The zoo has 2 concepts; the weight generator needs at least 3.',
        'main.training.yaml:1:23 error `dusk` is listed here and also held out by `collect.holdOut`.',
      ],
    ],
    [
      'more base concepts than there are',
      'base: { concepts: 9 }\n',
      ['main.training.yaml:1:19 warning `base.concepts` asks for 9 concepts, but the zoo has only 3.'],
    ],
    [
      'learning rates of 0',
      'collect: { learningRate: 0 }\nevaluate: { scratch: { learningRate: 0.0 } }\n',
      [
        'main.training.yaml:1:26 warning `collect.learningRate` is 0: nothing is trained.',
        'main.training.yaml:2:38 warning `evaluate.scratch.learningRate` is 0: nothing is trained.',
      ],
    ],
    [
      'a learning rate that is never reached, and prompts that are never seen',
      'fineTune: { steps: 5, warmup: 5 }\nweightGenerator: { promptDropout: 1 }\n',
      [
        'main.training.yaml:1:31 warning `fineTune.warmup` is 5, but there are only 5 steps: the learning rate is never reached.',
        'main.training.yaml:2:35 warning `weightGenerator.promptDropout` is 1: the weight generator never sees a prompt.',
      ],
    ],
    [
      'a jitter beside crops, and crops that are larger than the images',
      'image: { size: 64, jitter: 4, crop: { from: 48 } }\n',
      [
        'main.training.yaml:1:28 warning `image.jitter` is 4, but `image.crop.from` already says how large images are prepared: 48 pixels.',
        'main.training.yaml:1:45 error Crops of 64 pixels (`image.size`) cannot be taken from images of 48 pixels.',
      ],
    ],
    [
      'keys that the generator does not read',
      'generator: { kind: resnet, skips: true, residual: false }\n',
      [
        'main.training.yaml:1:35 warning `generator.skips` has no effect: the resnet generator does not have it.',
        'main.training.yaml:1:51 warning `generator.residual` has no effect: the resnet generator does not have it.',
      ],
    ],
    [
      'channels at full resolution, where there are none',
      'generator: { stem: space-to-depth, head: depth-to-space, fullResolutionChannels: 8 }\n',
      [
        'main.training.yaml:1:82 warning `generator.fullResolutionChannels` has no effect: with this `stem` and `head`, nothing is computed at full resolution.',
      ],
    ],
    [
      'a training of no steps and one of a single step',
      'fineTune: { steps: 0, warmup: 5 }\ncollect: { steps: 1, warmup: 5 }\n',
      [],
    ],
    [
      'a zoo of one',
      'collect: { concepts: [fog] }\n',
      ['main.training.yaml:1:22 warning The zoo has one concept; the weight generator needs at least 3.'],
    ],
    [
      'a zoo of two',
      'collect: { concepts: [fog, snow] }\n',
      ['main.training.yaml:1:22 warning The zoo has 2 concepts; the weight generator needs at least 3.'],
    ],
    [
      'more principal components than the zoo can have',
      'weightGenerator: { latent: 4 }\ncollect: { checkpoints: 1 }\n',
      ['main.training.yaml:1:28 warning A zoo of 3 concepts has at most 2 principal components.'],
    ],
    [
      'no more principal components than several checkpoints have',
      'weightGenerator: { latent: 5 }\ncollect: { checkpoints: 2 }\n',
      [],
    ],
    [
      'no block size where principal components are diffused',
      'weightGenerator: { latent: 2, blockSize: 100 }\n',
      [],
    ],
    [
      'more test images than can be held out',
      'image: { test: 2 }\n',
      ['main.training.yaml:1:16 warning `dusk` (and 2 more) has 2 images, too few to hold out 2.'],
    ],
    [
      'names of test images that no image has',
      "image: { testOnly: 'val/**' }\n",
      ['main.training.yaml:1:20 error The pattern matches none of the images of `dusk`.'],
    ],
    [
      'names of test images that all have',
      "image: { testOnly: '*.*' }\n",
      ['main.training.yaml:1:20 error The pattern matches all of the images of `dusk`.'],
    ],
    [
      'names of test images that fewer have than are to be tested on',
      "image: { testOnly: 'a*', test: 2 }\n",
      [
        'main.training.yaml:1:20 warning The pattern matches 1 of the images of `dusk`, fewer than `image.test` (2).',
      ],
    ],
    [
      'a pattern of test images that is none',
      "image: { testOnly: '[z-a]' }\n",
      ['main.training.yaml:1:20 error [z-a] is not a valid pattern. Check its [ ] and { }.'],
    ],
    [
      'heads that do not divide the width',
      'generator: { channels: 9, transformerHeads: 8 }\n',
      [
        "main.training.yaml:1:45 error 8 attention heads do not divide the transformer's width, 36 (4 x `generator.channels`).",
      ],
    ],
    [
      'a discriminator deeper than the images',
      'image: { size: 16 }\ndiscriminator: { layers: 3 }\n',
      [
        'main.training.yaml:2:26 error 3 strided layers are too many for images of 16 pixels (`image.size`): no patch is left.',
      ],
    ],
    [
      'blocks that cannot be halved twice',
      'weightGenerator: { blockSize: 100 }\n',
      [
        'main.training.yaml:1:31 error Blocks of 100 weights cannot be folded by 4 (`weightGenerator.patch`) and halved twice: 100 is not a multiple of 16.',
      ],
    ],
    [
      'heads that do not divide the channels',
      'weightGenerator: { heads: 3 }\n',
      [
        'main.training.yaml:1:27 error 3 attention heads do not divide 64 channels (`weightGenerator.channels`).',
      ],
    ],
    [
      'more sampling steps than timesteps',
      'weightGenerator: { timesteps: 10, sampling: { steps: 20 } }\n',
      [
        'main.training.yaml:1:54 error 20 denoising steps are more than the 10 timesteps (`weightGenerator.timesteps`).',
      ],
    ],
    [
      'a layer that the generator does not have',
      'generator: { kind: resnet }\nlora: { ranks: { ds: 2 } }\n',
      ['main.training.yaml:2:18 error The resnet generator has no layer `ds` that LoRA can adapt.'],
    ],
    [
      'a feature network that is not there',
      'evaluate: { featureNetwork: { file: nets/inception.onnx } }\n',
      ['main.training.yaml:1:37 error ./nets/inception.onnx: there is no such file.'],
    ],
    [
      'conditioning that LoRA cannot follow',
      'base: { conditioning: text }\n',
      [
        'main.training.yaml:1:1 error `base.conditioning: text` trains the shared down factors with the base, so LoRA may train `up` only.',
      ],
    ],
  ])('name %s', async (_what, text, expected) => {
    expect(await problemsOf({ ...three, 'main.training.yaml': text })).toEqual(expected);
  });

  it('place a mistake of two files where its value is written', async () => {
    const found = await problemsOf({
      'main.training.yaml': 'extends: shared.training.yaml\ngenerator: { channels: 9 }\n',
      'shared.training.yaml': 'generator:\n  transformerHeads: 8\n',
    });
    expect(found).toEqual([
      "shared.training.yaml:2:21 error 8 attention heads do not divide the transformer's width, 36 (4 x `generator.channels`).",
    ]);
  });

  it('name both of two concepts with one prompt, whatever its case and signs', async () => {
    const found = await problemsOf({
      'concepts/film.concept.yaml': concept().replace('a prompt', 'a negative'),
      'concepts/inverse.concept.yaml': concept().replace('a prompt', '"A negative!"'),
      'concepts/other.concept.yaml': concept().replace('a prompt', 'negative a'),
    });
    expect(found).toEqual([
      'concepts/inverse.concept.yaml:1:9 warning `inverse` and `film` have the same prompt: the weight generator cannot tell them apart.',
    ]);
  });

  it('name two concepts of one name, whatever its case', async () => {
    const found = await problemsOf({
      'concepts/a/snow.concept.yaml': concept(),
      'concepts/b/white.concept.yaml': `name: Snow\n${concept('[]', '../../images')}`,
      'concepts/a/images/x.png': '',
      'concepts/a/images/y.png': '',
    });
    expect(found).toEqual([
      'concepts/a/snow.concept.yaml:3:18 error ./concepts/images: there is no such file or folder.',
      'concepts/b/white.concept.yaml:1:7 error Another concept is named `snow`: ./concepts/a/snow.concept.yaml.',
    ]);
  });

  it.each<[string, string, string]>([
    ['a missing folder', '../imgs', 'error ./imgs: there is no such file or folder.'],
    ['a folder without images', '../concepts', 'error There are no images in ./concepts.'],
    ['a glob that finds one', '"../images/**/c.*"', 'error There is only one image in ./images/**/c.*.'],
    ['a glob of a missing folder', '"../imgs/*.png"', 'error ./imgs: there is no such file or folder.'],
    [
      'a glob with too many wildcards',
      '"../images/*a*b*c*d"',
      'error ./images: *a*b*c*d has more than 3 wildcards *. Write a simpler pattern.',
    ],
  ])('name %s', async (_what, source, expected) => {
    const found = await problemsOf({ 'concepts/x.concept.yaml': concept('[]', source) });
    expect(found).toEqual([`concepts/x.concept.yaml:3:18 ${expected}`]);
  });

  it.each<[string, string, string, string[]]>([
    [
      'typographic quotes',
      '“../images”',
      'Typographic quotes count as part of the name. Use straight quotes or none: "../images".',
      ['../images'],
    ],
    ['a ~', '~/Pictures', 'A ~ is not expanded. Write out the path of your home folder.', []],
    [
      'an address',
      'https://example.org/images',
      'Only files are read, not web addresses. Download it, and give its path on this machine.',
      [],
    ],
    ...(sep === '/'
      ? [
          [
            'a backslash',
            '..\\images',
            'A \\ does not separate folders here. Write "../images".',
            ['../images'],
          ] satisfies [string, string, string, string[]],
        ]
      : []),
  ])('say why a path with %s is not found', async (_what, source, remedy, replacements) => {
    const folder = await temporaryProject({ ...IMAGES, 'concepts/x.concept.yaml': concept('[]', source) });
    const { problems } = await loadProject(folder);
    expect(problems).toMatchObject([{ code: 'DNW-110', remedy, replacements }]);
  });

  it.each(['extends: ~/base.training.yaml\n', 'evaluate: { featureNetwork: { file: ~/net.onnx } }\n'])(
    'say why a file in a training config is not found: %s',
    async (text) => {
      const folder = await temporaryProject({
        ...IMAGES,
        ...three,
        'main.training.yaml': text,
      });
      const { problems } = await loadProject(folder);
      const errors = problems.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ remedy }) => remedy)).toEqual([
        'A ~ is not expanded. Write out the path of your home folder.',
      ]);
    },
  );

  it('take images of subfolders by glob, with any case of the extension', async () => {
    expect(await problemsOf({ 'concepts/x.concept.yaml': concept('[]', '../images/**') })).toEqual([]);
  });

  it('take a missing folder whose images a stage will draw, and only that one', async () => {
    const drawn = { 'drawn-images.json': '{ "folder": "scenes", "count": 160, "seed": 1 }' };
    const files = { ...drawn, 'concepts/x.concept.yaml': concept('[]', '../scenes') };
    expect(await problemsOf(files)).toEqual([]);
    expect(await problemsOf({ ...files, 'concepts/x.concept.yaml': concept('[]', '../others') })).toEqual([
      'concepts/x.concept.yaml:3:18 error ./others: there is no such file or folder.',
    ]);
  });

  it('leave out what is wrong and keep the rest', async () => {
    const folder = await temporaryProject({
      ...IMAGES,
      ...three,
      'concepts/bad.concept.yaml': 'prompt: 3\n',
      'main.training.yaml': 'collect: { holdOut: [bad] }\n',
      'bad.training.yaml': 'seed: x\n',
    });
    const { concepts, trainings } = await loadProject(folder);
    expect(concepts.map(({ name }) => name)).toEqual(['dusk', 'fog', 'snow']);
    expect(trainings.map(({ name }) => name)).toEqual(['main']);
  });

  it('are not troubled by an empty folder', async () => {
    const folder = await temporaryProject({});
    expect(await loadProject(folder)).toEqual({ folder, concepts: [], trainings: [], problems: [] });
  });
});

describe('selection', () => {
  const tags = {
    bright: '[light]',
    dusk: '[light, weather]',
    fog: '[weather]',
    plain: '[]',
    snow: '[weather]',
  };
  const concepts = Object.fromEntries(
    Object.entries(tags).map(([name, list]) => [`concepts/${name}.concept.yaml`, concept(list)]),
  );

  it.each<[string, { zoo: string[]; held: string[]; base: string[]; count: number }]>([
    [
      'seed: 1',
      {
        zoo: ['bright', 'dusk', 'fog', 'plain', 'snow'],
        held: [],
        base: ['bright', 'dusk', 'fog', 'plain', 'snow'],
        count: 5,
      },
    ],
    [
      'collect: { holdOut: [light] }',
      { zoo: ['fog', 'plain', 'snow'], held: ['bright', 'dusk'], base: ['fog', 'plain', 'snow'], count: 3 },
    ],
    [
      'collect: { holdOut: [fog, plain] }\nbase: { concepts: 2 }',
      { zoo: ['bright', 'dusk', 'snow'], held: ['fog', 'plain'], base: ['bright', 'dusk', 'snow'], count: 2 },
    ],
    [
      'collect: { concepts: { include: [weather], exclude: [light] } }\nbase: { concepts: all }',
      { zoo: ['fog', 'snow'], held: [], base: ['bright', 'dusk', 'fog', 'plain', 'snow'], count: 5 },
    ],
    [
      'collect: { concepts: { exclude: [weather] }, holdOut: [bright] }\nbase: { concepts: [snow, bright] }',
      { zoo: ['plain'], held: ['bright'], base: ['snow'], count: 1 },
    ],
  ])('%s', async (text, expected) => {
    const folder = await temporaryProject({ ...IMAGES, ...concepts, 'main.training.yaml': `${text}\n` });
    const project = await loadProject(folder);
    const [training] = project.trainings;
    const names = (list: { name: string }[]) => list.map(({ name }) => name);
    const base = baseConcepts(project, training!);
    expect({
      zoo: names(zooConcepts(project, training!)),
      held: names(heldOutConcepts(project, training!)),
      base: names(base.candidates),
      count: base.count,
    }).toEqual(expected);
  });
});

describe('the folder of a project', () => {
  it.each([
    ['/lab/concepts/snow.concept.yaml', '/lab'],
    ['/lab/concepts/weather/snow.concept.yaml', '/lab'],
    ['/concepts/lab/concepts/snow.concept.yaml', '/concepts/lab'],
    ['/lab/snow.concept.yaml', '/lab'],
    ['/lab/main.training.yaml', '/lab'],
  ])('%s belongs to %s', (file, folder) => {
    expect(projectFolderOf(file)).toBe(folder);
  });
});

it('says every unknown name, and compares only the first with the known ones', async () => {
  const names = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `snow${letter}`);
  const folder = await temporaryProject({
    ...IMAGES,
    'concepts/snow.concept.yaml': concept(),
    'a.training.yaml': `collect:\n  concepts: [${names.join(', ')}]\n`,
  });
  const unknown = (await loadProject(folder)).problems.filter(({ kind }) => kind === 'unknown-concept');
  expect(unknown.map(({ replacements }) => replacements)).toEqual([...Array(25).fill(['snow']), []]);
});
