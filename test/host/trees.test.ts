import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ConceptNode } from '../../src/extension/concepts/concept-tree.ts';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import { COMMANDS } from '../../src/extension/identifiers.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import type { ZooNode } from '../../src/extension/zoo/zoo-tree.ts';
import { float32, raw, safetensorsBytes } from '../data/safetensors-bytes.ts';
import { answering, quickPick } from './answers.ts';
import { activateExtension, until, workspaceProject } from './extension-under-test.ts';
import { FabricatedRun } from './fabricated-run.ts';
import { callsOf } from './stand-ins.ts';
import { WrittenFiles } from './written-files.ts';

const CONCEPT = 'prompt: host test\ntags: [host]\npairs: { source: ../images, target: { effect: sepia } }\n';
const NAME = 'host-tree';

describe('a tree', () => {
  let api: ExtensionApi;
  let folder: string;
  let count = 0;
  const files = new WrittenFiles();

  before(async () => {
    api = await activateExtension();
    folder = workspaceProject(api).folder;
  });

  afterEach(() => files.remove());

  const none = new vscode.CancellationTokenSource().token;

  /** What a tooltip says, without the escapes of its Markdown. */
  const textOf = ({ tooltip }: vscode.TreeItem) =>
    (tooltip as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
  const iconOf = ({ iconPath }: vscode.TreeItem) => (iconPath as vscode.ThemeIcon).id;

  /** A run that fine-tunes the concept, begun. */
  async function fineTuning(): Promise<{ run: FabricatedRun; known: () => Run }> {
    const run = new FabricatedRun(folder, `20261124-0600${String(++count).padStart(2, '0')}-fine-tune-tree`, {
      stage: 'fine-tune',
      name: NAME,
      training: basename(workspaceProject(api).trainings[0]!.path),
      concept: `concepts/${NAME}.concept.yaml`,
    });
    files.add(run.folder);
    run.begin();
    const known = () => api.services.runs.get(folder, run.id);
    await until(api.services.runs.onDidChange, () => known()?.record !== undefined);
    return { run, known: () => known()! };
  }

  const told = (known: () => Run, holds: (run: Run) => boolean) =>
    until(api.services.runs.onDidChange, () => holds(known()));

  async function conceptNode(): Promise<ConceptNode & { kind: 'concept' }> {
    const nodes = (await api.trees.concepts.getChildren()) ?? [];
    const node = nodes.find((each) => each.kind === 'concept' && each.concept.name === NAME);
    assert.ok(node?.kind === 'concept', `${NAME} is not in the tree`);
    return node;
  }

  const conceptItem = async () => api.trees.concepts.getTreeItem(await conceptNode());

  /** The concept's item with the tooltip that is made only when it is to be seen. */
  async function conceptTooltip(): Promise<string> {
    const item = await conceptItem();
    const resolved = await api.trees.concepts.resolveTreeItem!(item, await conceptNode(), none);
    return textOf(resolved!);
  }

  async function withConcept(): Promise<void> {
    files.write(`concepts/${NAME}.concept.yaml`, CONCEPT);
    await until(api.services.projects.onDidChange, () =>
      workspaceProject(api).concepts.some(({ name }) => name === NAME),
    );
  }

  /** Writes what a stage makes, once the extension knows it. */
  async function withArtifact(
    file: string,
    content: string | Uint8Array,
    isKnown: (artifacts: ReturnType<ExtensionApi['services']['artifacts']['of']>) => boolean,
  ): Promise<void> {
    const { artifacts } = api.services;
    files.write(file, content);
    await until(artifacts.onDidChange, () => isKnown(artifacts.of(folder)));
  }

  describe('of the concepts', () => {
    it('shows with an icon how far a concept has come, and that a run is at work on it', async () => {
      await withConcept();
      const icons = [iconOf(await conceptItem())];
      const look = async () => icons.push(iconOf(await conceptItem()));
      await withArtifact(`.dnw/pairs/${NAME}-0123abcd.safetensors`, '', ({ pairs }) => pairs.has(NAME));
      await look();
      await withArtifact(`zoo/0123456789ab/${NAME}.safetensors`, '', ({ zoo }) =>
        zoo.some(({ members }) => members.has(NAME)),
      );
      await look();
      await withArtifact(`weights/${NAME}/denoised.safetensors`, '', ({ denoised }) => denoised.has(NAME));
      await look();
      const { run, known } = await fineTuning();
      run.progress(30, 120);
      await told(known, ({ status }) => status.progress?.done === 30);
      await look();
      assert.equal((await conceptItem()).description, '25 %, 1 min 30 s left');
      run.finish('succeeded');
      await told(known, ({ state }) => state === 'succeeded');
      await withArtifact(`weights/${NAME}/fine-tuned.safetensors`, '', ({ fineTuned }) =>
        fineTuned.has(NAME),
      );
      await look();
      files.add(files.path(`weights/${NAME}`), files.path('zoo/0123456789ab'));
      assert.deepEqual(icons, [
        'circle-outline',
        'file-media',
        'library',
        'sparkle',
        'sync~spin',
        'pass-filled',
      ]);
      assert.equal((await conceptItem()).description, 'fine-tuned · host test');
    });

    it('has in a tooltip the last metrics, and the newest sample of a run', async () => {
      await withConcept();
      assert.ok(!(await conceptTooltip()).includes('!['));
      const { run, known } = await fineTuning();
      run.emit({ type: 'metrics', step: 300, values: { 'quality/psnr': 21.375 } });
      run.emit({ type: 'sample', step: 300, file: 'samples/a (1)|b.png', label: 'source | target' });
      await told(known, ({ status }) => status.sample !== undefined);
      const text = await conceptTooltip();
      assert.match(text, /^\*\*host-tree\*\*\n\nhost test\n/);
      assert.match(text, /Fine-Tune Concept: quality\/psnr 21\.38/);
      assert.match(text, /# host\n/);
      const [, label, address] = /!\[(.*?)\]\(([^)|]*)\|width=\d+\)/.exec(text) ?? [];
      assert.equal(label, 'source | target');
      assert.equal(vscode.Uri.parse(address!).fsPath, join(run.folder, 'samples/a (1)|b.png'));
    });

    it('has in a tooltip the first held-out pair, source beside target, where no run drew anything', async () => {
      await withConcept();
      // Two pairs of 2 x 2 pixels; the second is not shown.
      const image = (first: number) => Uint8Array.from({ length: 12 }, (_, i) => first + i);
      const imageFile = (first: number, about: object) => {
        const text = Buffer.from(JSON.stringify({ names: ['a.png', 'b.png'], skipped: [], ...about }));
        return safetensorsBytes(
          {
            images: raw('U8', [2, 2, 2, 3], Uint8Array.from([...image(first), ...image(first + 100)])),
            about: raw('U8', [text.length], text),
          },
          { format: 'denoised-weights/images-1' },
        );
      };
      const originals = [
        [2, 2],
        [2, 2],
      ];
      files.write('.dnw/sources/4567.safetensors', imageFile(0, { originals }));
      const targets = { sources: '4567.safetensors', rows: [0, 1], test: 1, remarks: [] };
      await withArtifact(`.dnw/pairs/${NAME}-0123abcd.safetensors`, imageFile(50, targets), ({ pairs }) =>
        pairs.has(NAME),
      );
      const text = await conceptTooltip();
      const [, label, png] = /!\[(.*?)\]\(data:image\/png;base64,([^|]*)\|width=\d+\)/.exec(text) ?? [];
      assert.equal(label, 'source | target');
      const row = (first: number) => [...image(first).subarray(0, 6)];
      assert.deepEqual(pixelsOf(Buffer.from(png!, 'base64')), {
        width: 4,
        height: 2,
        rows: [
          [...row(0), ...row(50)],
          [...row(6), ...row(56)],
        ],
      });
    });
  });

  describe('of the runs', () => {
    it('has in a tooltip the device, what is being done, and what went wrong', async () => {
      const { run, known } = await fineTuning();
      run.emit({ type: 'device', device: 'webgpu', executor: 'onnxruntime', threads: 2, reason: 'test' });
      run.progress(30, 120);
      await told(known, ({ status }) => status.progress !== undefined);
      const text = async () => {
        const { runs } = api.trees;
        return textOf((await runs.resolveTreeItem!(await runs.getTreeItem(known()), known(), none))!);
      };
      assert.match(
        await text(),
        /- State: running\n- Activity: fine-tuning\n- Progress: 25 %, 1 min 30 s left\n/,
      );
      assert.match(await text(), /- Device: webgpu\n/);
      run.finish('failed', 'The disk is full.');
      await told(known, ({ state }) => state === 'failed');
      assert.match(await text(), /- State: failed\n[\s\S]*- Error: The disk is full\.\n/);
      assert.doesNotMatch(await text(), /Activity/);
    });
  });

  describe('of the zoo', () => {
    const BASE = 'stands for a base';
    // docs/file-formats.md: a base's zoo has the first 12 digits of the file's SHA-256.
    const HASH = createHash('sha256').update(BASE).digest('hex').slice(0, 12);
    const member = (concept: string) => `zoo/${HASH}/${concept}.safetensors`;
    const WEIGHTS = { a: float32([1024], new Float32Array(1024)) };

    async function zooNodes(): Promise<ZooNode[]> {
      const { name, path } = workspaceProject(api).trainings[0]!;
      files.write(`base/${name}.safetensors`, BASE);
      files.add(files.path(`zoo/${HASH}`));
      await vscode.commands.executeCommand(COMMANDS.refresh);
      await until(api.services.zoo.onDidChange, () => api.services.zoo.of(path)?.baseHash === HASH);
      const training = (await api.trees.zoo.getChildren())!.find(({ kind }) => kind === 'training');
      return (await api.trees.zoo.getChildren(training))!;
    }

    async function items(): Promise<vscode.TreeItem[]> {
      const nodes = await zooNodes();
      return Promise.all(nodes.map((node) => api.trees.zoo.getTreeItem(node)));
    }

    it('says how large base and members are, and why a member is stale', async () => {
      // What the example's config and concept say now, but for what each member is to be stale for.
      const snow = workspaceProject(api).concepts.find(({ name }) => name === 'snow')!;
      const recorded = (change: object) => ({
        inputs: JSON.stringify({
          prompt: 'a photo in the snow',
          pairs: snow.config.pairs,
          // They are not drawn here.
          images: { count: 0, hash: '' },
          settings: { seed: 1, 'collect.steps': 25, 'lora.rank': 16 },
          ...change,
        }),
      });
      const written: Record<string, Record<string, string>> = {
        snow: recorded({}),
        fog: recorded({ prompt: 'a photo in the fog', settings: { seed: 1, 'collect.steps': 24 } }),
        dusk: { prompt: 'another prompt', steps: '25' },
        night: {},
      };
      for (const [concept, metadata] of Object.entries(written)) {
        files.write(member(concept), safetensorsBytes(WEIGHTS, metadata));
      }
      const found = await items();
      const labels = found.map(({ label }) => label);
      const item = (label: string) => found[labels.indexOf(label)]!;
      // What is to be done comes first.
      assert.deepEqual(labels.slice(-5), ['dusk', 'fog', 'night', 'snow', 'Weight generator']);
      assert.equal(labels[0], 'Base generator');

      const kibibytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
      const size = kibibytes(safetensorsBytes(WEIGHTS, written.snow).length);
      assert.ok(size.startsWith('4.'), size);
      assert.match(String(item('Base generator').description), /^17 B, /);
      assert.ok(String(item('snow').description).startsWith(`${size}, `), `${item('snow').description}`);
      assert.match(textOf(item('snow')), /up to date/);
      assert.equal(item('dusk').description, 'stale: its prompt changed');
      assert.equal(item('fog').description, 'stale: its pairs changed; collect.steps was 24, now 25');
      assert.equal(item('night').description, 'may be stale');
      assert.match(textOf(item('night')), /did not record the inputs/);
      assert.equal(item('sepia').description, 'missing');
      assert.deepEqual(
        ['sepia', 'dusk', 'night', 'snow'].map((label) => iconOf(item(label))),
        ['circle-outline', 'warning', 'question', 'pass'],
      );
    });

    it('reveals what a node stands for, and asks what where it is called on nothing', async () => {
      await withConcept();
      const { known } = await fineTuning();
      files.write(member('snow'), safetensorsBytes(WEIGHTS));
      files.write('zoo/0123456789ab/snow.safetensors', '');
      files.add(files.path('zoo/0123456789ab'));
      const nodes = await zooNodes();
      await vscode.commands.executeCommand(COMMANDS.refresh);
      const roots = (await api.trees.zoo.getChildren())!;
      const revealed = async (work: () => PromiseLike<void>) => {
        const calls = await callsOf('revealInExplorer', work);
        return calls.map(([uri]) => (uri as vscode.Uri).fsPath);
      };
      const expected: [node: unknown, path: string][] = [
        [await conceptNode(), files.path(`concepts/${NAME}.concept.yaml`)],
        [known(), known().folder],
        [roots.find(({ kind }) => kind === 'training'), workspaceProject(api).trainings[0]!.path],
        [roots.find(({ kind }) => kind === 'folder'), files.path('zoo/0123456789ab')],
        [nodes.find(({ kind }) => kind === 'base'), files.path('base/quickstart.safetensors')],
        [nodes.find((node) => node.kind === 'member' && node.artifact), files.path(member('snow'))],
      ];
      for (const [node, path] of expected) {
        assert.deepEqual(await revealed(() => answering([], COMMANDS.reveal, node)), [path]);
      }

      let offered: readonly string[] = [];
      const choose = quickPick<vscode.QuickPickItem>((items) => {
        offered = items.map(({ label }) => label);
        return items.find(({ label }) => label === `zoo/${HASH}`);
      });
      assert.deepEqual(await revealed(() => answering([choose], COMMANDS.reveal)), [
        files.path(`zoo/${HASH}`),
      ]);
      for (const label of [NAME, 'base/quickstart.safetensors', `Fine-Tune Concept: ${NAME}`]) {
        assert.ok(offered.includes(label), `${label} is not among ${offered}`);
      }
    });
  });
});

/** Of a PNG of 8-bit RGB whose rows have no filter. */
function pixelsOf(png: Buffer): { width: number; height: number; rows: number[][] } {
  const data: Buffer[] = [];
  let [width, height] = [0, 0];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const chunk = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') data.push(chunk);
    if (type === 'IHDR') {
      [width, height] = [chunk.readUInt32BE(0), chunk.readUInt32BE(4)];
      assert.deepEqual([...chunk.subarray(8)], [8, 2, 0, 0, 0]);
    }
  }
  const bytes = inflateSync(Buffer.concat(data));
  const stride = 1 + 3 * width;
  const rows = Array.from({ length: height }, (_, y) => bytes.subarray(y * stride, (y + 1) * stride));
  assert.ok(rows.every(([filter]) => filter === 0));
  return { width, height, rows: rows.map((row) => [...row.subarray(1)]) };
}
