import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { WeightStatistics } from '../../src/protocol/statistics.ts';
import type { PendingState } from '../../src/protocol/webview/common.ts';
import {
  type WeightsTarget,
  type WeightsViewState,
  weightsView,
} from '../../src/protocol/webview/weights.ts';
import { Legend } from '../components/legend.tsx';
import { LiveRunLine } from '../components/live-run-line.tsx';
import { Loading, Notice, Pending } from '../components/pending.tsx';
import { useTheme } from '../components/theme.ts';
import { Choice, ProgressRing } from '../components/toolkit.tsx';
import { persist, readViewState, request } from '../host/connection.ts';
import { useConnection } from '../host/use-connection.ts';
import { BlockMap } from './block-map.tsx';
import { TAIL } from './central-bars.ts';
import { Denoising } from './denoising.tsx';
import { kindWord } from './kind-word.ts';
import { LayerHistograms } from './layer-histograms.tsx';
import { BlockNorms, LayerNorms } from './layer-norms.tsx';
import { colorOf } from './marks.ts';
import { NearestConcepts } from './nearest-concepts.tsx';
import { Overview } from './overview.tsx';
import { settle, type WeightsSelection } from './selection.ts';
import { useStatistics } from './use-statistics.ts';
import { ZooMap } from './zoo-map.tsx';

export function WeightsView(): JSX.Element {
  const { target, state } = useConnection<WeightsTarget, WeightsViewState>(
    weightsView.connect,
    weightsView.stateChanged,
  );
  if (state.kind !== 'ready') return <Pending state={state} words={pendingWords()} />;
  return <Chosen state={state} target={target!} />;
}

function pendingWords(): Record<PendingState['kind'], string> {
  return {
    loading: l10n.t('Loading weights…'),
    empty: l10n.t('No weights yet'),
    error: l10n.t('Cannot show weights'),
  };
}

function Chosen(props: {
  state: Extract<WeightsViewState, { kind: 'ready' }>;
  target: WeightsTarget;
}): JSX.Element {
  const { state, target } = props;
  const [wanted, setWanted] = useState<Partial<WeightsSelection>>(
    () => readViewState<Partial<WeightsSelection>>() ?? {},
  );
  const selection = useMemo(() => settle(state, target, wanted), [state, target, wanted]);
  // Persist at once: the next event may hide the view.
  useLayoutEffect(() => persist(target, wanted), [target, wanted]);

  const concept = state.concepts.find(({ name }) => name === selection?.concept);
  const choice = concept?.weights.find(({ file }) => file === selection?.weights);
  const { statistics, loading, error, retry } = useStatistics(selection, choice?.modified);
  if (!selection || !concept || !choice) {
    return (
      <Pending
        words={pendingWords()}
        state={{
          kind: 'empty',
          message: l10n.t('No concept of this project has weights. Denoise or fine-tune one.'),
        }}
      />
    );
  }
  const shown = statistics && isOf(statistics, selection) ? statistics : undefined;
  const choose = (change: Partial<WeightsSelection>) => setWanted({ ...selection, ...change });
  return (
    <main aria-busy={loading}>
      <header class="view-header">
        <h1>
          {l10n.t('Weights of {0}', concept.name)} <span class="prompt-title">“{concept.prompt}”</span>
        </h1>
        <div class="controls">
          <Choice
            label={l10n.t('Concept')}
            value={concept.name}
            options={state.concepts
              .filter(({ weights }) => weights.length > 0)
              .map(({ name }) => ({ value: name, label: name }))}
            onChange={(value) => choose({ concept: value })}
          />
          <Choice
            label={l10n.t('Weights')}
            value={choice.file}
            options={concept.weights.map(({ file, label }) => ({ value: file, label }))}
            onChange={(value) => choose({ weights: value })}
          />
          {state.trainings.length > 1 && (
            <Choice
              label={l10n.t('Training')}
              value={selection.training}
              options={state.trainings.map(({ name }) => ({ value: name, label: name }))}
              onChange={(value) => choose({ training: value })}
            />
          )}
          {loading && shown && (
            <span class="busy" role="status">
              <ProgressRing /> {l10n.t('Reading the new weights…')}
            </span>
          )}
        </div>
        {state.live && (
          <LiveRunLine run={state.live} onOpen={() => void request(weightsView.openRun, state.live!.runId)} />
        )}
      </header>
      {error !== undefined && (
        <Notice kind="error" action={{ label: l10n.t('Try again'), onClick: retry }}>
          <strong>{l10n.t('The statistics could not be computed.')}</strong> {error}
          {shown && ` ${l10n.t('The results below are from an earlier version of the file.')}`}
        </Notice>
      )}
      {shown && <Charts statistics={shown} stale={loading || error !== undefined} />}
      {!shown && error === undefined && <Loading text={l10n.t('Loading the statistics…')} />}
    </main>
  );
}

/** Whether the statistics belong to the selection, perhaps to older content of its file. */
function isOf(statistics: WeightStatistics, selection: WeightsSelection): boolean {
  return (
    statistics.concept === selection.concept &&
    statistics.training === selection.training &&
    statistics.weights.file === selection.weights
  );
}

function Charts({ statistics, stale }: { statistics: WeightStatistics; stale: boolean }): JSX.Element {
  const theme = useTheme();
  const { kind } = statistics.weights;
  const color = colorOf(kind, theme);
  return (
    <div class={stale ? 'stale' : undefined}>
      {statistics.zooMembers === 0 && (
        <Notice kind="warning">
          {l10n.t(
            'The zoo of this base has no members: there is nothing to compare the weights with. Run Collect Zoo first.',
          )}
        </Notice>
      )}
      <Overview statistics={statistics} />
      <section aria-labelledby="layers-title">
        <div class="section-head">
          <h2 id="layers-title">{l10n.t('Distribution by layer')}</h2>
          <Legend
            label={l10n.t('Histograms')}
            entries={[
              { label: kindWord(kind), color, mark: 'line' },
              {
                label: l10n.t('zoo, {0} members', statistics.zooMembers),
                color: theme.zooFill,
                mark: 'area',
              },
            ]}
          />
        </div>
        <LayerHistograms statistics={statistics} />
        <p class="muted">
          {l10n.t(
            'Histograms omit the outermost {0} % of each set on either side; their tables include everything.',
            100 * TAIL,
          )}
        </p>
      </section>
      <section aria-labelledby="norms-title">
        <div class="section-head">
          <h2 id="norms-title">{l10n.t('Magnitude')}</h2>
          <Legend
            label={l10n.t('Magnitudes')}
            entries={[
              { label: kindWord(kind), color, mark: 'dot' },
              {
                label: l10n.t('zoo: all members (layers), mean ± 2 standard deviations (blocks)'),
                color: theme.zoo,
                mark: 'interval',
              },
            ]}
          />
        </div>
        <div class="halves">
          <LayerNorms statistics={statistics} />
          <BlockMap statistics={statistics} />
        </div>
        <BlockNorms statistics={statistics} />
      </section>
      <section aria-labelledby="zoo-title">
        <h2 id="zoo-title">{l10n.t('Place in the zoo')}</h2>
        <div class="halves">
          <ZooMap statistics={statistics} />
          <NearestConcepts nearest={statistics.nearest} />
        </div>
      </section>
      {statistics.draw && (
        <section aria-labelledby="denoising-title">
          <h2 id="denoising-title">{l10n.t('Denoising')}</h2>
          <Denoising key={statistics.weights.file} statistics={statistics} draw={statistics.draw} />
        </section>
      )}
    </div>
  );
}
