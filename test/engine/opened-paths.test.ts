import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHandlers } from '../../src/engine/serve/handlers.ts';
import { OpenedPaths } from '../../src/engine/serve/opened-paths.ts';
import { openedParams } from '../../src/engine/serve/request-schemas.ts';
import type { ServeHandlers } from '../../src/engine/serve/server.ts';
import { UserError } from '../../src/project/user-error.ts';
import { float32, safetensorsBytes } from '../data/safetensors-bytes.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { makeProject } from './example-project.ts';

let project: string;
let outside: string;
let linked: string;
const opened = new OpenedPaths();
let handlers: ServeHandlers;

beforeAll(async () => {
  project = await makeProject();
  outside = temporaryFolder();
  for (const folder of [project, outside]) {
    writeFileSync(join(folder, 'w.safetensors'), safetensorsBytes({ a: float32([1], [2]) }));
  }
  symlinkSync(join(outside, 'w.safetensors'), join(project, 'leads-out.safetensors'));
  symlinkSync(outside, join(project, 'folder-out'));
  symlinkSync(join(project, 'circle'), join(project, 'circle'));
  symlinkSync(join(project, 'w.safetensors'), join(project, 'leads-in.safetensors'));
  linked = join(temporaryFolder(), 'project');
  symlinkSync(project, linked);
  mkdirSync(`${project}-beside`);
  writeFileSync(join(`${project}-beside`, 'w.safetensors'), safetensorsBytes({ a: float32([1], [2]) }));
  handlers = createHandlers({ device: 'cpu', threads: 1 }, opened);
});

const scan = (file: string) => {
  opened.replace({ projects: [project], files: [] });
  return handlers.tensorStatistics({ file }, new AbortController().signal, () => {});
};
const REFUSED =
  /: this path may not be read\. It lies outside the open projects and files, once links are followed\. Open /;

describe('a file of a request', () => {
  test('in the project is read, also by a link that stays in it', async () => {
    expect(await scan(join(project, 'w.safetensors'))).toBeNull();
    expect(await scan(join(project, 'leads-in.safetensors'))).toBeNull();
    expect(await scan(join(linked, 'w.safetensors'))).toBeNull();
  });

  test.each([
    ['outside', () => join(outside, 'w.safetensors')],
    ['upwards', () => `${project}/../${basename(outside)}/w.safetensors`],
    ['beside it, with a name that begins alike', () => join(`${project}-beside`, 'w.safetensors')],
    ['by a link that leads out', () => join(project, 'leads-out.safetensors')],
    ['in a linked folder', () => join(project, 'folder-out', 'w.safetensors')],
    ['by a link to itself', () => join(project, 'circle')],
    ['relative', () => 'w.safetensors'],
    ['empty', () => ''],
    ['of the system', () => '/etc/hostname'],
  ])('%s is refused', async (_, file) => {
    const asked = scan(file());
    await expect(asked).rejects.toBeInstanceOf(UserError);
    await expect(asked).rejects.toThrow(REFUSED);
  });

  test('with a NUL is refused before it is looked at', async () => {
    const asked = scan(`${join(project, 'w.safetensors')}\0.png`);
    await expect(asked).rejects.toThrow('params.file: text must not contain a NUL character');
  });

  test('outside is read once the user has opened it, even by a link', async () => {
    const file = join(outside, 'w.safetensors');
    const read = () => handlers.tensorStatistics({ file }, new AbortController().signal, () => {});
    opened.replace({ projects: [], files: [file] });
    expect(await read()).toBeNull();
    opened.replace({ projects: [], files: [join(project, 'leads-out.safetensors')] });
    expect(await read()).toBeNull();
    opened.replace({ projects: [], files: [] });
    await expect(read()).rejects.toThrow(REFUSED);
  });

  test('never leads out of the project, however it is written', async () => {
    const step = fc.constantFrom(
      '..',
      '.',
      '',
      'folder-out',
      'circle',
      'concepts',
      'w.safetensors',
      '\0',
      '~',
      '...',
    );
    const path = fc
      .tuple(
        fc.constantFrom(
          () => project,
          () => '',
          () => outside,
          () => 'file://',
        ),
        fc.array(step, { maxLength: 6 }),
      )
      .map(([root, steps]) => [root(), ...steps].join('/'));
    opened.replace({ projects: [project], files: [] });
    await fc.assert(
      fc.asyncProperty(path, async (hostile) => {
        const passed = await opened.file(hostile).then(
          () => true,
          (error) => {
            expect(error).toBeInstanceOf(UserError);
            expect(error.message).not.toContain('\0');
            return false;
          },
        );
        // A slower way to say the same: walk the names, where only `folder-out` and `..` leave a folder.
        expect(passed).toBe(staysIn(hostile));
      }),
      { numRuns: 300 },
    );
  });
});

/** Whether a path leads into the project, by its names: the one link in it leads out, another nowhere. */
function staysIn(path: string): boolean {
  if (!path.startsWith('/') || path.includes('\0')) return false;
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  const own = project.split('/').slice(1);
  if (!own.every((name, i) => names[i] === name)) return false;
  const [first, ...others] = names.slice(own.length);
  // Nothing lies below a file.
  if (first === 'w.safetensors') return others.length === 0;
  return first !== 'folder-out' && first !== 'circle';
}

describe('a project of a request', () => {
  const validate = (folder: string) =>
    handlers.validate({ project: folder }, new AbortController().signal, () => {});

  test('is one that is open', async () => {
    opened.replace({ projects: [linked], files: [] });
    expect(await validate(project)).toMatchObject({ problems: [{ severity: 'warning' }] });
    for (const folder of [outside, join(project, 'concepts'), join(project, 'folder-out'), '', '/']) {
      await expect(validate(folder)).rejects.toThrow(
        /this path may not be read\. It is not an open project\./,
      );
    }
  });

  test.each([
    ['weights', { weights: '../../etc/x.safetensors', image: 'images/a.png' }],
    ['image', { weights: 'denoised', image: '/etc/hostname' }],
  ])('its %s may not lie outside', async (_, request) => {
    opened.replace({ projects: [project], files: [] });
    const params = { project, training: 'tiny', concept: 'snow', size: 'train', ...request } as const;
    const asked = handlers.translate(params, new AbortController().signal, () => {});
    await expect(asked).rejects.toThrow(REFUSED);
  });
});

test('parameters of another kind are refused by their place, for every method', async () => {
  const value = fc.anything({ withNullPrototype: true });
  const params = fc.oneof(
    value,
    fc.record({ project: value, training: value, concept: value, file: value, weights: value, image: value }),
  );
  opened.replace({ projects: [], files: [] });
  const methods = Object.keys(handlers) as (keyof ServeHandlers)[];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...methods), params, async (method, sent) => {
      const handler = handlers[method] as (...args: unknown[]) => Promise<unknown>;
      await expect(handler(sent, new AbortController().signal, () => {})).rejects.toBeInstanceOf(UserError);
    }),
    { numRuns: 500 },
  );
  await expect(
    handlers.validate({ project: 7 } as never, new AbortController().signal, () => {}),
  ).rejects.toThrow(
    'The request validate cannot be answered: params.project: Invalid input: expected string, received number.',
  );
  expect(() => openedParams({ projects: '/' })).toThrow(
    'The request opened cannot be answered: params.projects: ',
  );
});
