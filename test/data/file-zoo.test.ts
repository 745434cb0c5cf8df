import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readFileZoo, WEIGHTS_FORMAT, writeFileWeights } from '../../src/data/file-zoo.ts';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { writeMember } from '../../src/data/zoo.ts';
import { UserError } from '../../src/project/user-error.ts';
import { type ForeignTensor, writeForeignFile } from './weight-files.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'file-zoo-'));
  made.push(folder);
  return folder;
}

const UP = 'lora_unet_mid.lora_up.weight';
const DOWN = 'lora_unet_mid.lora_down.weight';
const ALPHA = 'lora_unet_mid.alpha';

type Tensors = Record<string, ForeignTensor>;

/** Kohya's names, in an order that is not that of the alphabet. */
const tensorsOf = (n: number, dtype: ForeignTensor['dtype'] = 'F32'): Tensors => ({
  [UP]: { dtype, shape: [2, 1], values: [n, -n / 2] },
  [DOWN]: { dtype, shape: [1, 3], values: [0.25, n, 0] },
  [ALPHA]: { dtype, shape: [], values: [4] },
});

/** Three sound files, a to c, but for what is changed. */
function zooFolder(
  changes: {
    tensors?: Record<string, Tensors>;
    metadata?: Record<string, Record<string, string> | undefined>;
    files?: Record<string, string>;
  } = {},
): string {
  const folder = temporaryFolder();
  for (const [n, name] of ['a', 'b', 'c'].entries()) {
    const metadata = { prompt: `prompt of ${name}` };
    writeForeignFile(
      join(folder, `${name}.safetensors`),
      changes.tensors?.[name] ?? tensorsOf(n + 1),
      changes.metadata && name in changes.metadata ? changes.metadata[name] : metadata,
    );
  }
  for (const [name, text] of Object.entries(changes.files ?? {})) writeFileSync(join(folder, name), text);
  return folder;
}

