import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { PendingState } from '../../src/protocol/webview/common.ts';
import {
  type CompareTarget,
  type CompareViewState,
  compareView,
  type EvaluatedConcept,
  type EvaluationChoice,
} from '../../src/protocol/webview/compare.ts';
import { formatMoment } from '../components/format.ts';
import { LiveRunLine } from '../components/live-run-line.tsx';
import { Loading, Notice, Pending } from '../components/pending.tsx';
import { stateBehind } from '../components/run-states.ts';
import { Button, Choice } from '../components/toolkit.tsx';
import { messageOf, persist, readViewState, request } from '../host/connection.ts';
import { useConnection } from '../host/use-connection.ts';
import { DEFAULT_SETTINGS, type ResultSettings, Results } from './results.tsx';
import { newestOf, settle, type WantedEvaluation } from './selection.ts';
import { useComparison } from './use-comparison.ts';

/** What the page keeps across a reload. */
interface Kept {
  wanted: WantedEvaluation;
  settings: ResultSettings;
}

/** Stands for the newest evaluation that succeeded; no run has this id. */
const NEWEST = '';

export function CompareView(): JSX.Element {
  const { target, state } = useConnection<CompareTarget, CompareViewState>(
    compareView.connect,
    compareView.stateChanged,
  );
  if (state.kind !== 'ready') return <Pending state={state} words={pendingWords()} />;
  return <Chosen state={state} target={target!} />;
}

function pendingWords(): Record<PendingState['kind'], string> {
  return {
    loading: l10n.t('Loading comparison…'),
    empty: l10n.t('No comparison yet'),
    error: l10n.t('Cannot show comparison'),
  };
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
  // Persist at once: the next event may hide the view.
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
          {l10n.t('Comparison of {0}', concept.name)}{' '}
          {concept.prompt !== undefined && <span class="prompt-title">“{concept.prompt}”</span>}
        </h1>
        <div class="controls">
          <Choice
            label={l10n.t('Concept')}
            value={concept.name}
            options={state.concepts.map(({ name, evaluations }) => ({
              value: name,
              label: evaluations.length > 0 ? name : l10n.t('{0} (not evaluated)', name),
            }))}
            onChange={(name) => choose({ concept: name })}
          />
          {evaluation && (
            <Choice
              label={l10n.t('Evaluation')}
              value={evaluation.runId === wanted.runId ? evaluation.runId : NEWEST}
              options={evaluationOptions(concept)}
              onChange={(runId) =>
                choose({ concept: concept.name, runId: runId === NEWEST ? undefined : runId })
              }
            />
          )}
          {evaluation && (
            <Button
              onClick={() => openRun(evaluation.runId)}
              label={l10n.t('Open run {0}', evaluation.runId)}
            >
              {l10n.t('Open run')}
            </Button>
          )}
          {evaluation && concept.live === undefined && concept.prompt !== undefined && (
            <Button onClick={evaluate}>{l10n.t('Evaluate again')}</Button>
          )}
        </div>
        {concept.live && <LiveRunLine run={concept.live} onOpen={() => openRun(concept.live!.runId)} />}
      </header>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {newer && (
        <Notice kind="warning" action={{ label: l10n.t('Open run'), onClick: () => openRun(newer.runId) }}>
          {laterText(newer)}
        </Notice>
      )}
      {evaluation && !succeeded && (
        <Notice kind="error">
          <strong>{l10n.t('There is nothing to compare:')}</strong> {outcomeText(evaluation)}
        </Notice>
      )}
      {succeeded && error !== undefined && (
        <Notice kind="error" action={{ label: l10n.t('Try again'), onClick: retry }}>
          <strong>{l10n.t('The comparison cannot be shown.')}</strong> {error}
        </Notice>
      )}
      {succeeded && loading && <Loading text={l10n.t('Loading the comparison…')} />}
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
      ...(stage === 'quickstart' ? [l10n.t('quickstart')] : []),
      ...(several ? [training] : []),
      ...(state === 'succeeded' ? [] : [stateBehind(state)]),
    ].join(', ');
  return [
    { value: NEWEST, label: l10n.t('Newest ({0})', labelOf(newestOf(evaluations)!)) },
    ...evaluations.map((evaluation) => ({ value: evaluation.runId, label: labelOf(evaluation) })),
  ];
}

/** Why an evaluation has nothing to compare. */
function outcomeText({ state, error }: EvaluationChoice): string {
  switch (state) {
    case 'failed':
      return error === undefined
        ? l10n.t('this evaluation failed.')
        : l10n.t('this evaluation failed: {0}', error);
    case 'stopped':
      return l10n.t('this evaluation was stopped. Resume it from its run, or evaluate again.');
    default:
      return l10n.t(
        'this evaluation was interrupted because its process ended unexpectedly. Resume it from its run, or evaluate again.',
      );
  }
}

/** How a later evaluation than the one shown ended. */
function laterText({ created, state, error }: EvaluationChoice): string {
  const moment = formatMoment(created);
  switch (state) {
    case 'failed':
      return error === undefined
        ? l10n.t('A later evaluation ({0}) failed.', moment)
        : l10n.t('A later evaluation ({0}) failed: {1}', moment, error);
    case 'stopped':
      return l10n.t(
        'A later evaluation ({0}) was stopped. Resume it from its run, or evaluate again.',
        moment,
      );
    default:
      return l10n.t(
        'A later evaluation ({0}) was interrupted because its process ended unexpectedly. Resume it from its run, or evaluate again.',
        moment,
      );
  }
}

/** What an evaluation is, and a button that starts one. */
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
        <h2>{l10n.t('The evaluation is running')}</h2>
        <p>{l10n.t('The comparison will appear here when it is finished.')}</p>
      </div>
    );
  }
  return (
    <div class="pending">
      <h2>{l10n.t('No comparison of {0} yet', concept.name)}</h2>
      <p>
        {l10n.t(
          'An evaluation trains the concept from its denoised weights and from every other start, and measures the quality on held-out images along the way.',
        )}
      </p>
      <Button primary onClick={onEvaluate}>
        {l10n.t('Evaluate concept')}
      </Button>
    </div>
  );
}
