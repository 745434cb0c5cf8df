import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ConceptNode } from '../../src/extension/concepts/concept-tree.ts';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, SETTINGS } from '../../src/extension/identifiers.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import type { ZooNode } from '../../src/extension/zoo/zoo-tree.ts';
import type { Stage } from '../../src/protocol/stages.ts';
import { answering, failure, modalWarning } from './answers.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { FabricatedRun } from './fabricated-run.ts';
import { fakeNode } from './fake-node.ts';
import { changeSetting } from './settings.ts';
import { WrittenFiles } from './written-files.ts';

describe('what can be done from the views', () => {
  let api: ExtensionApi;
  let folder: string;
  let programs: string;
  const files = new WrittenFiles();

  before(async () => {
    api = await activateExtension();
    folder = workspaceProject(api).folder;
    programs = mkdtempSync(join(tmpdir(), 'node-'));
    await changeSetting(SETTINGS.engineNode, fakeNode(programs));
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await files.remove();
  });

  after(async () => {
    await changeSetting(SETTINGS.engineNode, undefined);
    rmSync(programs, { recursive: true, force: true });
  });

  /** Runs of a stage as their folders stand, the oldest first; removed after the test. */
  function runsOf(stage: Stage): Run[] {
    const runs = api.services.runs.runs.filter(({ record }) => record?.stage === stage);
    files.add(...runs.map((run) => run.folder));
    return runs.toReversed();
  }

  const argumentsOf = ({ record }: Run) => record?.options.arguments as string[];
  const reached = (stage: Stage, state: Run['state'], count = 1) =>
    until(
      api.services.runs.onDidChange,
      () => runsOf(stage).filter((run) => run.state === state).length >= count,
    );

  async function stop(stage: Stage): Promise<void> {
    await reached(stage, 'running');
    await vscode.commands.executeCommand(COMMANDS.stopRun, runsOf(stage)[0]);
    await reached(stage, 'stopped');
  }

  const conceptNodes = async () =>
    ((await api.trees.concepts.getChildren()) ?? []).filter((node) => node.kind === 'concept');

  describe('of the concepts', () => {
    it('a stage on several goes through them one after the other', async () => {
      const nodes = (await conceptNodes()).slice(0, 3);
      assert.equal(nodes.length, 3);
      await vscode.commands.executeCommand(COMMANDS.preparePairs, nodes[0], nodes);
      await reached('prepare', 'succeeded', 3);
      const runs = runsOf('prepare');
      assert.deepEqual(
        runs.map(({ record }) => record?.concept).sort(),
        nodes.map(({ concept }) => `concepts/${basename(concept.path)}`).sort(),
      );
    });

    it('a stage that takes all of them at once is one run', async () => {
      const nodes = await conceptNodes();
      await vscode.commands.executeCommand(COMMANDS.preparePairs, nodes[0], nodes);
      await reached('prepare', 'succeeded');
      const runs = runsOf('prepare');
      assert.equal(runs.length, 1);
      assert.equal(runs[0]?.record?.concept, undefined);
    });

    it('are grouped by tag, each tag a target of its own, and listed by name again', async () => {
      await vscode.commands.executeCommand(COMMANDS.groupConceptsByTag);
      try {
        const tags = (await api.trees.concepts.getChildren()) ?? [];
        assert.ok(tags.length > 0 && tags.every(({ kind }) => kind === 'tag'));
        const smallest = tags
          .filter((node): node is ConceptNode & { kind: 'tag' } => node.kind === 'tag')
          .sort((a, b) => a.concepts.length - b.concepts.length)[0]!;
        await vscode.commands.executeCommand(COMMANDS.preparePairs, smallest);
        await reached('prepare', 'succeeded', smallest.concepts.length);
        assert.deepEqual(
          runsOf('prepare')
            .map(({ record }) => record?.name)
            .sort(),
          smallest.concepts.map(({ name }) => name).sort(),
        );
      } finally {
        await vscode.commands.executeCommand(COMMANDS.listConceptsByName);
      }
      assert.equal((await conceptNodes()).length, workspaceProject(api).concepts.length);
    });
  });

  describe('of the zoo', () => {
    const trainingNode = async (): Promise<ZooNode & { kind: 'training' }> => {
      const nodes = (await api.trees.zoo.getChildren()) ?? [];
      const node = nodes.find((each) => each.kind === 'training');
      assert.ok(node, 'no training config in the zoo');
      return node;
    };

    /** Makes the first training config's base, so that its zoo is there and empty. */
    async function withBase(): Promise<ZooNode & { kind: 'training' }> {
      const { name, path } = workspaceProject(api).trainings[0]!;
      files.write(`base/${name}.safetensors`, 'stands for a base');
      await vscode.commands.executeCommand(COMMANDS.refresh);
      await until(api.services.zoo.onDidChange, () => api.services.zoo.of(path)?.baseHash !== undefined);
      return trainingNode();
    }

    it('what is missing is shown and collected in one run', async () => {
      const node = await withBase();
      const item = await api.trees.zoo.getTreeItem(node);
      assert.match(String(item.description), /^0 of (\d+), \1 missing$/);
      assert.equal(item.contextValue, 'zooTraining.wanting');
      await vscode.commands.executeCommand(COMMANDS.collectMissing, node);
      await stop('collect');
      const [run] = runsOf('collect');
      assert.ok(argumentsOf(run!).includes('--missing'));
      assert.ok(argumentsOf(run!).includes(`--training=${node.training}`));
      assert.ok(!argumentsOf(run!).some((argument) => argument.startsWith('--workers')));
    });

    it('what is missing is collected by as many processes as the settings want', async () => {
      await changeSetting(SETTINGS.workers, 3);
      try {
        await vscode.commands.executeCommand(COMMANDS.collectMissing, await withBase());
        await stop('collect');
      } finally {
        await changeSetting(SETTINGS.workers, undefined);
      }
      assert.ok(argumentsOf(runsOf('collect')[0]!).includes('--workers=3'));
    });

    it('one missing member is collected by itself', async () => {
      const node = await withBase();
      const members = (await api.trees.zoo.getChildren(node)) ?? [];
      const member = members.find((each) => each.kind === 'member');
      assert.ok(member?.kind === 'member' && member.state?.state === 'missing');
      await vscode.commands.executeCommand(COMMANDS.collectMember, member);
      await stop('collect');
      assert.ok(argumentsOf(runsOf('collect')[0]!).includes(`--concept=${member.concept}`));
    });

    it('ranks are searched for a training config', async () => {
      await vscode.commands.executeCommand(COMMANDS.searchRanks, await withBase());
      await stop('search-ranks');
      const [run] = runsOf('search-ranks');
      assert.equal(run?.record?.concept, undefined);
    });

    it('a training config is described, in a text that is no file', async () => {
      const training = workspaceProject(api).trainings[0]!;
      await vscode.commands.executeCommand(COMMANDS.describeTraining, vscode.Uri.file(training.path));
      const { document } = vscode.window.activeTextEditor!;
      assert.equal(document.getText(), `${training.name} of ${folder}\n`);
      assert.ok(!['file', 'untitled'].includes(document.uri.scheme));
    });
  });

  describe('of the runs', () => {
    let count = 0;

    function fabricate(): FabricatedRun {
      count++;
      const run = new FabricatedRun(folder, `20261124-0500${String(count).padStart(2, '0')}-fine-tune-test`, {
        stage: 'fine-tune',
        name: `run-${count}`,
        training: basename(workspaceProject(api).trainings[0]!.path),
      });
      files.add(run.folder);
      run.begin();
      return run;
    }

    async function inState(run: FabricatedRun, state: Run['state']): Promise<Run> {
      const known = () => api.services.runs.get(folder, run.id);
      await until(api.services.runs.onDidChange, () => known()?.state === state);
      return known()!;
    }

    const agree = modalWarning((_message, _options, button) => button);
    const refuse = modalWarning(() => undefined);
    /** This host's file system has no trash: whether to delete for good is a question of its own. */
    const forGood = (says: (button: string) => string | undefined) =>
      modalWarning((message, _options, button) => {
        assert.match(message, /trash is not available/);
        return says(button);
      });

    it('several that have ended are deleted from disk, and one that is active stays', async () => {
      const [first, second, active] = [fabricate(), fabricate(), fabricate()];
      first.finish('succeeded');
      second.finish('stopped');
      const runs = [
        await inState(first, 'succeeded'),
        await inState(second, 'stopped'),
        await inState(active, 'running'),
      ];
      const question = modalWarning((message, { detail = '' }, button) => {
        assert.equal(message, 'Delete 2 runs?');
        assert.match(detail, new RegExp(`${first.id}[\\s\\S]*${second.id}[\\s\\S]*checkpoints`));
        assert.match(detail, /no longer be resumed[\s\S]*Active runs are not deleted: 1/);
        assert.ok(!detail.includes(active.id));
        return button;
      });
      const agreed = [question, forGood((button) => button)];
      await answering(agreed, COMMANDS.deleteRun, runs[0], runs);
      assert.ok(!existsSync(first.folder) && !existsSync(second.folder));
      assert.ok(existsSync(active.folder));
      assert.equal(api.services.runs.get(folder, first.id), undefined);
    });

    it('nothing is deleted where the user does not agree, nor for good where there is no trash', async () => {
      const run = fabricate();
      run.finish('failed', 'test');
      const known = await inState(run, 'failed');
      await answering([refuse], COMMANDS.deleteRun, known);
      assert.ok(existsSync(run.folder));
      await answering([agree, forGood(() => undefined)], COMMANDS.deleteRun, known);
      assert.ok(existsSync(run.folder));
    });

    it('an active one is refused without a question', async () => {
      const run = await inState(fabricate(), 'running');
      const refusal = failure((message) => assert.match(message, /Stop it first/));
      await answering([refusal], COMMANDS.deleteRun, run);
      assert.ok(existsSync(run.folder));
    });
  });
});