describe('a folder of files', () => {
  test('is read as flat vectors of its tensors by name, whatever float each is stored as', async () => {
    const tensors = { a: tensorsOf(1, 'F16'), b: tensorsOf(2, 'BF16'), c: tensorsOf(3) };
    const { layout, members } = await readFileZoo(zooFolder({ tensors }));
    const layer = 'lora_unet_mid';
    expect(layout.tensors).toEqual([
      { name: ALPHA, shape: [], offset: 0, size: 1, layer },
      { name: DOWN, shape: [1, 3], offset: 1, size: 3, layer },
      { name: UP, shape: [2, 1], offset: 4, size: 2, layer },
    ]);
    expect(members).toEqual(
      [1, 2, 3].map((n, i) => {
        const name = ['a', 'b', 'c'][i]!;
        const vector = Float32Array.of(4, 0.25, n, 0, n, -n / 2);
        return { name: `${name}.safetensors`, prompt: `prompt of ${name}`, checkpoints: [vector] };
      }),
    );
  });

  test.each([
    ['unet.to_q.lora_A.weight', 'unet.to_q'],
    ['unet.to_q.lora_B.default.weight', 'unet.to_q'],
    ['unet.to_q.lora.up.weight', 'unet.to_q'],
    ['ds.lora.bias', 'ds'],
    ['conv.weight', 'conv.weight'],
    ['collection.alphabet', 'collection.alphabet'],
  ])('%s is of the layer %s', async (name, layer) => {
    const one: Tensors = { [name]: { dtype: 'F32', shape: [1], values: [1] } };
    const { layout } = await readFileZoo(zooFolder({ tensors: { a: one, b: one, c: one } }));
    expect(layout.tensors[0]!.layer).toBe(layer);
  });

  test('has files like its own written: same tensors, what metadata they share, whose weights these are', async () => {
    const shared = { format: 'pt', ss_network_dim: '1' };
    const metadata = {
      a: { ...shared, prompt: 'a', ss_session_id: '1', seed: '5' },
      b: { ...shared, prompt: 'b', ss_session_id: '2', seed: '5' },
      c: { ...shared, prompt: 'c', seed: '5' },
    };
    const folder = zooFolder({ metadata });
    const { layout } = await readFileZoo(folder);
    const path = join(folder, 'new', 'd.safetensors');
    const vector = Float32Array.of(4, 1, 2, 3, 5, 6);
    await writeFileWeights(path, layout, { prompt: 'new', seed: 7, steps: 20, vector }, temporaryFolder());
    const written = await readSafetensors(path);
    expect(written.metadata).toEqual({
      ...shared,
      'denoised-weights': expect.stringMatching(/^[0-9a-f]{64}$/),
      prompt: 'new',
      seed: '7',
      steps: '20',
      origin: 'denoised',
    });
    expect(Object.fromEntries(written.tensors)).toEqual({
      [ALPHA]: { dtype: 'F32', shape: [], data: Float32Array.of(4) },
      [DOWN]: { dtype: 'F32', shape: [1, 3], data: Float32Array.of(1, 2, 3) },
      [UP]: { dtype: 'F32', shape: [2, 1], data: Float32Array.of(5, 6) },
    });
  });

  test('names the files that were denoised, which are members like the others', async () => {
    const folder = zooFolder({});
    const { layout, notes } = await readFileZoo(folder);
    expect(notes).toEqual([]);
    const vector = Float32Array.of(4, 1, 2, 3, 5, 6);
    const path = join(folder, 'new.safetensors');
    await writeFileWeights(path, layout, { prompt: 'new', seed: 7, steps: 20, vector }, temporaryFolder());
    const again = await readFileZoo(folder);
    expect(again.members).toHaveLength(4);
    expect(again.notes).toEqual([
      {
        level: 'warning',
        message: expect.stringContaining(`${path}: a weight generator made these weights`),
      },
    ]);
  });

  test('may hold hidden files, which are not of the zoo', async () => {
    const files = { '._a.safetensors': '\0\x05\x16\x07', '.b.safetensors.icloud': '', '.safetensors': '' };
    expect((await readFileZoo(zooFolder({ files }))).members).toHaveLength(3);
  });

  test('with a broken link is refused, naming it', async () => {
    const folder = zooFolder();
    symlinkSync('/nowhere', join(folder, 'x.safetensors'));
    await expect(readFileZoo(folder)).rejects.toThrow(
      new UserError(
        'missing-path',
        `${join(folder, 'x.safetensors')}: cannot be opened: there is no such file or folder. Remove the link, or download the file again.`,
      ),
    );
  });

  test('may have its tensors in different orders', async () => {
    const folder = temporaryFolder();
    const entries = [
      { name: 'us.lora.up', shape: [1, 2], offset: 0, size: 2 },
      { name: 'ds.lora.up', shape: [1], offset: 2, size: 1 },
    ];
    for (const concept of ['fog', 'rain']) {
      await writeMember(join(folder, `${concept}.safetensors`), {
        concept,
        prompt: concept,
        baseHash: 'b',
        layout: { entries, size: 3 },
        steps: 3,
        checkpoints: [Float32Array.of(1, 2, 3)],
      });
    }
    writeForeignFile(
      join(folder, 'snow.safetensors'),
      {
        'ds.lora.up': { dtype: 'F32', shape: [1], values: [3] },
        'us.lora.up': { dtype: 'F32', shape: [1, 2], values: [1, 2] },
      },
      { format: WEIGHTS_FORMAT, kind: 'lora', base: 'b', prompt: 'snow' },
    );
    const { members } = await readFileZoo(folder);
    expect(members.map(({ checkpoints }) => checkpoints)).toEqual(
      Array.from({ length: 3 }, () => [Float32Array.of(1, 2, 3)]),
    );
  });

  test('with weights of 3.4e38 in one file is read with a warning', async () => {
    const huge = {
      ...tensorsOf(2),
      [DOWN]: { dtype: 'F32' as const, shape: [1, 3], values: [1, -3.4e38, 2] },
    };
    const folder = zooFolder({ tensors: { b: huge } });
    expect((await readFileZoo(folder)).notes).toEqual([
      {
        level: 'warning',
        message: `${join(folder, 'b.safetensors')}: tensor '${DOWN}' has a weight of 3.4e+38, 1.1e+38 times what the largest is in most files (3). It outweighs the other files: check it, or remove it.`,
      },
    ]);
    expect((await readFileZoo(zooFolder())).notes).toEqual([]);
  });

  test('with weights that have no effect, or are those of another prompt, is read with a warning', async () => {
    const zero = { ...tensorsOf(2), [UP]: { dtype: 'F32' as const, shape: [2, 1], values: [0, 0] } };
    const folder = zooFolder({ tensors: { b: zero, c: tensorsOf(1) } });
    expect((await readFileZoo(folder)).notes).toEqual([
      {
        level: 'warning',
        message: `${join(folder, 'b.safetensors')}: these weights have no effect: every up factor or alpha is 0. Check the training that they come from, or remove the file.`,
      },
      {
        level: 'warning',
        message:
          `${join(folder, 'a.safetensors')}: the same weights as c.safetensors, but with another prompt: nothing can be learned ` +
          'from them about what the prompt changes. Check the files, or keep one of them.',
      },
    ]);
    const silent = { ...tensorsOf(2), [ALPHA]: { dtype: 'F32' as const, shape: [], values: [0] } };
    const { notes } = await readFileZoo(zooFolder({ tensors: { b: silent } }));
    expect(notes).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('b.safetensors: these weights have no effect'),
      }),
    );
    const biased = { ...zero, 'lora_unet_out.bias': { dtype: 'F32' as const, shape: [1], values: [1] } };
    const others = {
      ...tensorsOf(1),
      'lora_unet_out.bias': { dtype: 'F32' as const, shape: [1], values: [2] },
    };
    const third = {
      ...tensorsOf(3),
      'lora_unet_out.bias': { dtype: 'F32' as const, shape: [1], values: [3] },
    };
    expect((await readFileZoo(zooFolder({ tensors: { a: others, b: biased, c: third } }))).notes).toEqual([]);
    const copies = { a: tensorsOf(1), b: tensorsOf(2), c: tensorsOf(1) };
    const metadata = { a: { prompt: 'snow' }, c: { prompt: 'snow' } };
    expect((await readFileZoo(zooFolder({ tensors: copies, metadata }))).notes).toEqual([]);
  });

  test('may be a zoo of this program: its layout, its checkpoints, no discriminator', async () => {
    const folder = temporaryFolder();
    const layout = {
      entries: [
        { name: 'us.lora.up', shape: [1, 2], offset: 0, size: 2 },
        { name: 'ds.lora.up', shape: [1], offset: 2, size: 1 },
      ],
      size: 3,
    };
    for (const concept of ['fog', 'rain', 'snow']) {
      await writeMember(join(folder, `${concept}.safetensors`), {
        concept,
        prompt: `make ${concept}`,
        baseHash: '0123456789ab',
        layout,
        steps: 3,
        checkpoints: [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)],
        discriminator: Float32Array.of(9, 9),
      });
    }
    const zoo = await readFileZoo(folder);
    expect(zoo.layout.tensors.map(({ name, offset }) => [name, offset])).toEqual([
      ['us.lora.up', 0],
      ['ds.lora.up', 2],
    ]);
    expect(zoo.layout.metadata).toEqual({ format: WEIGHTS_FORMAT, kind: 'lora', base: '0123456789ab' });
    expect(zoo.members[1]).toEqual({
      name: 'rain.safetensors',
      prompt: 'make rain',
      checkpoints: [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)],
    });
  });
});

