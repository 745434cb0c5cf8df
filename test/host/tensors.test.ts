import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, CUSTOM_EDITORS } from '../../src/extension/identifiers.ts';
import type { TensorsViewState } from '../../src/protocol/webview/tensors.ts';
import { float32, type RawTensor, raw, safetensorsBytes } from '../data/safetensors-bytes.ts';
import { activateExtension, until } from './extension-under-test.ts';

/** As PEFT writes it, with what Hugging Face's own loaders ask for in the metadata. */
const LORA: Record<string, RawTensor> = {
  'base_model.model.q_proj.lora_A.weight': float32([1, 2], [3, 4]),
  'base_model.model.q_proj.lora_B.weight': float32([2, 1], [0, 2]),
};

describe('the editor of safetensors files', () => {
  let api: ExtensionApi;
  let folder: string;

  before(async () => {
    api = await activateExtension();
    folder = mkdtempSync(join(tmpdir(), 'tensors-'));
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, bytes: Uint8Array): vscode.Uri {
    // As downloads and trainers do: whole, under another name, renamed.
    writeFileSync(join(folder, 'new'), bytes);
    renameSync(join(folder, 'new'), join(folder, name));
    return vscode.Uri.file(join(folder, name));
  }

  const documentOf = (uri: vscode.Uri) => {
    const document = api.tensorEditors.documentOf(uri);
    assert.ok(document, 'the file is not open');
    return document;
  };
  type Ready = Extract<TensorsViewState, { kind: 'ready' }>;
  const ready = (uri: vscode.Uri): Ready => {
    const { state } = documentOf(uri);
    assert.equal(state.kind, 'ready', state.kind === 'error' ? state.message : undefined);
    return state as Ready;
  };
  const reaches = (uri: vscode.Uri, holds: (state: Ready) => boolean) => {
    const document = documentOf(uri);
    const holdsNow = () => document.state.kind === 'ready' && holds(document.state);
    return Promise.race([until(document.onDidChangeState, holdsNow), until(document.onDidUpdate, holdsNow)]);
  };

  it('opens a LoRA of Hugging Face’s by default: the header at once, then what the engine reads', async () => {
    const uri = write('adapter_model.safetensors', safetensorsBytes(LORA, { format: 'pt' }));
    await vscode.commands.executeCommand('vscode.open', uri);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, CUSTOM_EDITORS.tensors);
    const { file } = ready(uri);
    assert.deepEqual(file.metadata, { format: 'pt' });
    assert.deepEqual(
      file.tensors.map(({ dtype, shape }) => [dtype, ...shape]),
      [
        ['F32', 1, 2],
        ['F32', 2, 1],
      ],
    );
    await reaches(uri, ({ scan }) => scan.state !== 'running');
    const { scan, statistics, spectra } = ready(uri);
    assert.deepEqual(scan, { state: 'done' });
    assert.deepEqual(
      statistics.map(({ finite }) => finite?.norm),
      [5, 2],
    );
    assert.equal(spectra.length, 1);
    assert.ok(Math.abs(spectra[0]!.values![0]! - 10) < 1e-6);
    const { counts } = await documentOf(uri).histogram('base_model.model.q_proj.lora_A.weight', 4);
    assert.deepEqual(counts, [1, 0, 0, 1]);
  });

  it('reads a file again that is replaced, and forgets one that is closed', async () => {
    const uri = write('replaced.safetensors', safetensorsBytes({ a: float32([1], [1]) }));
    await vscode.commands.executeCommand('vscode.open', uri);
    ready(uri);
    write('replaced.safetensors', safetensorsBytes({ b: float32([2], [1, 2]) }));
    await reaches(uri, ({ file }) => file.tensors[0]?.name === 'b');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until(
      vscode.window.tabGroups.onDidChangeTabs,
      () => api.tensorEditors.documentOf(uri) === undefined,
    );
  });

  it('compares the two files that are selected in the explorer', async () => {
    const first = write(
      'first.safetensors',
      safetensorsBytes({ a: float32([2], [3, 4]), b: float32([1], [1]) }),
    );
    const second = write('second.safetensors', safetensorsBytes({ a: float32([2], [3, 5]) }));
    await vscode.commands.executeCommand(COMMANDS.compareTensors, first, [second, first]);
    const { comparison } = ready(first);
    assert.equal(comparison?.state, 'done', comparison?.message);
    assert.deepEqual(
      comparison.differences.map(({ name, distance, relative }) => ({ name, distance, relative })),
      [{ name: 'a', distance: 1, relative: 0.2 }],
    );
    assert.deepEqual(comparison.unmatched, { onlyFirst: ['b'], onlySecond: [], mismatched: [] });
  });

  it('reads values of every kind: least and greatest, what is not finite, and zeros', async () => {
    // By the formats: sign, exponent and fraction of the narrow floats, as hexadecimal digits.
    const uri = write(
      'kinds.safetensors',
      safetensorsBytes({
        half: raw(
          'F16',
          [9],
          // 1, -2, the greatest, the least above zero, NaN, both infinities, both zeros.
          Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7e00, 0x7c00, 0xfc00, 0x0000, 0x8000),
        ),
        // 1, -3, 2 to the power of 127, NaN twice, infinity, zero.
        brain: raw('BF16', [7], Uint16Array.of(0x3f80, 0xc040, 0x7f00, 0x7fc0, 0xffc0, 0x7f80, 0x0000)),
        lost: float32([2], [Number.NaN, Number.NEGATIVE_INFINITY]),
        signed: raw('I8', [5], Int8Array.of(-128, 127, 0, 0, 5)),
        bytes: raw('U8', [2, 2], Uint8Array.of(0, 255, 7, 0)),
        whole: raw('I32', [3], Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0)),
        long: raw('I64', [4], BigInt64Array.of(-(2n ** 53n), 2n ** 53n, 0n, 1n)),
        truth: raw('BOOL', [5], Uint8Array.of(1, 0, 0, 1, 0)),
      }),
    );
    await vscode.commands.executeCommand('vscode.open', uri);
    await reaches(uri, ({ scan }) => scan.state !== 'running');
    const { file, scan, statistics } = ready(uri);
    assert.deepEqual(scan, { state: 'done' });
    assert.deepEqual(
      file.tensors.map(({ name, dtype, count }) => [name, dtype, count]),
      [
        ['half', 'F16', 9],
        ['brain', 'BF16', 7],
        ['lost', 'F32', 2],
        ['signed', 'I8', 5],
        ['bytes', 'U8', 4],
        ['whole', 'I32', 3],
        ['long', 'I64', 4],
        ['truth', 'BOOL', 5],
      ],
    );
    assert.deepEqual(
      statistics.map(({ name, nan, inf, zeros, finite }) => [
        name,
        nan,
        inf,
        zeros,
        finite?.min,
        finite?.max,
      ]),
      [
        ['half', 1, 2, 2, -2, 65504],
        ['brain', 2, 1, 1, -3, 2 ** 127],
        ['lost', 1, 1, 0, undefined, undefined],
        ['signed', 0, 0, 2, -128, 127],
        ['bytes', 0, 0, 2, 0, 255],
        ['whole', 0, 0, 1, -(2 ** 31), 2 ** 31 - 1],
        ['long', 0, 0, 1, -(2 ** 53), 2 ** 53],
        ['truth', 0, 0, 3, 0, 1],
      ],
    );
    const { mean, std, norm } = statistics[3]!.finite!;
    // Of -128, 127, 0, 0 and 5: their sum is 4, that of their squares 32538.
    assert.ok(Math.abs(mean - 4 / 5) < 1e-12);
    assert.ok(Math.abs(std - Math.sqrt(32538 / 5 - (4 / 5) ** 2)) < 1e-9);
    assert.ok(Math.abs(norm - Math.sqrt(32538)) < 1e-9);
  });

  it('shows a file of 500 MiB before it is read, and never holds its values in the extension host', async () => {
    const mebibyte = 2 ** 20;
    const count = (250 * mebibyte) / 4;
    const tensor = (begin: number) => ({
      dtype: 'F32',
      shape: [count],
      data_offsets: [begin, begin + 4 * count],
    });
    const header = Buffer.from(JSON.stringify({ first: tensor(0), second: tensor(4 * count) }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const uri = write('large.safetensors', Buffer.concat([length, header]));
    // A hole: zeros that take no place on disk. The last value is 1.
    truncateSync(uri.fsPath, 8 + header.length + 8 * count - 4);
    appendFileSync(uri.fsPath, new Uint8Array(Float32Array.of(1).buffer));
    try {
      const before = memory();
      await vscode.commands.executeCommand('vscode.open', uri);
      const { file, scan } = ready(uri);
      assert.equal(scan.state, 'running');
      assert.deepEqual(
        file.tensors.map((each) => each.count),
        [count, count],
      );
      await reaches(uri, (state) => state.scan.state !== 'running');
      const { statistics, scan: read } = ready(uri);
      assert.deepEqual(read, { state: 'done' });
      assert.deepEqual(
        statistics.map(({ zeros, finite }) => [zeros, finite?.max, finite?.norm]),
        [
          [count, 0, 0],
          [count - 1, 1, 1],
        ],
      );
      const after = memory();
      for (const kind of ['held', 'peak'] as const) {
        const grown = (after[kind] - before[kind]) / mebibyte;
        assert.ok(grown < 50, `${kind} memory grew by ${grown} MiB`);
      }
    } finally {
      rmSync(uri.fsPath);
    }
  });

  it('says in the editor what is wrong with a broken file', async () => {
    const uri = write('broken.safetensors', safetensorsBytes(LORA).subarray(0, 20));
    await vscode.commands.executeCommand('vscode.open', uri);
    const { state } = documentOf(uri);
    assert.equal(state.kind, 'error');
    assert.match(state.kind === 'error' ? state.message : '', /truncated: its header ends at byte/);
  });
});

/** Of this process, in bytes: what it holds once nothing unused is left, and the most that it ever had. */
function memory(): { held: number; peak: number } {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return { held: heapUsed + external, peak: process.resourceUsage().maxRSS * 1024 };
}
