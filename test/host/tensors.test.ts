import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, CUSTOM_EDITORS } from '../../src/extension/identifiers.ts';
import type { TensorsViewState } from '../../src/protocol/webview.ts';
import { float32, type RawTensor, safetensorsBytes } from '../data/safetensors-bytes.ts';
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

  it('says in the editor what is wrong with a broken file', async () => {
    const uri = write('broken.safetensors', safetensorsBytes(LORA).subarray(0, 20));
    await vscode.commands.executeCommand('vscode.open', uri);
    const { state } = documentOf(uri);
    assert.equal(state.kind, 'error');
    assert.match(state.kind === 'error' ? state.message : '', /truncated: its header ends at byte/);
  });
});
