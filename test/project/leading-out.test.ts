import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { confine } from '../../src/engine/confinement.ts';
import { drawnImages } from '../../src/project/images/drawn-images.ts';
import { loadProject } from '../../src/project/load.ts';
import { temporaryProject } from './temporary-project.ts';

const CONCEPT = 'prompt: fog\npairs: { source: ../images, target: { effect: fog } }\n';

let outside: string;
beforeAll(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'dnw-outside-')));
});
afterAll(() => rmSync(outside, { recursive: true }));

describe('a project that leads elsewhere is refused', () => {
  test.each([
    ['zoo'],
    ['runs'],
    ['.dnw/pairs'],
    ['weights/fog'],
    ['base'],
    ['translated/fog'],
    ['runs/r1/samples'],
    ['runs/r1/events.jsonl'],
  ])('by its link %s', async (link) => {
    const project = await temporaryProject({ 'runs/r1/run.json': '{}' });
    if (link === 'runs') rmSync(join(project, 'runs'), { recursive: true });
    mkdirSync(join(project, link, '..'), { recursive: true });
    symlinkSync(outside, join(project, link));
    await expect(confine(project, join(project, 'runs', 'r1'))).rejects.toThrow(
      `nothing is written there, because a link points outside ${project}, to ${outside}`,
    );
    expect(readdirSync(outside)).toEqual([]);
  });

  test('however many links it takes, even to nothing or in a circle', async () => {
    const hop = fc.constantFrom('inside', 'outside', 'nothing', 'circle');
    await fc.assert(
      fc.asyncProperty(fc.array(hop, { minLength: 1, maxLength: 3 }), async (hops) => {
        const project = realpathSync(mkdtempSync(join(tmpdir(), 'dnw-project-')));
        try {
          let at = join(project, 'zoo');
          for (const [i, kind] of hops.entries()) {
            const places = {
              inside: join(project, `d${i}`),
              outside,
              nothing: join(outside, 'x'),
              circle: at,
            };
            symlinkSync(places[kind], at);
            if (kind !== 'inside') break;
            mkdirSync(places.inside);
            at = join(places.inside, 'deeper');
          }
          const leadsOut = hops.some((kind) => kind !== 'inside');
          const first = hops[0] !== 'inside';
          const toFolder = hops.find((kind) => kind !== 'inside') === 'outside';
          // A link below that leads to no folder cannot be written into.
          const refused = leadsOut && (first || toFolder);
          const found = await confine(project).then(
            () => false,
            () => true,
          );
          expect(found).toBe(refused);
        } finally {
          rmSync(project, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('but links within the project, and links to files that are read, are kept', async () => {
    const project = await temporaryProject({ 'disk/zoo/a.safetensors': 'x', 'base/own.safetensors': 'x' });
    symlinkSync(join(project, 'disk', 'zoo'), join(project, 'zoo'));
    writeFileSync(join(outside, 'shared.safetensors'), 'x');
    symlinkSync(join(outside, 'shared.safetensors'), join(project, 'base', 'shared.safetensors'));
    await confine(project);
    rmSync(join(outside, 'shared.safetensors'));
  });
});

describe('a link that leads into DNW_OUTSIDE_FOLDERS', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    ['the place itself', () => outside, true],
    ['a folder above it, among others', () => ['/nowhere', tmpdir()].join(delimiter), true],
    ['a place whose name only begins alike', () => outside.slice(0, -1), false],
    ['nothing', () => '', false],
  ])('%s: passes or not', async (_, named, passes) => {
    vi.stubEnv('DNW_OUTSIDE_FOLDERS', named());
    const project = await temporaryProject({});
    symlinkSync(outside, join(project, 'zoo'));
    const found = await confine(project).then(
      () => true,
      () => false,
    );
    expect(found).toBe(passes);
  });

  test('is refused with the variable’s name if that is relative', async () => {
    vi.stubEnv('DNW_OUTSIDE_FOLDERS', 'data');
    const project = await temporaryProject({});
    symlinkSync(outside, join(project, 'zoo'));
    await expect(confine(project)).rejects.toThrow('DNW_OUTSIDE_FOLDERS: "data" is not an absolute path.');
  });
});

describe('names that files bring along', () => {
  test.each(['../x', 'a/../../x', '/tmp/x', '..'])('drawn images in %s', async (folder) => {
    const project = await temporaryProject({
      'drawn-images.json': JSON.stringify({ folder, count: 2, seed: 1 }),
    });
    await expect(drawnImages(project)).rejects.toThrow('expected a folder in the project, without ..');
  });

  test.each([
    ['concepts/a\nb.concept.yaml', CONCEPT, 'it has characters that cannot be seen'],
    ['concepts/a\u202egnp.concept.yaml', CONCEPT, 'it has characters that cannot be seen'],
    ['concepts/a\\..\\b.concept.yaml', CONCEPT, 'it has a slash or a backslash'],
    [`concepts/${'a'.repeat(220)}.concept.yaml`, CONCEPT, 'it is longer than 200 bytes'],
    ['a\nb.training.yaml', 'extends: preset:fast\n', 'it has characters that cannot be seen'],
  ])('%j', async (file, text, reason) => {
    const folder = await temporaryProject({ [file]: text, 'images/a.png': '', 'images/b.png': '' });
    const { concepts, trainings, problems } = await loadProject(folder);
    expect([concepts, trainings]).toEqual([[], []]);
    expect(problems.find(({ kind }) => kind === 'invalid-value')).toMatchObject({
      file: join(folder, file),
      message: `The file's name cannot be used for the files that are made from it: ${reason}.`,
      remedy: 'Rename the file.',
    });
  });

  test('never name a parent folder: three dots and a suffix are no concept', async () => {
    const folder = await temporaryProject({
      'concepts/...concept.yaml': CONCEPT,
      'concepts/.concept.yaml': CONCEPT,
      'concepts/sepia & fog, Ärger.concept.yaml': CONCEPT,
      'images/a.png': '',
      'images/b.png': '',
    });
    const { concepts } = await loadProject(folder);
    expect(concepts.map(({ name }) => name)).toEqual(['sepia & fog, Ärger']);
  });
});
