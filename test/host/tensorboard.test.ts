import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS, SETTINGS } from '../../src/extension/identifiers.ts';
import type { MetricsEvent, RunEvent } from '../../src/protocol/events.ts';
import { RUN_FILES } from '../../src/protocol/run.ts';
import { readEventFolders } from '../engine/tensorboard/read-events.ts';
import { activateExtension, until } from './extension-under-test.ts';
import { changeSetting } from './settings.ts';
import { WrittenFiles } from './written-files.ts';

const STEPS = 3;
const TRAINING = `extends: preset:fast
device: cpu
threads: 1
image: { size: 32, train: 4, test: 2 }
generator: { channels: 8 }
base: { steps: ${STEPS}, batchSize: 2 }
`;

describe('the setting for TensorBoard', () => {
  let api: ExtensionApi;
  const files = new WrittenFiles();
  let training: string;

  before(async () => {
    api = await activateExtension();
  });

  afterEach(async () => {
    await changeSetting(SETTINGS.tensorBoard, undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await files.remove();
  });

  /** Trains a small base with the engine that is installed. @returns the run's folder */
  async function trained(): Promise<string> {
    const { runs } = api.services;
    const ours = () => runs.runs.filter(({ project }) => project === files.path('host-training'));
    const known = new Set(ours().map(({ id }) => id));
    await vscode.commands.executeCommand(COMMANDS.trainBase, vscode.Uri.file(training));
    const run = () => ours().find(({ id }) => !known.has(id));
    const states = ['succeeded', 'failed', 'interrupted'];
    await until(runs.onDidChange, () => states.includes(run()?.state ?? ''));
    const { state, status, folder } = run()!;
    assert.equal(state, 'succeeded', status.error);
    return folder;
  }

  it('has a run write its metrics as event files, and only where it is on', async () => {
    files.add(files.path('host-training'));
    files.write('host-training/drawn-images.json', '{ "folder": "images", "count": 6, "seed": 1 }');
    for (const effect of ['snow', 'fog']) {
      const text = `prompt: ${effect}\npairs: { source: ../images, target: { effect: ${effect} } }\n`;
      files.write(`host-training/concepts/${effect}.concept.yaml`, text);
    }
    training = files.write('host-training/host.training.yaml', TRAINING);
    await until(api.services.projects.onDidChange, () =>
      api.services.projects.projects.some(({ trainings }) => trainings.some(({ path }) => path === training)),
    );
    assert.ok(!existsSync(join(await trained(), RUN_FILES.tensorBoard)));

    await changeSetting(SETTINGS.tensorBoard, true);
    const run = await trained();
    const scalars = Object.values(readEventFolders(join(run, RUN_FILES.tensorBoard))).flatMap((events) =>
      events.flatMap(({ step = 0, summary }) =>
        (summary?.value ?? []).map(({ tag, simple_value }) => [step, tag, simple_value]),
      ),
    );
    const metrics = readFileSync(join(run, RUN_FILES.events), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent)
      .filter((event): event is MetricsEvent => event.type === 'metrics');
    assert.ok(metrics.some(({ step }) => step === STEPS));
    assert.deepEqual(
      scalars,
      metrics.flatMap(({ step, values }) =>
        Object.entries(values).map(([tag, value]) => [step, tag, Math.fround(value)]),
      ),
    );
  });
});
