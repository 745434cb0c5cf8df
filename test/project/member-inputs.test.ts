import { cp, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskView } from '../../src/project/disk/disk-view.ts';
import { loadProject } from '../../src/project/load.ts';
import { ImageStamps } from '../../src/project/zoo/image-stamps.ts';
import {
  INPUTS_KEY,
  type MemberInputs,
  memberInputs,
  memberState,
} from '../../src/project/zoo/member-inputs.ts';
import { temporaryProject } from './temporary-project.ts';

const CONCEPT =
  'prompt: make it snow\ntags: [weather]\npairs: { source: ../images, target: { effect: snow } }\n';
const TRAINING = 'extends: preset:fast\ncollect: { steps: 200 }\n';

const project = () =>
  temporaryProject({
    'fast.training.yaml': TRAINING,
    'concepts/snow.concept.yaml': CONCEPT,
    'images/a.jpg': '1',
    'images/b.jpg': '2',
  });

async function inputsOf(folder: string): Promise<MemberInputs> {
  const { concepts, trainings } = await loadProject(folder);
  return memberInputs(concepts[0]!, trainings[0]!, new ImageStamps(new DiskView()));
}

/** As a member's header would hold them. */
const recorded = (inputs: MemberInputs) => ({ [INPUTS_KEY]: JSON.stringify(inputs) });

/** How a member collected before a change stands after it. */
async function after(folder: string, change: () => Promise<void>) {
  const metadata = recorded(await inputsOf(folder));
  await change();
  return memberState(metadata, await inputsOf(folder));
}

test('a member is up to date while nothing changes that decides it', async () => {
  const folder = await project();
  const state = await after(folder, async () => {
    await writeFile(join(folder, 'concepts/snow.concept.yaml'), CONCEPT.replace('weather', 'winter'));
    await writeFile(
      join(folder, 'fast.training.yaml'),
      'extends: preset:fast\ncollect: { steps: 200, checkpointEvery: 7 }\nfineTune: { steps: 3 }\ndevice: cpu\n',
    );
  });
  expect(state).toEqual({ state: 'current' });
});

test.each([
  ['prompt', 'make it snow', 'a blizzard', [{ what: 'prompt' }]],
  ['pairs', 'effect: snow', 'effect: fog', [{ what: 'pairs' }]],
])('a concept with another %s makes it stale', async (_what, from, to, reasons) => {
  const folder = await project();
  const state = await after(folder, () =>
    writeFile(join(folder, 'concepts/snow.concept.yaml'), CONCEPT.replace(from, to)),
  );
  expect(state).toEqual({ state: 'stale', reasons });
});

test('images that were added, removed or changed make it stale', async () => {
  const added = await project();
  expect(await after(added, () => writeFile(join(added, 'images/c.jpg'), '3'))).toEqual({
    state: 'stale',
    reasons: [{ what: 'images', was: 2, now: 3 }],
  });
  const removed = await project();
  expect(await after(removed, () => rm(join(removed, 'images'), { recursive: true }))).toEqual({
    state: 'stale',
    reasons: [{ what: 'images', was: 2, now: 0 }],
  });
  const edited = await project();
  expect(await after(edited, () => writeFile(join(edited, 'images/a.jpg'), 'longer'))).toEqual({
    state: 'stale',
    reasons: [{ what: 'images', was: 2, now: 2 }],
  });
});

test('a copy of the project is as up to date as the project', async () => {
  const folder = await project();
  const metadata = recorded(await inputsOf(folder));
  const copy = await temporaryProject({});
  await cp(folder, copy, { recursive: true });
  await utimes(join(copy, 'images/a.jpg'), 1, 1);
  expect(memberState(metadata, await inputsOf(copy))).toEqual({ state: 'current' });
});

test('a setting of the training that changed is named with both values', async () => {
  const folder = await project();
  const state = await after(folder, () =>
    writeFile(
      join(folder, 'fast.training.yaml'),
      'extends: preset:fast\nseed: 9\ncollect: { steps: 300 }\nlora: { ranks: { us: 8 } }\n',
    ),
  );
  expect(state).toMatchObject({ state: 'stale' });
  const reasons = state.state === 'stale' ? state.reasons : [];
  expect(reasons).toContainEqual({ what: 'setting', key: 'collect.steps', was: '200', now: '300' });
  expect(reasons).toContainEqual(expect.objectContaining({ key: 'seed', now: '9' }));
  expect(reasons).toContainEqual(expect.objectContaining({ key: 'lora.ranks', now: '{"us":8}' }));
  expect(reasons).toHaveLength(3);
});

test('a key that the member’s version did not know says nothing', async () => {
  const inputs = await inputsOf(await project());
  const { 'collect.beta2': _later, ...settings } = inputs.settings;
  expect(memberState(recorded({ ...inputs, settings }), inputs)).toEqual({ state: 'current' });
});

test('a member of a version without crops is stale where crops are trained on', async () => {
  const folder = await project();
  const inputs = await inputsOf(folder);
  const { 'image.crop': _later, ...settings } = inputs.settings;
  await writeFile(join(folder, 'fast.training.yaml'), `${TRAINING}image: { crop: { from: 96 } }\n`);
  expect(memberState(recorded({ ...inputs, settings }), inputs)).toEqual({ state: 'current' });
  expect(memberState(recorded({ ...inputs, settings }), await inputsOf(folder))).toEqual({
    state: 'stale',
    reasons: [{ what: 'setting', key: 'image.crop', was: '{"from":0}', now: '{"from":96}' }],
  });
});

test('of a member without a note of its inputs, only what it does say is compared', async () => {
  const inputs = await inputsOf(await project());
  expect(memberState({ prompt: 'make it snow', steps: '200' }, inputs)).toEqual({ state: 'unrecorded' });
  expect(memberState({ prompt: 'snow', steps: '100' }, inputs)).toEqual({
    state: 'stale',
    reasons: [{ what: 'prompt' }, { what: 'setting', key: 'collect.steps', was: '100', now: '200' }],
  });
  expect(memberState({ [INPUTS_KEY]: '{"of":"another version"}' }, inputs)).toEqual({ state: 'unrecorded' });
});
