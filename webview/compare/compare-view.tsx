import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import {
  type CompareTarget,
  type CompareViewState,
  compareView,
  type EvaluatedConcept,
  type EvaluationChoice,
} from '../../src/protocol/webview.ts';
import { formatMoment } from '../components/format.ts';
import { LiveRunLine } from '../components/live-run-line.tsx';
import { Notice, Pending } from '../components/pending.tsx';
import { Button, Choice } from '../components/toolkit.tsx';
import { messageOf, persist, readViewState, request } from '../host/connection.ts';
import { useConnection } from '../host/use-connection.ts';
import { DEFAULT_SETTINGS, type ResultSettings, Results } from './results.tsx';
import { newestOf, settle, type WantedEvaluation } from './selection.ts';
import { useComparison } from './use-comparison.ts';

/** Kept over a reload. */
interface Kept {
  wanted: WantedEvaluation;
  settings: ResultSettings;
}

/** No run has this id: the newest that succeeded, whichever it is. */
const NEWEST = '';

export function CompareView(): JSX.Element {
  const { target, state } = useConnection<CompareTarget, CompareViewState>(
    compareView.connect,
    compareView.stateChanged,
  );
  if (state.kind !== 'ready') return <Pending state={state} title="comparison" />;
  return <Chosen state={state} target={target!} />;
}

function Chosen(props: {
  state: Extract<CompareViewState, { kind: 'ready' }>;
  target: CompareTarget;
}): JSX.Element {
  const { state, target } = props;
  const [{ wanted, settings }, setKept] = useState<Kept>(
    () =>
      readViewState<Kept>() ?? {
        wanted: { concept: target.concept, runId: target.runId },
        settings: DEFAULT_SETTINGS,
      },
  );
  // At once: the view may be hidden with the next event.
  useLayoutEffect(() => persist(target, { wanted, settings }), [target, wanted, settings]);
  const { concept, evaluation, newer } = settle(state, wanted);
  const succeeded = evaluation?.state === 'succeeded' ? evaluation : undefined;
  const { comparison, loading, error, retry } = useComparison(succeeded?.runId);
  const [failure, setFailure] = useState<string>();
  const ask = (asked: Promise<void>) => {
    setFailure(undefined);
    asked.catch((reason) => setFailure(messageOf(reason)));
  };
  const evaluate = () => ask(request(compareView.evaluate, concept.name));
  const openRun = (runId: string) => ask(request(compareView.openRun, runId));
  const choose = (change: WantedEvaluation) => setKept({ wanted: change, settings });
  return (
    <main aria-busy={succeeded !== undefined && loading}>
      <header class="view-header">
        <h1>
          Comparison of {concept.name}{' '}
          {concept.prompt !== undefined && <span class="prompt-title">“{concept.prompt}”</span>}
        </h1>
        <div class="controls">
          <Choice
            label="Concept"
            value={concept.name}
            options={state.concepts.map(({ name, evaluations }) => ({
              value: name,
              label: evaluations.length > 0 ? name : `${name} (not evaluated)`,
            }))}
            onChange={(name) => choose({ concept: name })}
          />
          {evaluation && (
            <Choice
              label="Evaluation"
              value={evaluation.runId === wanted.runId ? evaluation.runId : NEWEST}
              options={evaluationOptions(concept)}
              onChange={(runId) =>
                choose({ concept: concept.name, runId: runId === NEWEST ? undefined : runId })
              }
            />
          )}
          {evaluation && (
            <Button onClick={() => openRun(evaluation.runId)} label={`Open run ${evaluation.runId}`}>
              Open run
            </Button>
          )}
          {evaluation && concept.live === undefined && concept.prompt !== undefined && (
            <Button onClick={evaluate}>Evaluate again</Button>
          )}
        </div>
        {concept.live && <LiveRunLine run={concept.live} onOpen={() => openRun(concept.live!.runId)} />}
      </header>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {newer && (
        <Notice kind="warning" action={{ label: 'Open run', onClick: () => openRun(newer.runId) }}>
          A later evaluation, of {formatMoment(newer.created)}, {outcomeText(newer)}
        </Notice>
      )}
      {evaluation && !succeeded && (
        <Notice kind="error">
          <strong>There is nothing to compare:</strong> this evaluation {outcomeText(evaluation)}
        </Notice>
      )}
      {succeeded && error !== undefined && (
        <Notice kind="error" action={{ label: 'Try again', onClick: retry }}>
          <strong>The comparison cannot be shown.</strong> {error}
        </Notice>
      )}
      {succeeded && loading && <Pending state={{ kind: 'loading' }} title="the comparison" />}
      {succeeded && comparison && (
        <Results
          comparison={comparison}
          evaluation={succeeded}
          settings={settings}
          onSettings={(changed) => setKept({ wanted, settings: changed })}
        />
      )}
      {!evaluation && <NotEvaluated concept={concept} onEvaluate={evaluate} />}
    </main>
  );
}

function evaluationOptions({ evaluations }: EvaluatedConcept): { value: string; label: string }[] {
  const several = new Set(evaluations.map(({ training }) => training)).size > 1;
  const labelOf = ({ created, stage, state, training }: EvaluationChoice) =>
    [
      formatMoment(created),
      ...(stage === 'quickstart' ? ['quickstart'] : []),
      ...(several ? [training] : []),
      ...(state === 'succeeded' ? [] : [state]),
    ].join(', ');
  return [
    { value: NEWEST, label: `Newest (${labelOf(newestOf(evaluations)!)})` },
    ...evaluations.map((evaluation) => ({ value: evaluation.runId, label: labelOf(evaluation) })),
  ];
}

/** "failed: out of memory", as the end of a sentence. */
function outcomeText({ state, error }: EvaluationChoice): string {
  switch (state) {
    case 'failed':
      return error === undefined ? 'failed.' : `failed: ${error}`;
    case 'stopped':
      return 'was stopped. Resume it from its run, or evaluate again.';
    default:
      return 'was interrupted, its process is gone. Resume it from its run, or evaluate again.';
  }
}

/** What an evaluation is, and the way to one. */
function NotEvaluated({
  concept,
  onEvaluate,
}: {
  concept: EvaluatedConcept;
  onEvaluate: () => void;
}): JSX.Element {
  if (concept.live !== undefined) {
    return (
      <div class="pending">
        <h2>The evaluation is under way</h2>
        <p>The comparison is shown here as soon as it is done.</p>
      </div>
    );
  }
  return (
    <div class="pending">
      <h2>No comparison of {concept.name} yet</h2>
      <p>
        An evaluation trains the concept from its denoised weights and from every other start, and measures
        the quality on held-out images along the way.
      </p>
      <Button primary onClick={onEvaluate}>
        Evaluate concept
      </Button>
    </div>
  );
}
