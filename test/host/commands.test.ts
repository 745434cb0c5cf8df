import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, SETTINGS } from '../../src/extension/identifiers.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import { answering, openDialog, quickPick, saveDialog } from './answers.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { fakeNode } from './fake-node.ts';
import { changeSetting } from './settings.ts';
import { WrittenFiles } from './written-files.ts';

describe('a stage’s command', () => {
  let api: ExtensionApi;
  let folder: string;
  const files = new WrittenFiles();

  before(async () => {
    api = await activateExtension();
    folder = mkdtempSync(join(tmpdir(), 'node-'));
    await changeSetting(SETTINGS.engineNode, fakeNode(folder));
    await changeSetting(SETTINGS.threads, 3);
  });

  afterEach(() => files.remove());

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

  it('translating asks for weights, images and a folder, and starts a run with them', async () => {
    const { folder: project, concepts } = workspaceProject(api);
    const { name, path } = concepts[0]!;
    const weights = files.write(`weights/${name}/denoised.safetensors`, '');
    files.add(dirname(weights));
    await until(api.services.artifacts.onDidChange, () =>
      api.services.artifacts.of(project).denoised.has(name),
    );
    const chooseWeights = quickPick<vscode.QuickPickItem>((items) => {
      assert.deepEqual(
        items.map(({ label }) => label),
        ['Denoised weights', 'Base generator without LoRA'],
      );
      return items[0];
    });
    const input = openDialog(({ canSelectFiles, canSelectFolders, defaultUri }) => {
      assert.deepEqual([canSelectFiles, canSelectFolders, defaultUri?.fsPath], [true, true, project]);
      return join(folder, 'photographs');
    });
    const output = (chosen: string | undefined) =>
      openDialog(({ canSelectFiles, canSelectFolders }) => {
        assert.deepEqual([canSelectFiles, canSelectFolders], [false, true]);
        return chosen;
      });
    const uri = vscode.Uri.file(path);
    const translations = () => api.services.runs.runs.filter(({ id }) => id.includes('-translate-'));
    await answering([chooseWeights, input, output(undefined)], COMMANDS.translateImages, uri);
    await api.services.runs.refresh();
    assert.deepEqual(translations(), []);

    const answers = [chooseWeights, input, output(join(folder, 'translated'))];
    await answering(answers, COMMANDS.translateImages, uri);
    await until(api.services.runs.onDidChange, () =>
      translations().some((run) => run.state === 'running' && run.record),
    );
    const [run] = translations();
    files.add(run!.folder);
    const given = run!.record?.options.arguments as string[];
    for (const argument of [
      `--concept=${name}`,
      '--weights=denoised',
      `--input=${join(folder, 'photographs')}`,
      `--output=${join(folder, 'translated')}`,
    ]) {
      assert.ok(given.includes(argument), `${argument} is not among ${given}`);
    }
    await vscode.commands.executeCommand(COMMANDS.stopRun, run);
    await until(api.services.runs.onDidChange, () => translations()[0]?.state === 'stopped');
  });

  it('exporting asks for weights, form, precision and a file, and has the engine write it', async () => {
    const { folder: project, concepts, trainings } = workspaceProject(api);
    const { name, path } = concepts[0]!;
    const output = join(folder, 'page');
    const choose = (label: string, among: number) =>
      quickPick<vscode.QuickPickItem>((items) => {
        assert.equal(items.length, among);
        return items.find((item) => item.label === label);
      });
    const save = (chosen: string | undefined) =>
      saveDialog(({ defaultUri }) => {
        assert.equal(defaultUri?.fsPath, join(project, `${name}.html`));
        return chosen;
      });
    const choices = [
      choose('Base generator without LoRA', 1),
      choose('Web page', 4),
      choose('Half precision', 2),
    ];
    const uri = vscode.Uri.file(path);
    await answering([...choices, save(undefined)], COMMANDS.exportWeights, uri);
    assert.equal(existsSync(`${output}.html`), false);
    await answering([...choices, save(output)], COMMANDS.exportWeights, uri);
    assert.deepEqual(JSON.parse(readFileSync(`${output}.html`, 'utf8')), {
      project,
      training: trainings[0]!.name,
      concept: name,
      weights: 'base',
      what: 'web',
      half: true,
    });
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
