import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ConceptNode } from '../../src/extension/concepts/concept-tree.ts';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, CONCEPT_LANGUAGE, TRAINING_LANGUAGE } from '../../src/extension/identifiers.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { WrittenFiles } from './written-files.ts';

const CONCEPT = 'prompt: host test\npairs: { source: ../images, target: { effect: sepia } }\n';

describe('the project’s views', () => {
  let api: ExtensionApi;
  let folder: string;
  const files = new WrittenFiles();

  before(async () => {
    api = await activateExtension();
    folder = workspaceProject(api).folder;
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await files.remove();
  });

  const projectsChanged = () => api.services.projects.onDidChange;
  const artifactsChanged = () => api.services.artifacts.onDidChange;
  const conceptNamed = (name: string) =>
    workspaceProject(api).concepts.find((concept) => concept.name === name);

  async function conceptNode(name: string): Promise<ConceptNode> {
    const nodes = (await api.trees.concepts.getChildren()) ?? [];
    const node = nodes.find((candidate) => candidate.kind === 'concept' && candidate.concept.name === name);
    assert.ok(node, `${name} is not in the tree`);
    return node;
  }

  const contextOf = async (name: string) =>
    (await api.trees.concepts.getTreeItem(await conceptNode(name))).contextValue;

  it('lists every concept of the folder, each with its stages', async () => {
    const project = workspaceProject(api);
    const nodes = (await api.trees.concepts.getChildren()) ?? [];
    const names = nodes.flatMap((node) => (node.kind === 'concept' ? [node.concept.name] : []));
    assert.deepEqual(
      names,
      project.concepts.map(({ name }) => name),
    );
    assert.equal((await api.trees.concepts.getChildren(nodes[0]))?.length, 4);
  });

  /** Once the editor tells of a path: of what comes and goes before that, it never tells. */
  function toldOf(path: string): Promise<void> {
    const watcher = vscode.workspace.createFileSystemWatcher('**');
    return new Promise((resolve) => {
      for (const event of [watcher.onDidCreate, watcher.onDidChange]) {
        event(({ fsPath }) => {
          if (fsPath !== path) return;
          watcher.dispose();
          resolve();
        });
      }
    });
  }

  it('shows a concept as soon as its file is there, and forgets it with the file', async () => {
    const told = toldOf(files.path('concepts/host-test.concept.yaml'));
    const path = files.write('concepts/host-test.concept.yaml', CONCEPT);
    await until(projectsChanged(), () => conceptNamed('host-test') !== undefined);
    assert.equal(
      (await api.trees.concepts.getTreeItem(await conceptNode('host-test'))).description,
      'host test',
    );
    await told;
    rmSync(path);
    await until(projectsChanged(), () => conceptNamed('host-test') === undefined);
  });

  it('follows a folder of concepts that is moved away, brought back and deleted', async () => {
    const place = files.path('concepts/host-folder');
    const made = toldOf(place);
    files.write('concepts/host-folder/host-test.concept.yaml', CONCEPT.replace('../', '../../'));
    await until(projectsChanged(), () => conceptNamed('host-test') !== undefined);
    await made;
    const outside = mkdtempSync(join(tmpdir(), 'moved-'));
    const elsewhere = join(outside, 'host-folder');
    files.add(place, outside);
    renameSync(place, elsewhere);
    await until(projectsChanged(), () => conceptNamed('host-test') === undefined);
    const back = toldOf(place);
    renameSync(elsewhere, place);
    await until(projectsChanged(), () => conceptNamed('host-test') !== undefined);
    await back;
    rmSync(place, { recursive: true });
    await until(projectsChanged(), () => conceptNamed('host-test') === undefined);
  });

  it('shows a concept file with a mistake, with what is wrong in it', async () => {
    files.write('concepts/host-broken.concept.yaml', 'prompt: [not, text]\n');
    const broken = () =>
      workspaceProject(api).problems.find(({ file }) => basename(file).startsWith('host-broken'));
    await until(projectsChanged(), () => broken() !== undefined);
    const nodes = (await api.trees.concepts.getChildren()) ?? [];
    const node = nodes.find(
      (candidate) => candidate.kind === 'broken' && basename(candidate.file).startsWith('host-'),
    );
    assert.ok(node);
    assert.equal((await api.trees.concepts.getTreeItem(node)).description, broken()?.message);
  });

  it('follows a concept through its stages as the files appear', async () => {
    files.write('concepts/host-test.concept.yaml', CONCEPT);
    await until(projectsChanged(), () => conceptNamed('host-test') !== undefined);
    assert.equal(await contextOf('host-test'), 'concept.none');
    const { artifacts } = api.services;
    files.write('.dnw/pairs/host-test-0123abcd.safetensors', '');
    await until(artifactsChanged(), () => artifacts.of(folder).pairs.has('host-test'));
    assert.equal(await contextOf('host-test'), 'concept.pairs');
    files.write('weights/host-test/denoised.safetensors', '');
    await until(artifactsChanged(), () => artifacts.of(folder).denoised.has('host-test'));
    assert.equal(await contextOf('host-test'), 'concept.denoised');
    files.write('weights/host-test/fine-tuned.safetensors', '');
    await until(artifactsChanged(), () => artifacts.of(folder).fineTuned.has('host-test'));
    assert.equal(await contextOf('host-test'), 'concept.fineTuned');
  });

  it('shows a base and the zoo members collected on it', async () => {
    files.write('base/host-test.safetensors', '');
    files.write('zoo/0123456789ab/host-test.safetensors', '');
    const { artifacts } = api.services;
    await until(artifactsChanged(), () => {
      const { bases, zoo } = artifacts.of(folder);
      return bases.has('host-test') && zoo.length > 0;
    });
    const nodes = (await api.trees.zoo.getChildren()) ?? [];
    const zoo = nodes.find((node) => node.kind === 'folder' && node.folder.baseHash === '0123456789ab');
    const members = (await api.trees.zoo.getChildren(zoo)) ?? [];
    assert.deepEqual(
      members.map((node) => node.kind === 'member' && node.concept),
      ['host-test'],
    );
    assert.ok(nodes.some((node) => node.kind === 'base' && node.training === 'host-test'));
  });

  it('a concept’s editor has its language, and lenses for what can be done', async () => {
    const path = files.write('concepts/host-test.concept.yaml', CONCEPT);
    await until(projectsChanged(), () => conceptNamed('host-test') !== undefined);
    const document = await vscode.workspace.openTextDocument(path);
    assert.equal(document.languageId, CONCEPT_LANGUAGE);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    const commands = lenses.map(({ command }) => command?.command);
    for (const command of [COMMANDS.preparePairs, COMMANDS.denoiseWeights, COMMANDS.fineTuneConcept]) {
      assert.ok(commands.includes(command), `no lens for ${command}`);
    }
  });

  it('a training config has a lens for each stage above its section', async () => {
    const path = files.write(
      'host-test.training.yaml',
      'extends: preset:fast\nbase:\n  steps: 3\ncollect: {}\n',
    );
    await until(projectsChanged(), () => workspaceProject(api).trainings.some((one) => one.path === path));
    const document = await vscode.workspace.openTextDocument(path);
    assert.equal(document.languageId, TRAINING_LANGUAGE);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    const lines = new Map(lenses.map(({ command, range }) => [command?.command, range.start.line]));
    assert.equal(lines.get(COMMANDS.trainBase), 1);
    assert.equal(lines.get(COMMANDS.collectZoo), 3);
    for (const command of [
      COMMANDS.trainWeightGenerator,
      COMMANDS.fineTuneConcept,
      COMMANDS.evaluateConcept,
    ]) {
      assert.equal(lines.get(command), 0, `${command} is not at the top`);
    }
  });

  it('a concept with a mistake is marked in its editor', async () => {
    const path = files.write('concepts/host-test.concept.yaml', `${CONCEPT}promt: typo\n`);
    const { uri } = await vscode.workspace.openTextDocument(path);
    const found = () => vscode.languages.getDiagnostics(uri).find(({ message }) => message.includes('promt'));
    await until(vscode.languages.onDidChangeDiagnostics, () => found() !== undefined);
    assert.equal(found()?.range.start.line, 2);
    assert.equal(found()?.severity, vscode.DiagnosticSeverity.Error);
  });
});
