import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { ImageFileWriter } from '../../src/data/image-file-writer.ts';
import { NO_ARTIFACTS, type ProjectArtifacts } from '../../src/extension/artifacts/project-artifacts.ts';
import { type ConceptNode, ConceptTree } from '../../src/extension/concepts/concept-tree.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import { selectedConcepts } from '../../src/extension/targets/targets.ts';
import type { LoadedConcept, Project } from '../../src/project/load.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concepts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const concept = (name: string, ...tags: string[]) =>
  ({
    name,
    prompt: `make ${name}`,
    tags,
    path: join(folder, 'concepts', `${name}.concept.yaml`),
  }) as LoadedConcept;

const projectOf = (...concepts: LoadedConcept[]) =>
  ({ folder, concepts, trainings: [], problems: [] }) as unknown as Project;

function treeOf(projects: Project[], { made = NO_ARTIFACTS, runs = [] as Run[] } = {}): ConceptTree {
  const silent = { onDidChange: () => ({ dispose() {} }) };
  return new ConceptTree(
    { ...silent, projects } as never,
    { ...silent, runs } as never,
    { ...silent, of: (): ProjectArtifacts => made } as never,
  );
}

function shown(tree: ConceptTree, nodes: ConceptNode[]): unknown[] {
  return nodes.map((node) => {
    const { label, description } = tree.getTreeItem(node);
    return node.kind === 'tag'
      ? [label, description, shown(tree, tree.getChildren(node))]
      : [label, description];
  });
}

/** Ids of everything that the tree would show, opened. */
function ids(tree: ConceptTree, nodes = tree.getChildren()): (string | undefined)[] {
  return nodes.flatMap((node) => [tree.getTreeItem(node).id, ...ids(tree, tree.getChildren(node))]);
}

test('concepts stand one by one, or below each of their tags, those without last', () => {
  const project = projectOf(concept('snow', 'weather', 'cold'), concept('sepia'), concept('fog', 'weather'));
  const tree = treeOf([project]);
  expect(shown(tree, tree.getChildren())).toEqual([
    ['snow', 'make snow'],
    ['sepia', 'make sepia'],
    ['fog', 'make fog'],
  ]);
  const fired: unknown[] = [];
  tree.onDidChangeTreeData((node) => fired.push(node));
  tree.groupByTag(true);
  expect(fired).toHaveLength(1);
  expect(shown(tree, tree.getChildren())).toEqual([
    ['cold', '1', [['snow', 'make snow']]],
    [
      'weather',
      '2',
      [
        ['snow', 'make snow'],
        ['fog', 'make fog'],
      ],
    ],
    ['No tags', '1', [['sepia', 'make sepia']]],
  ]);
  const all = ids(tree);
  expect(new Set(all).size).toBe(all.length);
});

test('what a concept has come to is said before its prompt, and to screen readers', () => {
  const artifact = { file: 'weights/snow/denoised.safetensors', modified: 0, size: 1 };
  const tree = treeOf([projectOf(concept('snow'), concept('fog'))], {
    made: { ...NO_ARTIFACTS, denoised: new Map([['snow', artifact]]) },
  });
  const [snow, fog] = tree.getChildren().map((node) => tree.getTreeItem(node));
  expect(snow).toMatchObject({
    description: 'denoised · make snow',
    contextValue: 'concept.denoised',
    accessibilityInformation: { label: 'snow, denoised, make snow' },
  });
  expect(fog?.accessibilityInformation?.label).toBe('fog, nothing made yet, make fog');
});

