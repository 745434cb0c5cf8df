import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, CONCEPT_LANGUAGE, TRAINING_LANGUAGE } from '../../src/extension/identifiers.ts';
import { answering, inputBox, openDialog, quickPick } from './answers.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { callsOf } from './stand-ins.ts';
import { WrittenFiles } from './written-files.ts';

describe('what makes new files', () => {
  let api: ExtensionApi;
  const files = new WrittenFiles();

  before(async () => {
    api = await activateExtension();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await files.remove();
  });

  /** What a box says to an input. */
  const complaint = ({ validateInput }: vscode.InputBoxOptions, value: string) =>
    String(validateInput?.(value) ?? '');

  describe('New Concept', () => {
    it('asks for prompt, name and effect, and opens a file without mistakes', async () => {
      const path = files.path('concepts/host-asked.concept.yaml');
      files.add(path);
      await answering(
        [
          inputBox((options) => {
            assert.match(complaint(options, '  '), /needs a prompt/);
            assert.equal(complaint(options, 'snow'), '');
            return ' Snow: a lot of it! ';
          }),
          inputBox((options) => {
            assert.equal(options.value, 'snow-a-lot-of-it');
            assert.match(complaint(options, 'sepia'), /A concept with this name already exists/);
            assert.match(complaint(options, '-snow'), /starting with a letter or digit/);
            assert.match(complaint(options, 'a/b'), /starting with a letter or digit/);
            assert.equal(complaint(options, 'host-asked'), '');
            return 'host-asked';
          }),
          quickPick<string>((effects) => effects.find((effect) => effect === 'pencilSketch')),
        ],
        COMMANDS.newConcept,
      );
      const { document } = vscode.window.activeTextEditor!;
      assert.deepEqual(
        [document.uri.fsPath, document.languageId, document.isDirty],
        [path, CONCEPT_LANGUAGE, false],
      );
      const made = () => workspaceProject(api).concepts.find(({ name }) => name === 'host-asked');
      await until(api.services.projects.onDidChange, () => made() !== undefined);
      assert.equal(made()?.prompt, 'Snow: a lot of it!');
      assert.match(
        document.getText(),
        /\n {2}source: \.\.\/images\n {2}target:\n {4}effect: pencilSketch\n$/,
      );
      assert.deepEqual(workspaceProject(api).problems, []);
    });

    it('makes nothing where an answer is missing', async () => {
      const before = readdirSync(files.path('concepts'));
      const prompt = inputBox(() => 'snow');
      await answering([inputBox(() => undefined)], COMMANDS.newConcept);
      await answering([prompt, inputBox(() => undefined)], COMMANDS.newConcept);
      await answering(
        [prompt, inputBox(() => 'host-asked'), quickPick(() => undefined)],
        COMMANDS.newConcept,
      );
      assert.deepEqual(readdirSync(files.path('concepts')), before);
    });
  });

  describe('New Training Config', () => {
    it('asks for preset and name, and opens a file without mistakes', async () => {
      const path = files.path('host-asked.training.yaml');
      files.add(path);
      await answering(
        [
          quickPick<vscode.QuickPickItem>((presets) => presets.find(({ label }) => label === 'Paper')),
          inputBox((options) => {
            assert.equal(options.value, 'paper');
            assert.match(complaint(options, 'quickstart'), /A training config with this name already exists/);
            assert.match(complaint(options, 'a b'), /Use letters, digits/);
            assert.equal(complaint(options, 'host-asked'), '');
            return 'host-asked';
          }),
        ],
        COMMANDS.newTrainingConfig,
      );
      const { document } = vscode.window.activeTextEditor!;
      assert.deepEqual([document.uri.fsPath, document.languageId], [path, TRAINING_LANGUAGE]);
      const made = () => workspaceProject(api).trainings.find(({ name }) => name === 'host-asked');
      await until(api.services.projects.onDidChange, () => made() !== undefined);
      // The published side of images, where the other preset has a smaller one.
      assert.equal(made()?.config.image.size, 256);
      assert.deepEqual(made()?.config.collect.holdOut, []);
    });

    it('makes nothing where an answer is missing', async () => {
      const before = readdirSync(files.path('.'));
      await answering([quickPick(() => undefined)], COMMANDS.newTrainingConfig);
      await answering([quickPick(([first]) => first), inputBox(() => undefined)], COMMANDS.newTrainingConfig);
      assert.deepEqual(readdirSync(files.path('.')), before);
    });
  });

  describe('Open Sample Project', () => {
    const open = (parent: string | undefined) =>
      callsOf('vscode.openFolder', () =>
        answering(
          [
            openDialog(({ canSelectFiles, canSelectFolders }) => {
              assert.deepEqual([canSelectFiles, canSelectFolders], [false, true]);
              return parent;
            }),
          ],
          COMMANDS.openSampleProject,
        ),
      );

    it('puts the quickstart into the folder that was chosen and opens it, also the second time', async () => {
      const parent = mkdtempSync(join(tmpdir(), 'sample-'));
      files.add(parent);
      const target = join(parent, 'denoised-weights-quickstart');
      const [[folder, options]] = (await open(parent)) as [[vscode.Uri, object]];
      assert.equal(folder.fsPath, target);
      assert.deepEqual(options, { forceNewWindow: true });
      assert.equal(readdirSync(join(target, 'concepts')).length, 29);
      assert.deepEqual(
        readdirSync(target).filter((name) => name.endsWith('.training.yaml')),
        ['quickstart.training.yaml'],
      );

      // What the user has made of it stays.
      writeFileSync(join(target, 'quickstart.training.yaml'), 'mine');
      rmSync(join(target, 'concepts/snow.concept.yaml'));
      assert.equal((await open(parent)).length, 1);
      assert.equal(readFileSync(join(target, 'quickstart.training.yaml'), 'utf8'), 'mine');
      assert.ok(!existsSync(join(target, 'concepts/snow.concept.yaml')));
    });

    it('does nothing where no folder is chosen', async () => {
      assert.deepEqual(await open(undefined), []);
    });
  });
});
