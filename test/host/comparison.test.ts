import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, PANELS } from '../../src/extension/identifiers.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import type { Project } from '../../src/project/load.ts';
import type { SavedComparison } from '../../src/protocol/comparison.ts';
import { RUN_FILES } from '../../src/protocol/run.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { FabricatedRun } from './fabricated-run.ts';
import { answerToPage, type PageAnswer } from './page-answers.ts';

describe('the comparison', () => {
  let api: ExtensionApi;
  let project: Project;
  const made: FabricatedRun[] = [];
  /** Every run has a name of its own: the extension may not have noticed yet that an earlier one was removed. */
  let count = 0;

  before(async () => {
    api = await activateExtension();
    project = workspaceProject(api);
  });

  afterEach(async () => {
    for (const run of made.splice(0)) run.remove();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** A finished evaluation of the first concept whose file has this content. */
  async function evaluated(content: string): Promise<Run> {
    const concept = project.concepts[0]!;
    const run = new FabricatedRun(
      project.folder,
      `20261124-0500${String(count++).padStart(2, '0')}-evaluate-test`,
      {
        stage: 'evaluate',
        name: concept.name,
        training: basename(project.trainings[0]!.path),
        concept: `concepts/${basename(concept.path)}`,
      },
    );
    made.push(run);
    run.begin();
    writeFileSync(join(run.folder, RUN_FILES.result), content);
    run.finish('succeeded');
    const known = () => api.services.runs.get(project.folder, run.id);
    await until(
      api.services.runs.onDidChange,
      () => known()?.state === 'succeeded' && known()?.record !== undefined,
    );
    return known()!;
  }

  function comparison(): SavedComparison {
    const { name, prompt } = project.concepts[0]!;
    const quality = { psnr: 20, ssim: 0.5, l1: 0.1, patchFd: 3 };
    return {
      concept: name,
      prompt,
      images: 4,
      size: 32,
      seed: 1,
      device: 'cpu, 2 threads',
      curves: [{ method: 'denoised', points: [{ steps: 0, seconds: 0, ...quality }] }],
      starts: [{ concept: name, prompt, quality: { denoised: quality } }],
    };
  }

  const whole = () =>
    JSON.stringify({ status: 'succeeded', seconds: 1, result: { comparison: comparison() } });

  /** Opens the panel of a run; gives the first answer to its page for which a condition holds. */
  async function shown(run: Run, holds: (answer: PageAnswer) => boolean): Promise<PageAnswer> {
    return answerToPage(holds, () => vscode.commands.executeCommand(COMMANDS.showComparison, run));
  }

  const panels = () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(
        ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(PANELS.compare),
      );

  it('opens once for a run, from its menu, and once for its concept', async () => {
    const run = await evaluated(whole());
    assert.equal((await api.trees.runs.getTreeItem(run)).contextValue, 'run.evaluation.ended');
    await vscode.commands.executeCommand(COMMANDS.showComparison, run);
    await vscode.commands.executeCommand(COMMANDS.showComparison, run);
    await until(vscode.window.tabGroups.onDidChangeTabs, () => panels().length > 0);
    assert.deepEqual(
      panels().map(({ label }) => label),
      [`Comparison: ${project.concepts[0]!.name}`],
    );
    await vscode.commands.executeCommand(COMMANDS.showComparison, { project, concept: project.concepts[0] });
    await until(vscode.window.tabGroups.onDidChangeTabs, () => panels().length > 1);
    assert.equal(panels().length, 2);
  });

  it('is read from the run’s folder, and what is none names its file', async () => {
    const complete = await evaluated(whole());
    const { result } = await shown(complete, ({ result }) => isDeepStrictEqual(result, comparison()));
    assert.deepEqual(result, comparison());
    const told = async (run: Run) => (await shown(run, ({ error }) => error !== undefined)).error!.message;
    const cut = await evaluated('{"status":"succ');
    const foreign = await evaluated('{"status":"succeeded","seconds":1,"result":{"steps":3}}');
    const startOf = (run: Run, what: string) => `${join(run.folder, RUN_FILES.result)} ${what}`;
    const damaged = await told(cut);
    assert.ok(damaged.startsWith(startOf(cut, 'is damaged')), damaged);
    const none = await told(foreign);
    assert.ok(none.startsWith(startOf(foreign, 'does not contain a comparison')), none);
  });
});