test('a filter leaves what it matches, by states as well, and counts it', () => {
  const artifact = { file: 'weights/snow/denoised.safetensors', modified: 0, size: 1 };
  const project = projectOf(concept('snow', 'weather'), concept('fog', 'weather', 'grey'), concept('sepia'));
  const tree = treeOf([project], {
    made: { ...NO_ARTIFACTS, denoised: new Map([['snow', artifact]]) },
    runs: [{ ...run('1', {}), state: 'running', record: { concept: 'concepts/sepia.concept.yaml' } } as Run],
  });
  const labels = () => tree.getChildren().map((node) => tree.getTreeItem(node).label);
  expect(tree.isFiltered).toBe(false);
  const fired: unknown[] = [];
  tree.onDidChangeTreeData((node) => fired.push(node));
  tree.filter('weather');
  expect(fired).toHaveLength(1);
  expect(tree.isFiltered).toBe(true);
  expect(labels()).toEqual(['snow', 'fog']);
  expect(tree.count()).toEqual({ found: 2, all: 3 });
  tree.filter('@denoised');
  expect(labels()).toEqual(['snow']);
  tree.filter('@running');
  expect(labels()).toEqual(['sepia']);
  tree.filter('@nothing @grey');
  expect(labels()).toEqual(['fog']);
  tree.filter('volcano');
  expect(labels()).toEqual([]);
  expect(tree.count()).toEqual({ found: 0, all: 3 });
  tree.filter(' ');
  expect(tree.isFiltered).toBe(false);
  expect(labels()).toEqual(['snow', 'fog', 'sepia']);
});

test('with a filter only tags that have matches are there, open and with these alone', () => {
  const project = projectOf(concept('snow', 'weather', 'cold'), concept('sepia'), concept('fog', 'weather'));
  const tree = treeOf([project]);
  tree.groupByTag(true);
  const groups = () =>
    tree.getChildren().map((node) => {
      const { label, collapsibleState, id } = tree.getTreeItem(node);
      return { label, collapsibleState, id, in: shown(tree, tree.getChildren(node)).length };
    });
  const [Collapsed, Expanded] = [1, 2];
  const [, weather] = tree.getChildren();
  tree.setClosed(weather!, true);
  const before = groups();
  expect(before.map(({ label, collapsibleState }) => [label, collapsibleState])).toEqual([
    ['cold', Expanded],
    ['weather', Collapsed],
    ['No tags', Expanded],
  ]);
  tree.filter('fog');
  const [filtered, ...others] = groups();
  expect(others).toEqual([]);
  expect(filtered).toMatchObject({ label: 'weather', collapsibleState: Expanded, in: 1 });
  // The view remembers by the id what is closed.
  expect(filtered?.id).not.toBe(before[1]?.id);
  // What is closed among what was found says nothing about afterwards.
  tree.setClosed(tree.getChildren()[0]!, false);
  tree.filter('');
  expect(groups()).toEqual(before);
  tree.setClosed(weather!, false);
  expect(groups().map(({ collapsibleState }) => collapsibleState)).toEqual([Expanded, Expanded, Expanded]);
});

test('with a filter only projects that have matches are there', () => {
  const other = { ...projectOf(concept('volcano')), folder: '/other' };
  const tree = treeOf([projectOf(concept('snow')), other]);
  const projects = () => tree.getChildren().map((node) => tree.getTreeItem(node).label);
  expect(projects()).toHaveLength(2);
  tree.filter('volcano');
  expect(projects()).toEqual(['other']);
  expect(tree.count()).toEqual({ found: 1, all: 2 });
  tree.filter('neither');
  expect(projects()).toEqual([]);
});

test('a file that is broken is found by what it is called, a training config is not among what is found', () => {
  const problem = (name: string) => ({ severity: 'error', file: join(folder, name), message: 'unknown key' });
  const problems = [problem('concepts/volcano.concept.yaml'), problem('fast.training.yaml')];
  const tree = treeOf([{ ...projectOf(concept('snow')), problems } as unknown as Project]);
  const kinds = () => tree.getChildren().map(({ kind }) => kind);
  expect(kinds()).toEqual(['broken', 'broken', 'concept']);
  for (const [filter, expected] of [
    ['volc', ['broken']],
    ['fast', []],
    ['yaml', []],
    ['tag:', []],
    ['snow', ['concept']],
  ] as const) {
    tree.filter(filter);
    expect(kinds()).toEqual(expected);
    expect(tree.count()).toEqual({ found: expected.length, all: 2 });
  }
});

async function tooltip(tree: ConceptTree): Promise<string> {
  const [node] = tree.getChildren();
  const item = tree.getTreeItem(node!);
  expect(item.tooltip).toBeUndefined();
  return ((await tree.resolveTreeItem(item, node!)).tooltip as vscode.MarkdownString).value;
}

