import { expect, test } from 'vitest';
import { listImages } from '../../src/project/disk/image-files.ts';
import { namesTaken, whyPassedOver } from '../../src/project/disk/passed-over.ts';
import { loadProject } from '../../src/project/load.ts';
import { temporaryProject } from './temporary-project.ts';

const CONCEPT = 'prompt: snow\npairs: { source: ../images, target: { effect: snow } }\n';
/** Names that systems, editors and servers leave in folders. */
const OF_OTHERS = [
  '.hidden',
  '.ipynb_checkpoints',
  '._twin',
  '.#lock',
  '@eaDir',
  '@EADIR',
  '__MACOSX',
  '$RECYCLE.BIN',
  '#recycle',
  'System Volume Information',
];

test('files of systems and editors are passed over by name, those of the user are not', () => {
  for (const name of [...OF_OTHERS, 'Thumbs.db', 'thumbs.db', 'desktop.ini', '.DS_Store', 'Icon\r']) {
    expect([name, whyPassedOver(name)]).toEqual([name, expect.any(String)]);
  }
  const own = ['a.png', '_a.png', '~a.png', '@a.png', 'Thumbs.png', 'eaDir', 'a.', '#1.png'];
  expect(namesTaken(own)).toEqual(own);
});

test('no scan of images looks at them, whether they are files or folders', async () => {
  const folder = await temporaryProject({
    'src/a.png': '',
    'src/below/b.png': '',
    'src/._a.png': '',
    'src/.a.png': '',
    ...Object.fromEntries(OF_OTHERS.map((name) => [`src/${name}/x/SYNOFILE_THUMB_M.jpg`, ''])),
    ...Object.fromEntries(OF_OTHERS.map((name) => [`src/below/${name}/b.jpg`, ''])),
  });
  const below = (names: readonly string[]) => names.map((name) => name.slice(folder.length + 1));
  expect(below((await listImages(`${folder}/src`)).files)).toEqual(['src/a.png']);
  for (const glob of ['**', '**/*.{jpg,png}']) {
    expect(below((await listImages(`${folder}/src/${glob}`)).files)).toEqual([
      'src/a.png',
      'src/below/b.png',
    ]);
  }
  expect(below((await listImages(`${folder}/src/*/*`)).files)).toEqual(['src/below/b.png']);
});

test('pictures of other formats are named with what to do, unless the pattern leaves them out', async () => {
  const folder = await temporaryProject(
    Object.fromEntries(
      ['a.png', 'b.HEIC', 'c.bmp', 'd.nef', '.e.heic', 'notes.txt'].map((name) => [`src/${name}`, '']),
    ),
  );
  const found = async (glob: string) => {
    const { files, passedOver } = await listImages(`${folder}/src${glob}`);
    expect(files).toEqual([`${folder}/src/a.png`]);
    return passedOver.map(({ file, reason }) => [file.slice(folder.length + 5), reason]).sort();
  };
  const others = [
    ['b.HEIC', 'HEIC pictures cannot be read: convert them to JPEG or PNG'],
    ['c.bmp', 'BMP pictures cannot be read: convert them to JPEG or PNG'],
    ['d.nef', 'raw pictures cannot be read: convert them to JPEG or PNG'],
  ];
  expect(await found('')).toEqual(others);
  expect(await found('/**')).toEqual(others);
  expect(await found('/*')).toEqual(others);
  expect(await found('/*.png')).toEqual([]);
});

test('twins of YAML files and copies in folders of editors do not block a project', async () => {
  const junk = new Uint8Array([0, 5, 22, 7]);
  const folder = await temporaryProject({
    'images/a.png': '',
    'images/b.png': '',
    'a.training.yaml': 'extends: preset:fast\n',
    '._a.training.yaml': junk,
    'concepts/a.concept.yaml': CONCEPT,
    'concepts/._a.concept.yaml': junk,
    'concepts/.#a.concept.yaml': junk,
    'concepts/.ipynb_checkpoints/a.concept.yaml': CONCEPT,
    'concepts/__MACOSX/below/a.concept.yaml': junk,
  });
  const { concepts, trainings, problems } = await loadProject(folder);
  expect([concepts.length, trainings.length]).toEqual([1, 1]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
});