describe('prompts', () => {
  const none = { a: undefined, b: undefined, c: undefined };
  const promptsOf = async (folder: string) => (await readFileZoo(folder)).members.map(({ prompt }) => prompt);

  test.each([
    ['prompts.yaml', 'a: one\nb.safetensors: two\nc: " three "\n'],
    ['prompts.json', '{ "a": "one", "b.safetensors": "two", "c": "three" }'],
  ])('come from %s where the files have none', async (name, text) => {
    const folder = zooFolder({ metadata: none, files: { [name]: text } });
    expect(await promptsOf(folder)).toEqual(['one', 'two', 'three']);
  });

  test('are those of the metadata first, then written ones, then trigger phrases', async () => {
    const trigger = { 'modelspec.trigger_phrase': 'trigger' };
    const folder = zooFolder({
      metadata: { a: { prompt: 'own', ...trigger }, b: trigger, c: trigger },
      files: { 'prompts.yaml': 'b: written\n' },
    });
    expect(await promptsOf(folder)).toEqual(['own', 'written', 'trigger']);
  });
});

const GOOD = tensorsOf(2);

describe('a mistake is named with its file and what to do', () => {
  test('files that are no zoo, with what was found', async () => {
    const folder = temporaryFolder();
    const other =
      'Only .safetensors files directly in the folder are read: move or convert them, or name another folder.';
    await expect(readFileZoo(folder)).rejects.toThrow(
      `${folder}: no .safetensors files; a zoo needs at least 3. Add files, or name another folder.`,
    );
    const missing = join(folder, 'missing');
    await expect(readFileZoo(missing)).rejects.toThrow(`${missing}: no .safetensors files; a zoo needs`);
    for (const name of ['b.ckpt', 'A.SAFETENSORS', 'notes.txt', '.hidden.pt'])
      writeFileSync(join(folder, name), '');
    mkdirSync(join(folder, 'epoch-2'));
    await expect(readFileZoo(folder)).rejects.toThrow(
      `${folder}: no .safetensors files (but A.SAFETENSORS, b.ckpt, and the folder epoch-2); a zoo needs at least 3. ${other}`,
    );
  });

  test.each<[what: string, changes: Parameters<typeof zooFolder>[0], message: string]>([
    [
      'no prompt',
      { metadata: { b: { format: 'pt' } } },
      'b.safetensors: no prompt: neither prompt nor modelspec.trigger_phrase in its metadata has words. Write a prompts.yaml next to it with the line: b.safetensors: <prompt>',
    ],
    [
      'a blank prompt',
      { metadata: { b: { prompt: '!!!' } }, files: { 'prompts.yaml': 'a: prompt of a' } },
      'prompts.yaml: b.safetensors: <prompt>',
    ],
    [
      'two prompts that differ',
      { files: { 'prompts.yaml': 'a: another' } },
      'a.safetensors: its metadata has the prompt "prompt of a", but ',
    ],
    [
      'prompts for a file that is not there',
      { files: { 'prompts.yaml': 'bb: x' } },
      'Did you mean b.safetensors?',
    ],
    [
      'a file with two prompts',
      { files: { 'prompts.yaml': 'a: prompt of a\na.safetensors: prompt of a' } },
      'prompts.yaml: a.safetensors: the file is named twice. Keep one entry.',
    ],
    [
      'prompts that are no mapping',
      { files: { 'prompts.yaml': '- a' } },
      'prompts.yaml: not a mapping from file names to prompts. Write one line per weight file',
    ],
    [
      'a prompt that is no text',
      { files: { 'prompts.yaml': 'a: 12' } },
      'prompts.yaml: a: its prompt is not a text. Write one line per weight file',
    ],
    ['prompts that are no YAML', { files: { 'prompts.yaml': 'a: [' } }, 'Correct the syntax.'],
    [
      'both files of prompts',
      { files: { 'prompts.yaml': 'a: x', 'prompts.json': '{}' } },
      'there are both prompts.yaml and prompts.json. Keep one of them.',
    ],
    [
      'a tensor of another shape',
      { tensors: { b: { ...GOOD, [UP]: { dtype: 'F32', shape: [1, 2], values: [1, 2] } } } },
      `b.safetensors: tensor '${UP}' has shape [1, 2], but [2, 1] in a.safetensors and c.safetensors. All files of a zoo must have the same tensors`,
    ],
    [
      'a tensor too few',
      { tensors: { b: { [UP]: GOOD[UP]!, [ALPHA]: GOOD[ALPHA]! } } },
      `b.safetensors: it lacks tensor '${DOWN}', which a.safetensors and c.safetensors have. All`,
    ],
    [
      'a tensor too few in the first file',
      { tensors: { a: { [UP]: GOOD[UP]!, [ALPHA]: GOOD[ALPHA]! } } },
      `a.safetensors: it lacks tensor '${DOWN}', which b.safetensors and c.safetensors have. All`,
    ],
    [
      'a tensor too many',
      { tensors: { c: { ...GOOD, extra: { dtype: 'F32', shape: [1], values: [1] } } } },
      `c.safetensors: tensor 'extra' is not in a.safetensors and b.safetensors. All`,
    ],
    [
      'integers among the weights',
      { tensors: { a: { ...GOOD, count: { dtype: 'I64', shape: [1], values: [1] } } } },
      "a.safetensors: tensor 'count' is I64, but weights must be F32, F16, BF16. Save the file without this tensor, or remove the file.",
    ],
    [
      'a value that is no number',
      { tensors: { b: { ...GOOD, [DOWN]: { dtype: 'F32', shape: [1, 3], values: [1, Number.NaN, 2] } } } },
      `b.safetensors: tensor '${DOWN}' has a value that is NaN. Train or convert it again, or remove the file.`,
    ],
    ['no tensors', { tensors: { a: {} } }, 'a.safetensors: the file has no tensors. Remove it from the zoo.'],
    [
      'no safetensors file',
      { files: { 'b.safetensors': 'hello, world' } },
      'b.safetensors: not a valid safetensors file',
    ],
    [
      'weights of another base',
      {
        metadata: Object.fromEntries(
          ['a', 'b', 'c'].map((name) => [
            name,
            { format: WEIGHTS_FORMAT, prompt: name, base: name === 'c' ? 'two' : 'one' },
          ]),
        ),
      },
      'c.safetensors: it belongs to base two, but a.safetensors and b.safetensors to one. All',
    ],
  ])('%s', async (_what, changes, message) => {
    const reading = readFileZoo(zooFolder(changes));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(UserError);
  });

  test('too few files', async () => {
    const folder = temporaryFolder();
    await expect(readFileZoo(folder)).rejects.toThrow(
      `${folder}: no .safetensors files; a zoo needs at least 3. Add files, or name another folder.`,
    );
  });
});
