import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeSafetensors } from '../../src/data/safetensors.ts';
import { readArtifacts } from '../../src/extension/artifacts/project-artifacts.ts';
import { wantedMembers, ZooStatus } from '../../src/extension/zoo/zoo-status.ts';
import { type ZooNode, ZooTree } from '../../src/extension/zoo/zoo-tree.ts';
import { DiskView } from '../../src/project/disk/disk-view.ts';
import { baseHashOf, hashFile } from '../../src/project/disk/file-hash.ts';
import { loadProject } from '../../src/project/load.ts';
import { projectPaths } from '../../src/project/paths.ts';
import { ImageStamps } from '../../src/project/zoo/image-stamps.ts';
import { INPUTS_KEY, memberInputs } from '../../src/project/zoo/member-inputs.ts';
import { temporaryProject } from '../project/temporary-project.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const conceptText = (prompt: string) =>
  `prompt: ${prompt}\npairs: { source: ../images, target: { effect: fog } }\n`;

/** A project of three zoo concepts with a base; `fog` and `snow` are collected. */
async function zooProject() {
  const folder = await temporaryProject({
    'fast.training.yaml': 'extends: preset:fast\ncollect: { holdOut: [dusk] }\n',
    'concepts/dusk.concept.yaml': conceptText('dusk'),
    'concepts/fog.concept.yaml': conceptText('fog'),
    'concepts/sepia.concept.yaml': conceptText('sepia'),
    'concepts/snow.concept.yaml': conceptText('snow'),
    'images/a.jpg': '1',
    'images/b.jpg': '2',
    'base/fast.safetensors': 'stands for a base',
  });
  const paths = projectPaths(folder);
  const baseHash = baseHashOf(await hashFile(paths.base('fast')));
  const { concepts, trainings } = await loadProject(folder);
  for (const name of ['fog', 'snow']) {
    const concept = concepts.find((each) => each.name === name)!;
    const inputs = await memberInputs(concept, trainings[0]!, new ImageStamps(new DiskView()));
    const path = paths.zooMember(baseHash, name);
    mkdirSync(dirname(path), { recursive: true });
    await writeSafetensors(path, {}, { prompt: name, [INPUTS_KEY]: JSON.stringify(inputs) });
  }
  return { folder, paths, baseHash };
}

/** The tree and its parts as they stand on disk now. */
async function look(folder: string) {
  const project = await loadProject(folder);
  const made = await readArtifacts(folder);
  const silent = { onDidChange: () => ({ dispose() {} }) };
  const projects = { ...silent, projects: [project] };
  const artifacts = { ...silent, of: () => made };
  const warnings: string[] = [];
  const log = { warn: (text: string) => warnings.push(text) };
  const status = new ZooStatus(projects as never, artifacts as never, log as never);
  await status.refresh();
  expect(warnings).toEqual([]);
  const tree = new ZooTree(projects as never, artifacts as never, status);
  const item = (node: ZooNode) => tree.getTreeItem(node);
  return { project, status, tree, top: tree.getChildren(), item };
}

async function lines(folder: string) {
  const { tree, top, item } = await look(folder);
  const [training] = top;
  return tree.getChildren(training).map((node) => {
    const { label, contextValue } = item(node);
    return [label, contextValue];
  });
}

test('each training config has its base, its members, what is to be done first, and its weight generator', async () => {
  const { folder } = await zooProject();
  const { top, item, status, project } = await look(folder);
  expect(top.map((node) => [item(node).label, item(node).description, item(node).contextValue])).toEqual([
    ['fast', '2 of 3, 1 missing', 'zooTraining.wanting'],
  ]);
  expect(await lines(folder)).toEqual([
    ['Base generator', 'zooBase'],
    ['sepia', 'zooMissing'],
    ['fog', 'zooMember.current'],
    ['snow', 'zooMember.current'],
    ['Weight generator', 'zooWeightGenerator.none'],
  ]);
  expect(wantedMembers(status.of(project.trainings[0]!.path)!)).toEqual(['sepia']);
});

test('a stale member says why, and is to be collected', async () => {
  const { folder } = await zooProject();
  writeFileSync(join(folder, 'images/c.jpg'), '3');
  writeFileSync(join(folder, 'concepts/snow.concept.yaml'), conceptText('blizzard'));
  const { tree, top, item, status, project } = await look(folder);
  const members = tree.getChildren(top[0]).filter(({ kind }) => kind === 'member');
  expect(members.map((node) => [item(node).label, item(node).description])).toEqual([
    ['sepia', 'missing'],
    ['fog', 'stale: its images changed (2, now 3)'],
    ['snow', 'stale: its prompt changed; its images changed (2, now 3)'],
  ]);
  expect(item(members[1]!).contextValue).toBe('zooMember.stale');
  expect(item(top[0]!).description).toBe('2 of 3, 1 missing, 2 stale');
  expect(wantedMembers(status.of(project.trainings[0]!.path)!)).toEqual(['fog', 'sepia', 'snow']);
});

test('a member of an earlier version is not called up to date, nor to be collected', async () => {
  const { folder, paths, baseHash } = await zooProject();
  await writeSafetensors(paths.zooMember(baseHash, 'sepia'), {}, { prompt: 'sepia' });
  const { top, item, tree } = await look(folder);
  const sepia = tree.getChildren(top[0]).find((node) => node.kind === 'member' && node.concept === 'sepia');
  expect(item(sepia!).description).toBe('may be stale');
  expect(item(top[0]!)).toMatchObject({ description: '3 of 3, 1 may be stale', contextValue: 'zooTraining' });
});

test('with a new base every member is missing, and the old ones stand by themselves', async () => {
  const { folder, baseHash } = await zooProject();
  writeFileSync(join(folder, 'base/fast.safetensors'), 'stands for another base');
  const { tree, top, item } = await look(folder);
  expect(top.map((node) => [item(node).label, item(node).contextValue])).toEqual([
    ['fast', 'zooTraining.wanting'],
    [`Zoo on base ${baseHash}`, 'zooFolder'],
  ]);
  expect(item(top[0]!).description).toBe('0 of 3, 3 missing');
  expect(tree.getChildren(top[1]).map((node) => item(node).contextValue)).toEqual(['zooMember', 'zooMember']);
});

test('without a base nothing can be collected; without anything made the view is empty', async () => {
  const { folder } = await zooProject();
  rmSync(join(folder, 'base'), { recursive: true });
  const { top, item, tree } = await look(folder);
  expect(item(top[0]!).contextValue).toBe('zooTraining');
  expect(tree.getChildren(top[0]).map((node) => item(node).contextValue)).toEqual([
    'zooBase.none',
    ...Array.from({ length: 3 }, () => 'zooMissing.noBase'),
    'zooWeightGenerator.none',
  ]);
  rmSync(join(folder, 'zoo'), { recursive: true });
  expect((await look(folder)).top).toEqual([]);
});

test('what is shown has an id of its own, and files have their size', async () => {
  const { folder } = await zooProject();
  const { tree, top, item } = await look(folder);
  const all = [...top, ...top.flatMap((node) => tree.getChildren(node))];
  const ids = all.map((node) => item(node).id);
  expect(new Set(ids).size).toBe(all.length);
  const base = all.find(({ kind }) => kind === 'base');
  expect(item(base!).description).toMatch(/^17 B, /);
});
