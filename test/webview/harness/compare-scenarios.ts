import {
  type CompareTarget,
  type CompareViewState,
  compareView,
  type EvaluatedConcept,
  type EvaluationChoice,
} from '../../../src/protocol/webview/compare.ts';
import { COMPARISON, WITH_DISTANCES } from './fixtures/comparison.ts';
import { CONCEPTS, NOW, PROJECT } from './fixtures/concepts.ts';
import { type Handlers, never } from './scenarios.ts';

const HOUR = 3_600_000;

const evaluation = (id: string, more: Partial<EvaluationChoice> = {}): EvaluationChoice => ({
  runId: id,
  stage: 'evaluate',
  state: 'succeeded',
  created: NOW - HOUR,
  training: 'fast.training.yaml',
  ...more,
});

const NEWEST = evaluation('20261124-083000-evaluate-sketch-at-night');
const QUICKSTART = evaluation('20261123-070243-quickstart-fast', {
  stage: 'quickstart',
  created: NOW - 26 * HOUR,
});
const FAILED = evaluation('20261124-091500-evaluate-sketch-at-night', {
  state: 'failed',
  created: NOW - HOUR / 4,
  error: 'The zoo zoo/4be1c02a9d77 has no members. Collect it first.',
});
const LIVE = {
  runId: '20261124-092900-evaluate-sketch-at-night',
  stage: 'evaluate',
  name: 'sketch-at-night',
  state: 'running',
  message: 'Zoo mean: training sketch-at-night',
  done: 480,
  total: 1950,
  etaSeconds: 35,
} as const;

function ready(concept: Partial<EvaluatedConcept>): CompareViewState {
  const others = CONCEPTS.map(({ name, prompt }): EvaluatedConcept => ({ name, prompt, evaluations: [] }));
  const [first, ...rest] = others as [EvaluatedConcept, ...EvaluatedConcept[]];
  return { kind: 'ready', concepts: [{ ...first, ...concept }, ...rest] };
}

function compare(
  state: CompareViewState,
  comparison: Handlers[string] = (runId) => (runId === QUICKSTART.runId ? WITH_DISTANCES : COMPARISON),
  target: Partial<CompareTarget> = {},
): Handlers {
  return {
    [compareView.connect.method]: () => ({
      target: { project: PROJECT, concept: 'sketch-at-night', ...target },
      state,
    }),
    [compareView.comparison.method]: comparison,
    [compareView.evaluate.method]: () => undefined,
    [compareView.save.method]: () => true,
    [compareView.openRun.method]: () => undefined,
    action: () => undefined,
  };
}

const BOTH = ready({ evaluations: [NEWEST, QUICKSTART] });

export const COMPARE_SCENARIOS: Record<string, () => Handlers> = {
  'compare/loading': () => ({ ...compare(BOTH), [compareView.connect.method]: never }),
  'compare/misfit': () => ({ ...compare(BOTH), [compareView.connect.method]: () => ({ target: 7 }) }),
  'compare/empty': () =>
    compare({
      kind: 'empty',
      message: 'The project has no concepts yet.',
      action: { label: 'New Concept', command: 'denoisedWeights.newConcept' },
    }),
  'compare/error': () => compare({ kind: 'error', message: 'The project cannot be read.' }),
  'compare/ready': () => compare(BOTH),
  'compare/distances': () => compare(BOTH, undefined, { runId: QUICKSTART.runId }),
  'compare/none': () => compare(ready({})),
  'compare/live': () => compare(ready({ live: LIVE })),
  'compare/failed': () => compare(ready({ evaluations: [FAILED] })),
  'compare/failed-later': () => compare(ready({ evaluations: [FAILED, NEWEST], live: LIVE })),
  'compare/damaged': () =>
    compare(BOTH, () => {
      throw new Error(
        `${PROJECT}/runs/${NEWEST.runId}/result.json is damaged: Unexpected end of JSON input. Evaluate the concept again.`,
      );
    }),
};
