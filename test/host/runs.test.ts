import assert from 'node:assert/strict';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, PANELS } from '../../src/extension/identifiers.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import type { Project } from '../../src/project/load.ts';
import { type Answer, answering } from './answers.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { FabricatedRun } from './fabricated-run.ts';

describe('runs', () => {
  let api: ExtensionApi;
  let project: Project;
  const made: FabricatedRun[] = [];
  let count = 0;

  before(async () => {
    api = await activateExtension();
    project = workspaceProject(api);
  });

  afterEach(async () => {
    for (const run of made.splice(0)) run.remove();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  function fabricate(): FabricatedRun {
    const concept = project.concepts[0]!;
    count++;
    const run = new FabricatedRun(
      project.folder,
      `20261124-0400${String(count).padStart(2, '0')}-fine-tune-test`,
      {
        stage: 'fine-tune',
        name: concept.name,
        training: basename(project.trainings[0]!.path),
        concept: `concepts/${basename(concept.path)}`,
      },
    );
    made.push(run);
    return run;
  }

  const known = (run: FabricatedRun) => api.services.runs.get(project.folder, run.id);

  const none = new vscode.CancellationTokenSource().token;

  /** As the view shows it, with its tooltip. */
  async function item(run: FabricatedRun): Promise<vscode.TreeItem> {
    const nodes = (await api.trees.runs.getChildren()) ?? [];
    const node = nodes.find(({ id }) => id === run.id);
    assert.ok(node, `${run.id} is not in the tree`);
    return (await api.trees.runs.resolveTreeItem!(await api.trees.runs.getTreeItem(node), node, none))!;
  }

  const changed = () => api.services.runs.onDidChange;
  const seen = (run: FabricatedRun, holds: (state: Run) => boolean) =>
    until(changed(), () => {
      const now = known(run);
      return now !== undefined && holds(now);
    });

  /** Tabs of Run panels. */
  const panels = () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(PANELS.run));

  it('shows a run that something else started, and follows it event by event to its end', async () => {
    const run = fabricate();
    await seen(run, ({ state }) => state === 'queued');
    run.begin();
    await seen(run, ({ state, record }) => state === 'running' && record !== undefined);
    assert.equal((await item(run)).contextValue, 'run.active');

    for (const done of [10, 20, 300]) {
      run.progress(done, 400);
      await seen(run, ({ status }) => status.progress?.done === done);
    }
    assert.equal((await item(run)).description, '75 %, 1 min 40 s left');

    run.emit({ type: 'metrics', step: 300, values: { 'quality/psnr': 21.375 } });
    await seen(run, ({ status }) => status.metrics?.step === 300);
    assert.match(((await item(run)).tooltip as vscode.MarkdownString).value, /quality\/psnr.*21\.38/);

    run.finish('succeeded');
    await seen(run, ({ state }) => state === 'succeeded');
    assert.equal((await item(run)).contextValue, 'run.ended');
    assert.equal((await item(run)).description, 'finished, 12 s');
  });

  it('waits for the rest of a line that is only half written', async () => {
    const run = fabricate();
    run.begin();
    const line = JSON.stringify({
      time: 0,
      type: 'progress',
      message: 'x',
      done: 7,
      total: 9,
      unit: 'steps',
    });
    const events = join(run.folder, 'events.jsonl');
    appendFileSync(events, line.slice(0, 20));
    await seen(run, ({ state }) => state === 'running');
    assert.equal(known(run)?.status.progress, undefined);
    appendFileSync(events, `${line.slice(20)}\n`);
    await seen(run, ({ status }) => status.progress?.done === 7);
  });

  it('says so where the folder of the run to stop is gone', async () => {
    const run = fabricate();
    run.begin();
    await seen(run, ({ state }) => state === 'running');
    const before = known(run);
    run.remove();
    const gone: Answer = {
      question: 'showErrorMessage',
      say: (message: string, explain: string) => {
        assert.equal(
          message,
          `${run.id}: the run folder no longer exists, so there is nothing to stop. [DNW-176]`,
        );
        return explain;
      },
    };
    await answering([gone], COMMANDS.stopRun, before);
    assert.equal(known(run), undefined);
    const explained = () => {
      const { document, selection } = vscode.window.activeTextEditor ?? {};
      return document?.lineAt(selection!.start).text === '### DNW-176';
    };
    await until(vscode.window.onDidChangeTextEditorSelection, explained);
  });

  it('a stop is asked for by a file in the run folder', async () => {
    const run = fabricate();
    run.begin();
    await seen(run, ({ state }) => state === 'running');
    await vscode.commands.executeCommand(COMMANDS.stopRun, known(run));
    assert.ok(run.stopAsked);
    await seen(run, ({ stopping }) => stopping);
    assert.equal((await item(run)).description, 'stopping');
    run.finish('stopped');
    await seen(run, ({ state }) => state === 'stopped');
    assert.equal((await item(run)).contextValue, 'run.resumable');
  });

  it('a run whose process is gone without a word counts as interrupted', async () => {
    const run = fabricate();
    run.begin();
    await seen(run, ({ state }) => state === 'running');
    run.die();
    await seen(run, ({ state }) => state === 'interrupted');
    assert.equal((await item(run)).contextValue, 'run.resumable');
  });

  it('a run that is deleted on disk disappears', async () => {
    const run = fabricate();
    run.begin();
    await seen(run, ({ state }) => state === 'running');
    run.remove();
    await until(changed(), () => known(run) === undefined);
  });

  it('a damaged record is told of where its run is listed, and hides no other', async () => {
    const damaged = fabricate();
    writeFileSync(join(damaged.folder, 'run.json'), '{"version":');
    await seen(damaged, ({ damage }) => damage !== undefined);
    const { label, description, tooltip, contextValue } = await item(damaged);
    assert.deepEqual([label, description, contextValue], [damaged.id, 'damaged', 'run.ended']);
    const told = (tooltip as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ');
    assert.match(told, /run\.json is not valid JSON.*delete its folder/);
    const run = fabricate();
    run.begin();
    await seen(run, ({ state }) => state === 'running');
    assert.equal(known(damaged)?.record, undefined);
  });

  it('opens a panel for a run, once, and the log where there is one', async () => {
    const run = fabricate();
    run.begin();
    await seen(run, ({ state }) => state === 'running');
    await vscode.commands.executeCommand(COMMANDS.openRun, known(run));
    await vscode.commands.executeCommand(COMMANDS.openRun, known(run));
    await until(vscode.window.tabGroups.onDidChangeTabs, () => panels().length > 0);
    assert.equal(panels().length, 1);

    writeFileSync(join(run.folder, 'engine.log'), 'what the engine said\n');
    await vscode.commands.executeCommand(COMMANDS.showRunLog, known(run));
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'what the engine said\n');
  });

  describe('compared', () => {
    const { onDidChangeTabs } = vscode.window.tabGroups;
    const shows = (...labels: string[]) =>
      until(
        onDidChangeTabs,
        () =>
          panels()
            .map(({ label }) => label)
            .join() === labels.join(),
      );

    /** Runs that have begun, as the tree would hand them over. */
    async function begun(count: number): Promise<{ fabricated: FabricatedRun[]; nodes: Run[] }> {
      const fabricated = Array.from({ length: count }, fabricate);
      for (const run of fabricated) run.begin();
      for (const run of fabricated) await seen(run, ({ record }) => record !== undefined);
      return { fabricated, nodes: fabricated.map((run) => known(run)!) };
    }

    it('share the panel of the one that the command was called on, which follows the selection', async () => {
      const { fabricated, nodes } = await begun(3);
      const [first] = nodes;
      const label = `Fine-Tune Concept: ${first!.record!.name}`;
      await vscode.commands.executeCommand(COMMANDS.compareRuns, first, nodes);
      await shows(`${label} and 2 more`);
      await vscode.commands.executeCommand(COMMANDS.compareRuns, first, nodes.slice(0, 2));
      await shows(`${label} and 1 more`);
      await vscode.commands.executeCommand(COMMANDS.openRun, first);
      await shows(`${label} and 1 more`);

      fabricated[1]!.remove();
      await shows(label);
    });

    it('are at most six, and otherwise nothing opens', async () => {
      const { nodes } = await begun(7);
      // The message that tells why stays open: nothing answers it here.
      await vscode.commands.executeCommand(COMMANDS.compareRuns, nodes[0], nodes);
      assert.deepEqual(panels(), []);
      await vscode.commands.executeCommand(COMMANDS.compareRuns, nodes[0], nodes.slice(0, 6));
      await shows(`Fine-Tune Concept: ${nodes[0]!.record!.name} and 5 more`);
    });
  });

  it('leaves the run folder of an active run alone when asked to delete it', async () => {
    const run = fabricate();
    run.begin();
    await seen(run, ({ state }) => state === 'running');
    // The message that tells why stays open: nothing answers it here.
    await vscode.commands.executeCommand(COMMANDS.deleteRun, known(run));
    assert.ok(existsSync(run.folder));
  });
});