const run = (id: string, status: Partial<Run['status']>) =>
  ({
    project: folder,
    id,
    folder: join(folder, 'runs', id),
    state: 'succeeded',
    record: { stage: 'fine-tune', name: 'snow', concept: 'concepts/snow.concept.yaml' },
    status,
  }) as unknown as Run;

test('the tooltip has the last metrics and the last picture that a run drew', async () => {
  const runs = [
    run('3', {}),
    run('2', {
      sample: { file: 'samples/000025.png', label: 'source | translated | target', concept: 'snow' },
      metrics: { step: 25, values: { 'quality/psnr': 21.375 } },
    }),
    run('1', { sample: { file: 'samples/000001.png', label: 'older', concept: 'snow' } }),
  ];
  const text = await tooltip(treeOf([projectOf(concept('snow', 'weather'))], { runs }));
  expect(text).toContain(
    `![source | translated | target](file://${folder}/runs/2/samples/000025.png|width=240)`,
  );
  expect(text).toContain('quality/psnr 21.38');
  expect(text).toContain('# weather');
  expect(text).not.toContain('older');
});

test('without a run it has the first held-out pair, source beside target', async () => {
  const side = 200;
  const write = (file: string, values: readonly number[], about: object) =>
    ImageFileWriter.write(join(folder, file), side, async (writer) => {
      for (const value of values) await writer.append(new Uint8Array(side * side * 3).fill(value));
      return about;
    });
  const file = '.dnw/pairs/snow-0123.safetensors';
  await write('.dnw/sources/4567.safetensors', [90, 10], {
    names: ['a.png', 'b.png'],
    originals: [
      [1, 1],
      [1, 1],
    ],
    skipped: [],
  });
  const targets = { sources: '4567.safetensors', rows: [1, 0], names: ['b.png', 'a.png'], test: 1 };
  await write(file, [200, 50], { ...targets, skipped: [], remarks: [] });
  const made = { ...NO_ARTIFACTS, pairs: new Map([['snow', { file, modified: 0, size: 1 }]]) };
  const text = await tooltip(treeOf([projectOf(concept('snow'))], { made }));
  const png = Buffer.from(/base64,([^|]+)\|width=240/.exec(text)![1]!, 'base64');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  expect([width, height]).toEqual([132, 66]);
  const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  const pixel = (x: number, y: number) => [...rows.subarray(y * (width * 3 + 1) + 1 + x * 3).subarray(0, 3)];
  expect(pixel(0, 0)).toEqual([10, 10, 10]);
  expect(pixel(65, 65)).toEqual([10, 10, 10]);
  expect(pixel(66, 0)).toEqual([200, 200, 200]);
  expect(pixel(131, 65)).toEqual([200, 200, 200]);
  expect(text.length).toBeLessThan(100_000);
});

test('a damaged cache has no picture, and the rest is there', async () => {
  const made = { ...NO_ARTIFACTS, pairs: new Map([['snow', { file: 'none', modified: 0, size: 1 }]]) };
  const text = await tooltip(treeOf([projectOf(concept('snow'))], { made }));
  expect(text).not.toContain('![');
  expect(text).toContain('make snow');
});

test('a command on several nodes is about every concept of them once, by project', () => {
  const [snow, fog] = [concept('snow', 'weather'), concept('fog', 'weather')];
  const project = projectOf(snow, fog);
  const tree = treeOf([project]);
  tree.groupByTag(true);
  const [weather] = tree.getChildren();
  const [first] = tree.getChildren(weather);
  const names = (target: unknown, selected?: unknown) =>
    selectedConcepts(target, selected)?.map(({ concepts }) => concepts.map(({ name }) => name));
  expect(names(first, [first, weather])).toEqual([['snow', 'fog']]);
  expect(names(weather)).toEqual([['snow', 'fog']]);
  expect(names(first)).toEqual([['snow']]);
  expect(names({ kind: 'member', project, concept: 'fog' })).toEqual([['fog']]);
  const other = { ...project, folder: '/other' };
  expect(names(first, [first, { kind: 'concept', project: other, concept: snow }])).toEqual([
    ['snow'],
    ['snow'],
  ]);
  expect(names(undefined)).toBeUndefined();
  expect(names({ kind: 'project', project })).toBeUndefined();
});
