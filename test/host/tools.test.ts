import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import manifest from '../../package.json';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { SETTINGS, TOOLS } from '../../src/extension/identifiers.ts';
import { startRunTool } from '../../src/extension/tools/start-run.ts';
import { languageModelTool } from '../../src/extension/tools/tool.ts';
import { RUN_FILES } from '../../src/protocol/run.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { FabricatedRun } from './fabricated-run.ts';
import { fakeNode } from './fake-node.ts';
import { changeSetting } from './settings.ts';
import { insteadOf } from './stand-ins.ts';
import { WrittenFiles } from './written-files.ts';

const CONCEPT = 'prompt: host test\ntags: [host]\npairs: { source: ../images, target: { effect: sepia } }\n';

describe('language model tools', () => {
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
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await files.remove();
  });

  after(async () => {
    await changeSetting(SETTINGS.engineNode, undefined);
    rmSync(programs, { recursive: true, force: true });
  });

  async function invoke(name: string, input: object, token?: vscode.CancellationToken): Promise<string> {
    const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
    return content.map((part) => (part as vscode.LanguageModelTextPart).value).join('');
  }

  const refused = (name: string, input: object, said: RegExp) =>
    assert.rejects(invoke(name, input), ({ message }: Error) => {
      assert.match(message, said);
      return true;
    });

  const untrusted = (work: () => Promise<void>) => insteadOf(vscode.workspace, 'isTrusted', false, work);

  it('are there for models, with the schema and the description of package.json', () => {
    for (const { name, modelDescription, inputSchema, tags } of manifest.contributes.languageModelTools) {
      const tool = vscode.lm.tools.find((candidate) => candidate.name === name);
      assert.ok(tool, `${name} is not there`);
      assert.equal(tool.description, modelDescription);
      assert.deepEqual(tool.inputSchema, inputSchema);
      assert.deepEqual(tool.tags, tags);
    }
  });

  it('tell an input with a mistake from a right one', async () => {
    for (const name of Object.values(TOOLS))
      await refused(name, { concpet: 'snow' }, /concpet.* \[DNW-105\]$/);
  });

  it('end at once when their call was cancelled', async () => {
    const cancelled = new vscode.CancellationTokenSource();
    cancelled.cancel();
    await assert.rejects(invoke(TOOLS.listConcepts, {}, cancelled.token), /Cancel/i);
  });

  describe('dnw_listConcepts', () => {
    it('lists every concept of the project', async () => {
      const text = await invoke(TOOLS.listConcepts, {});
      for (const { name, prompt } of workspaceProject(api).concepts) {
        assert.ok(text.includes(`- ${name}: prompt ${JSON.stringify(prompt)};`), `${name} is not in ${text}`);
      }
    });

    it('sees a file that was written just now, and what its stages have made', async () => {
      files.write('concepts/host-test.concept.yaml', CONCEPT);
      files.write('weights/host-test/denoised.safetensors', '');
      const lines = (await invoke(TOOLS.listConcepts, { tag: 'host' })).split('\n');
      const concepts = lines.filter((line) => line.startsWith('- '));
      assert.equal(concepts.length, 1);
      assert.match(concepts[0]!, /^- host-test: prompt "host test"; tags: host; .*has: denoised weights$/);
    });

    it('names the tags where none is meant by what it was given', () =>
      refused(TOOLS.listConcepts, { tag: 'zo' }, /tag "zo": no concept has this tag\. Available: .*zoo/));

    it('names the projects where several are there, or none is meant', async () => {
      await refused(TOOLS.listConcepts, { project: 'nowhere' }, /"nowhere": no such project/);
      const second = files.write('second/two.training.yaml', 'extends: preset:fast\n');
      files.add(dirname(second));
      await refused(TOOLS.listConcepts, {}, new RegExp(`several projects.*${basename(folder)}/second`));
      assert.match(await invoke(TOOLS.listConcepts, { project: 'second' }), /Training configs: two/);
    });
  });

  describe('dnw_validateProject', () => {
    it('gives each mistake its file, line and remedy', async () => {
      const path = files.write('concepts/host-test.concept.yaml', `${CONCEPT}promt: typo\n`);
      const text = await invoke(TOOLS.validateProject, {});
      assert.ok(text.includes(`- ${path}:4:1: error: `), text);
      assert.match(text, /promt.*replace "promt" with "prompt"/);
    });

    it('checks what the editor shows, saved or not', async () => {
      const path = files.write('concepts/host-unsaved.concept.yaml', CONCEPT);
      const document = await vscode.workspace.openTextDocument(path);
      await vscode.window.showTextDocument(document);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(3, 0), 'promt: typo\n');
      await vscode.workspace.applyEdit(edit);
      assert.ok(document.isDirty);
      const text = await invoke(TOOLS.validateProject, {});
      assert.ok(text.includes(`Checked with unsaved changes in the editor: ${path}`), text);
      assert.ok(text.includes(`- ${path}:4:1: error: `), text);
    });

    it('names the projects where none is meant by what it was given', () =>
      refused(
        TOOLS.validateProject,
        { project: '/no/where' },
        /"\/no\/where": no such project\. Projects: /,
      ));
  });

  describe('dnw_describeRun', () => {
    function fabricate(id: string): FabricatedRun {
      const { trainings, concepts } = workspaceProject(api);
      const run = new FabricatedRun(folder, id, {
        stage: 'fine-tune',
        name: concepts[0]!.name,
        training: basename(trainings[0]!.path),
        concept: `concepts/${basename(concepts[0]!.path)}`,
      });
      files.add(run.folder);
      return run;
    }

    it('tells where the active run stands, up to what was written last', async () => {
      const run = fabricate('20261124-050000-fine-tune-tool');
      run.begin();
      run.emit({ type: 'metrics', step: 300, values: { 'quality/psnr': 21.375 } });
      run.progress(300, 400);
      const text = await invoke(TOOLS.describeRun, {});
      assert.match(text, /^Run: 20261124-050000-fine-tune-tool\n/);
      assert.match(text, /State: running\nProgress: fine-tuning, 300 of 400 steps, 75 %\nTime left: .*100 s/);
      assert.match(text, /Latest metrics: quality\/psnr 21\.38 \(step 300\)/);
      run.finish('failed', 'The disk is full.');
      assert.match(
        await invoke(TOOLS.describeRun, { run: run.id }),
        /State: failed\n[\s\S]*\nError: The disk is full\./,
      );
    });

    it('names the runs where several are active, or none is meant', async () => {
      const runs = [fabricate('20261124-050001-a'), fabricate('20261124-050002-b')];
      for (const run of runs) run.begin();
      await refused(
        TOOLS.describeRun,
        {},
        /Several runs are active.*\n- 20261124-050002-b.*\n- 20261124-050001-a/,
      );
      await refused(TOOLS.describeRun, { run: 'c' }, /"c": no such run.*\n- 20261124-050002-b: running/);
      await refused(TOOLS.describeRun, { project: 'x', run: 'c' }, /project "x": no such project/);
    });
  });

  describe('dnw_startRun', () => {
    const ours = () => api.services.runs.runs.filter(({ id }) => /-(denoise|fine-tune|collect)-/.test(id));

    /** Calls the tool where the user has approved every call, so that nobody is asked. */
    async function approved(input: object, token?: vscode.CancellationToken): Promise<string> {
      const chat = vscode.workspace.getConfiguration('chat.tools.global');
      // The workbench's own tests leave out the question whether that is really meant in this way.
      const testMode = (on: boolean) =>
        vscode.commands.executeCommand('setContext', 'vscode.chat.tools.global.autoApprove.testMode', on);
      await testMode(true);
      await chat.update('autoApprove', true, vscode.ConfigurationTarget.Global);
      try {
        return await invoke(TOOLS.startRun, input, token);
      } finally {
        await chat.update('autoApprove', undefined, vscode.ConfigurationTarget.Global);
        await testMode(false);
      }
    }

    it('asks the user before it starts anything, and says what it will do', async () => {
      const { concepts, trainings } = workspaceProject(api);
      const input = { stage: 'denoise', concept: concepts[0]!.name, steps: 7 };
      // The editor has no way to hand over what an installed tool would ask: this one is made of the same source.
      const tool = languageModelTool(startRunTool(api.services), api.services.log);
      const { token } = new vscode.CancellationTokenSource();
      const prepared = await tool.prepareInvocation!({ input }, token);
      const { title, message } = prepared!.confirmationMessages!;
      assert.equal(title, `Start Denoise Weights: ${concepts[0]!.name}?`);
      const shown = (message as vscode.MarkdownString).value.replaceAll('\\', '').replaceAll('&nbsp;', ' ');
      for (const part of [folder, trainings[0]!.name, concepts[0]!.name, 'Steps: 7', 'Device: ']) {
        assert.ok(shown.includes(part), `${part} is not in ${shown}`);
      }
      assert.deepEqual(ours(), []);
    });

    it('starts the run and answers once the engine has begun it', async () => {
      const concept = workspaceProject(api).concepts[0]!.name;
      const input = { stage: 'denoise', concept, steps: 7, seed: 3 };
      const value = await approved(input);
      const [run] = ours();
      assert.ok(run);
      files.add(run.folder);
      assert.ok(value.startsWith(`Run: ${run.id}\n`), value);
      assert.match(value, /Stage: denoise\n/);
      assert.match(value, /State: running\n/);
      assert.ok(value.includes(TOOLS.describeRun));
      const given = run.record?.options.arguments as string[];
      for (const argument of [`--concept=${concept}`, '--steps=7', '--seed=3']) {
        assert.ok(given.includes(argument), `${argument} is not in ${given}`);
      }
      writeFileSync(join(run.folder, RUN_FILES.stopRequest), '');
      await until(api.services.runs.onDidChange, () => ours()[0]?.state === 'stopped');
    });

    it('does not start what was cancelled before', async () => {
      const cancelled = new vscode.CancellationTokenSource();
      cancelled.cancel();
      const input = { stage: 'denoise', concept: workspaceProject(api).concepts[0]!.name };
      await assert.rejects(approved(input, cancelled.token), /Cancel/i);
      await api.services.runs.refresh();
      assert.deepEqual(ours(), []);
    });

    it('tells the engine’s own words where it cannot be started', async () => {
      await changeSetting(SETTINGS.engineNode, join(programs, 'nowhere'));
      try {
        const input = { stage: 'denoise', concept: workspaceProject(api).concepts[0]!.name };
        await assert.rejects(approved(input), /nowhere" is not an executable program/);
      } finally {
        await changeSetting(SETTINGS.engineNode, join(programs, 'node'));
      }
      await api.services.runs.refresh();
      assert.deepEqual(ours(), []);
    });

    it('tells the last words of an engine that ended before the run began', async () => {
      const broken = join(programs, 'broken');
      writeFileSync(broken, '#!/bin/sh\necho the bundle is damaged >&2\nexit 3\n', { mode: 0o755 });
      await changeSetting(SETTINGS.engineNode, broken);
      try {
        const input = { stage: 'denoise', concept: workspaceProject(api).concepts[0]!.name };
        await assert.rejects(approved(input), /ended before the run began\.\nthe bundle is damaged/);
      } finally {
        await changeSetting(SETTINGS.engineNode, join(programs, 'node'));
      }
      await api.services.runs.refresh();
      assert.deepEqual(ours(), []);
    });

    // Nobody is asked: the dialog would stay open, and the calls would never end.
    it('refuses a stage that it does not have', () =>
      refused(TOOLS.startRun, { stage: 'translate', concept: 'snow' }, /stage: .*"fine-tune"/));
    it('names the concepts to a stage that needs one', () =>
      refused(TOOLS.startRun, { stage: 'denoise' }, /specify `concept`\. Available: .*snow/));
    it('names the concepts where none is meant', () =>
      refused(TOOLS.startRun, { stage: 'denoise', concept: 'snwo' }, /Did you mean "snow"\?/));
    it('names the stages that take what this one does not', () =>
      refused(TOOLS.startRun, { stage: 'collect', steps: 4 }, /does not accept `steps`.*fine-tune/));
    it('names the training configs where none is meant', () =>
      refused(
        TOOLS.startRun,
        { stage: 'collect', training: 'x' },
        /no such training config.*Available: quickstart/,
      ));
    it('names the projects where none is meant', () =>
      refused(
        TOOLS.startRun,
        { stage: 'collect', project: 'x' },
        /project "x": no such project\. Projects: \//,
      ));
    it('lists the mistakes that stand in the way', async () => {
      files.write('concepts/host-broken.concept.yaml', 'prompt: [not, text]\n');
      await refused(
        TOOLS.startRun,
        { stage: 'collect' },
        /Fix these.*\n.*host-broken\.concept\.yaml:1:\d+: error/,
      );
    });
    it('refuses in a workspace that is not trusted', () =>
      untrusted(() => refused(TOOLS.startRun, { stage: 'collect' }, /not trusted/)));
  });

  describe('dnw_weightStatistics', () => {
    it('gives every layer its figures beside the zoo’s', async () => {
      files.write('weights/snow/denoised.safetensors', '');
      const text = await invoke(TOOLS.weightStatistics, { concept: 'snow' });
      assert.match(
        text,
        /^LoRA weights of snow: denoised, weights\/snow\/denoised\.safetensors; .*quickstart/,
      );
      assert.ok(text.includes('| down1.lora.up | 5x5 | 2 | 1 | 2 | 0.5 | 0.1 | 0.1 | 0 |'), text);
      assert.ok(text.includes('| up1.lora.up | 5x5 | 2 | 1 | 2 | 0.5 | 0.1 | 0.1 | 3 |'), text);
      const one = await invoke(TOOLS.weightStatistics, { concept: 'snow', layer: 'up1.' });
      assert.ok(one.includes('| up1.lora.up |') && !one.includes('| down1.lora.up |'), one);
    });

    it('names the layers where none is meant', async () => {
      files.write('weights/snow/denoised.safetensors', '');
      const input = { concept: 'snow', layer: 'attention' };
      await refused(TOOLS.weightStatistics, input, /"attention".*Available: down1\.lora\.up, up1\.lora\.up/);
    });

    it('names what a concept has where it has not what is asked for', async () => {
      await refused(
        TOOLS.weightStatistics,
        { concept: 'fog' },
        /fog has no weights\. Available: none\..*denoise/,
      );
      files.write('weights/snow/denoised.safetensors', '');
      const input = { concept: 'snow', weights: 'zoo' };
      await refused(TOOLS.weightStatistics, input, /no zoo weights\. Available: denoised\./);
      await refused(TOOLS.weightStatistics, { concept: 'snow', weights: 'x' }, /weights: .*"fine-tuned"/);
    });

    it('names the concepts where none is meant', () =>
      refused(TOOLS.weightStatistics, { concept: 'snwo' }, /Did you mean "snow"\? Available: .*fog/));

    it('names the training configs and the projects where none is meant', async () => {
      const concept = 'snow';
      await refused(
        TOOLS.weightStatistics,
        { concept, training: 'x' },
        /training "x".*Available: quickstart/,
      );
      await refused(TOOLS.weightStatistics, { concept, project: 'x' }, /project "x": no such project/);
    });

    it('refuses in a workspace that is not trusted; what only reads goes on', async () => {
      files.write('weights/snow/denoised.safetensors', '');
      await untrusted(async () => {
        await refused(TOOLS.weightStatistics, { concept: 'snow' }, /not trusted/);
        assert.match(await invoke(TOOLS.listConcepts, {}), /- snow: /);
      });
    });

    it('ends when its call is cancelled while the engine computes', async () => {
      files.write('weights/snow/fine-tuned.safetensors', '');
      const asked = join(folder, 'statistics-asked');
      files.add(asked);
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(folder, basename(asked)),
      );
      const source = new vscode.CancellationTokenSource();
      const call = invoke(TOOLS.weightStatistics, { concept: 'snow', weights: 'fine-tuned' }, source.token);
      const rejected = assert.rejects(call, /Cancel/i);
      await until(watcher.onDidCreate, () => existsSync(asked));
      watcher.dispose();
      source.cancel();
      await rejected;
    });
  });
});
