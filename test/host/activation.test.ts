import assert from 'node:assert/strict';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { COMMANDS, SETTINGS, SETTINGS_SECTION } from '../../src/extension/identifiers.ts';
import { activateExtension, workspaceProject } from './extension-under-test.ts';

describe('activation', () => {
  it('loads the workspace’s project', async () => {
    const project = workspaceProject(await activateExtension());
    assert.ok(project.trainings.length > 0);
    assert.ok(project.concepts.length > 0);
  });

  it('registers every command of package.json', async () => {
    await activateExtension();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = Object.values(COMMANDS).filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('loads its own bundles and nothing of the engine’s: no native library, no TensorFlow.js', async () => {
    await activateExtension();
    const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
    assert.ok(sharedObjects.length > 0);
    assert.deepEqual(
      sharedObjects.filter((file) => /onnxruntime|koffi|tensorflow|tfjs|sharp|vips/i.test(file)),
      [],
    );
    // Node.js has one cache of modules for the whole process.
    const { extensionPath } = vscode.extensions.getExtension('denoised-weights.denoised-weights')!;
    const bundles = join(extensionPath, 'dist');
    const loaded = Object.keys(require.cache).flatMap((file) =>
      file.startsWith(bundles) ? [relative(bundles, file)] : [],
    );
    assert.deepEqual(
      loaded.filter((file) => file !== 'extension.cjs' && dirname(file) !== 'extension'),
      [],
    );
    assert.ok(loaded.includes('extension.cjs'));
  });

  it('finds every setting with the type of its default', () => {
    const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    const types = Object.values(SETTINGS).map((key) => [key, typeof configuration.get(key)]);
    assert.deepEqual(types, [
      ['device', 'string'],
      ['threads', 'number'],
      ['workers', 'number'],
      ['engine.node', 'string'],
      ['engine.idleMinutes', 'number'],
      ['notifications', 'string'],
      ['runs.tensorBoard', 'boolean'],
      ['outsideFolders', 'object'],
    ]);
  });
});
