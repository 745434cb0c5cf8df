import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, SETTINGS } from '../../src/extension/identifiers.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { fakeNode } from './fake-node.ts';
import { changeSetting } from './settings.ts';

describe('a stage’s command', () => {
  let api: ExtensionApi;
  let folder: string;

  before(async () => {
    api = await activateExtension();
    folder = mkdtempSync(join(tmpdir(), 'node-'));
    await changeSetting(SETTINGS.engineNode, fakeNode(folder));
    await changeSetting(SETTINGS.threads, 3);
  });

  after(async () => {
    await changeSetting(SETTINGS.engineNode, undefined);
    await changeSetting(SETTINGS.threads, undefined);
    rmSync(folder, { recursive: true, force: true });
    for (const run of ours()) rmSync(run.folder, { recursive: true, force: true });
  });

  const ours = () => api.services.runs.runs.filter(({ id }) => id.includes('-denoise-'));
  const reached = (state: Run['state']) =>
    until(api.services.runs.onDidChange, () => ours().some((run) => run.state === state && run.record));

  it('starts a run of the engine that the settings name; it can be stopped, then resumed to its end', async () => {
    const project = workspaceProject(api);
    const [concept] = project.concepts;
    await vscode.commands.executeCommand(COMMANDS.denoiseWeights, vscode.Uri.file(concept!.path));
    await reached('running');
    const [run] = ours();
    assert.equal(run?.record?.name, concept!.name);
    const given = run.record.options.arguments as string[];
    assert.ok(given.includes(`--training=${project.trainings[0]!.name}`));
    assert.ok(given.includes('--threads=3'));

    await vscode.commands.executeCommand(COMMANDS.stopRun, run);
    await reached('stopped');
    assert.equal(ours().length, 1);

    await vscode.commands.executeCommand(COMMANDS.resumeRun, ours()[0]);
    await reached('succeeded');
    assert.equal(ours().length, 1);
  });

  it('a run that cannot be started leaves nothing behind', async () => {
    const before = api.services.runs.runs.length;
    await changeSetting(SETTINGS.engineNode, join(folder, 'nowhere'));
    const { uri } = await vscode.workspace.openTextDocument(workspaceProject(api).concepts[0]!.path);
    await vscode.commands.executeCommand(COMMANDS.fineTuneConcept, uri);
    await api.services.runs.refresh();
    assert.equal(api.services.runs.runs.length, before);
  });
});
