import { expect, it } from 'vitest';
import type { Stage } from '../../src/protocol/stages.ts';
import { runLabels } from '../../webview/run/run-labels.ts';

const run = (name: string, minute: number, stage: Stage = 'fine-tune', runId = `${name}-${minute}`) => ({
  runId,
  stage,
  name,
  created: new Date(2026, 10, 24, 9, minute).getTime(),
});

it('runs of one stage go by their names', () => {
  expect(runLabels([run('snow', 0), run('fog', 1)])).toEqual(['snow', 'fog']);
});

it('runs of several stages go by stage and name', () => {
  expect(runLabels([run('snow', 0), run('snow', 1, 'evaluate')])).toEqual([
    'fine-tune snow',
    'evaluate snow',
  ]);
});

it('runs of one name have the time, of one minute their ids; the others stay short', () => {
  const labels = runLabels([run('snow', 0), run('snow', 5), run('fog', 0), run('snow', 0, 'fine-tune', 'b')]);
  expect(labels).toEqual([
    'snow, 24 Nov, 09:00, snow-0',
    'snow, 24 Nov, 09:05',
    'fog',
    'snow, 24 Nov, 09:00, b',
  ]);
});
