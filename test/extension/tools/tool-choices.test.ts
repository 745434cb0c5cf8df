import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { stageRequest } from '../../../src/extension/tools/stage-request.ts';
import { chooseProject, chooseRun, chooseTraining } from '../../../src/extension/tools/tool-choices.ts';
import type { StartRunInput } from '../../../src/extension/tools/tool-inputs.ts';
import { loadProject, type Project } from '../../../src/project/load.ts';
import { folderOf, runOf, SMALL_PROJECT } from './small-project.ts';

const small = (changes: Record<string, string> = {}) =>
  loadProject(folderOf({ ...SMALL_PROJECT, ...changes }));
const at = (folder: string) => ({ folder }) as Project;

test('the only project needs no name', () => {
  expect(chooseProject([at('/w/a')], undefined, ['/w']).folder).toBe('/w/a');
});

test('a project is named by its path, by its path in the workspace, or by its folder’s name', () => {
  const projects = [at('/w/a'), at('/w/deep/b')];
  for (const name of ['/w/deep/b', '/w/deep/b/', 'deep/b', './deep/b/', 'b']) {
    expect(chooseProject(projects, name, ['/w']).folder, name).toBe('/w/deep/b');
  }
  expect(chooseProject([at('/w')], '.', ['/w']).folder).toBe('/w');
});

test('several projects, or an unknown one, are answered with their names', () => {
  const projects = [at('/w/a'), at('/w/b')];
  expect(() => chooseProject(projects, undefined, ['/w'])).toThrow(/several.*`project`.*\/w\/a, \/w\/b/);
  expect(() => chooseProject(projects, 'c', ['/w'])).toThrow(/"c": no such project.*\/w\/a, \/w\/b/);
  expect(() => chooseProject([at('/v/a'), at('/w/x/a')], 'a', [])).toThrow(/several projects match/);
  expect(() => chooseProject([], undefined, [])).toThrow(/no project.*\.training\.yaml/);
});

test('several training configs are answered with their names', async () => {
  const project = await small({ 'slow.training.yaml': 'extends: fast.training.yaml\n' });
  expect(() => chooseTraining(project, undefined)).toThrow(/several.*fast, slow/);
  expect(chooseTraining(project, 'slow').name).toBe('slow');
  expect(() => chooseTraining(project, 'slwo')).toThrow(/Did you mean "slow"\? Available: fast, slow/);
});

test('without a training config that is whole, its mistakes are told', async () => {
  const project = await small({ 'fast.training.yaml': 'sed: 1\n' });
  expect(() => chooseTraining(project, undefined)).toThrow(/fast\.training\.yaml:1:1: error: .*sed/);
});

test('a run is the active one, else the newest', () => {
  const runs = [runOf('/p', '3'), runOf('/p', '2', { state: 'running' }), runOf('/p', '1')];
  expect(chooseRun(runs, undefined).id).toBe('2');
  expect(chooseRun([runs[0]!, runs[2]!], undefined).id).toBe('3');
  expect(chooseRun(runs, '1').id).toBe('1');
});

test('unknown and ambiguous runs are answered with what there is', () => {
  const active = [runOf('/p', '2', { state: 'running' }), runOf('/q', '1', { state: 'queued' })];
  expect(() => chooseRun(active, undefined)).toThrow(/Several runs.*\n- 2: running.*snow\n- 1: queued/);
  expect(() => chooseRun(active, '9')).toThrow(/"9": no such run.*\n- 2: running/);
  expect(() => chooseRun([runOf('/p', '1'), runOf('/q', '1')], '1')).toThrow(/\/p, \/q/);
  expect(() => chooseRun([], undefined)).toThrow(/no runs yet.*dnw_startRun/);
  const many = Array.from({ length: 14 }, (_, i) => runOf('/p', `run-${i}`));
  expect(() => chooseRun(many, 'x')).toThrow(/run-9:.*\n- and 4 older runs$/);
});

test('a stage’s request has what was asked for and nothing else', async () => {
  const project = await small();
  const {
    project: chosen,
    training,
    concept,
    ...rest
  } = stageRequest({ stage: 'fine-tune', concept: 'snow', steps: 7 }, [project], []);
  expect([chosen, training.name, concept?.name, rest]).toEqual([
    project,
    'fast',
    'snow',
    { stage: 'fine-tune', steps: 7 },
  ]);
});

test.each<[string, StartRunInput, RegExp]>([
  ['no concept where one is needed', { stage: 'denoise' }, /specify `concept`.*dusk, fog, night, snow/],
  ['an unknown concept', { stage: 'denoise', concept: 'snwo' }, /Did you mean "snow"\?.*dusk, fog/],
  [
    'a concept where none is taken',
    { stage: 'train-base', concept: 'snow' },
    /does not accept `concept`.*prepare/,
  ],
  [
    'steps where none are taken',
    { stage: 'evaluate', concept: 'snow', steps: 1 },
    /not accept `steps`.*denoise/,
  ],
  ['a seed where none is taken', { stage: 'collect', seed: 1 }, /does not accept `seed`.*train-base/],
  ['an unknown training config', { stage: 'collect', training: 'fats' }, /Did you mean "fast"\?/],
  ['an unknown project', { stage: 'collect', project: 'x' }, /"x": no such project/],
])('a request with %s is answered with the choices', async (_case, input, said) => {
  const project = await small();
  expect(() => stageRequest(input, [project], [dirname(project.folder)])).toThrow(said);
});

test('mistakes in the files that a run is about stand in its way; others do not', async () => {
  const project = await small({
    'concepts/fog.concept.yaml': 'prompt: [no, text]\npairs: { aligned: ../images }\n',
  });
  const request = (input: StartRunInput) => () => stageRequest(input, [project], []);
  expect(request({ stage: 'denoise', concept: 'snow' })).not.toThrow();
  expect(request({ stage: 'denoise', concept: 'fog' })).toThrow(
    /"fog" has errors:\n.*fog\.concept\.yaml:1:9/,
  );
  expect(request({ stage: 'collect' })).toThrow(/before starting collect:\n.*fog\.concept\.yaml:1:9: error/);
});
