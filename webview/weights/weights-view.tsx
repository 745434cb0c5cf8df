import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { WeightStatistics } from '../../src/protocol/statistics.ts';
import { type WeightsTarget, type WeightsViewState, weightsView } from '../../src/protocol/webview.ts';
import { Legend } from '../components/legend.tsx';
import { LiveRunLine } from '../components/live-run-line.tsx';
import { Notice, Pending } from '../components/pending.tsx';
import { useTheme } from '../components/theme.ts';
import { Choice, ProgressRing } from '../components/toolkit.tsx';
import { persist, readViewState, request } from '../host/connection.ts';
import { useConnection } from '../host/use-connection.ts';
import { BlockMap } from './block-map.tsx';
import { TAIL } from './central-bars.ts';
import { Denoising } from './denoising.tsx';
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
  if (state.kind !== 'ready') return <Pending state={state} title="weights" />;
  return <Chosen state={state} target={target!} />;
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
  // At once: the view may be hidden with the next event.
  useLayoutEffect(() => persist(target, wanted), [target, wanted]);

  const concept = state.concepts.find(({ name }) => name === selection?.concept);
  const choice = concept?.weights.find(({ file }) => file === selection?.weights);
  const { statistics, loading, error, retry } = useStatistics(selection, choice?.modified);
  if (!selection || !concept || !choice) {
    return (
      <Pending
        title="weights"
        state={{
          kind: 'empty',
          message: 'No concept of this project has weights. Denoise or fine-tune one.',
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
          Weights of {concept.name} <span class="prompt-title">“{concept.prompt}”</span>
        </h1>
        <div class="controls">
          <Choice
            label="Concept"
            value={concept.name}
            options={state.concepts
              .filter(({ weights }) => weights.length > 0)
              .map(({ name }) => ({ value: name, label: name }))}
            onChange={(value) => choose({ concept: value })}
          />
          <Choice
            label="Weights"
            value={choice.file}
            options={concept.weights.map(({ file, label }) => ({ value: file, label }))}
            onChange={(value) => choose({ weights: value })}
          />
          {state.trainings.length > 1 && (
            <Choice
              label="Training"
              value={selection.training}
              options={state.trainings.map(({ name }) => ({ value: name, label: name }))}
              onChange={(value) => choose({ training: value })}
            />
          )}
          {loading && shown && (
            <span class="busy" role="status">
              <ProgressRing /> Reading the new weights…
            </span>
          )}
        </div>
        {state.live && (
          <LiveRunLine run={state.live} onOpen={() => void request(weightsView.openRun, state.live!.runId)} />
        )}
      </header>
      {error !== undefined && (
        <Notice kind="error" action={{ label: 'Try again', onClick: retry }}>
          <strong>The statistics could not be computed.</strong> {error}
          {shown && ' What stands below is of an earlier version of the file.'}
        </Notice>
      )}
      {shown && <Charts statistics={shown} stale={loading || error !== undefined} />}
      {!shown && error === undefined && <Pending state={{ kind: 'loading' }} title="the statistics" />}
    </main>
  );
}

/** The file's content may be older, the selection is the same. */
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
          The zoo of this base has no members: there is nothing to compare the weights with. “Collect zoo”
          makes them.
        </Notice>
      )}
      <Overview statistics={statistics} />
      <section aria-labelledby="layers-title">
        <div class="section-head">
          <h2 id="layers-title">Distribution by layer</h2>
          <Legend
            label="Histograms"
            entries={[
              { label: statistics.weights.label, color, mark: 'line' },
              { label: `zoo, ${statistics.zooMembers} members`, color: theme.zooFill, mark: 'area' },
            ]}
          />
        </div>
        <LayerHistograms statistics={statistics} />
        <p class="muted">
          Histograms leave out the outermost {100 * TAIL} % of either set on each side; their tables hold all.
        </p>
      </section>
      <section aria-labelledby="norms-title">
        <div class="section-head">
          <h2 id="norms-title">Magnitude</h2>
          <Legend
            label="Magnitudes"
            entries={[
              { label: statistics.weights.label, color, mark: 'dot' },
              {
                label: 'zoo: all members (layers), mean ± 2 standard deviations (blocks)',
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
        <h2 id="zoo-title">Place in the zoo</h2>
        <div class="halves">
          <ZooMap statistics={statistics} />
          <NearestConcepts nearest={statistics.nearest} />
        </div>
      </section>
      {statistics.draw && (
        <section aria-labelledby="denoising-title">
          <h2 id="denoising-title">Denoising</h2>
          <Denoising key={statistics.weights.file} statistics={statistics} draw={statistics.draw} />
        </section>
      )}
    </div>
  );
}
