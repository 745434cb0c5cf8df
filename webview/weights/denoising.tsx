import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type DrawOptions, HISTOGRAM_BARS, type WeightStatistics } from '../../src/protocol/statistics.ts';
import { DrawFields } from '../components/draw-fields.tsx';
import { formatDuration } from '../components/format.ts';
import { Notice } from '../components/pending.tsx';
import { plural } from '../components/plural.ts';
import { Button, ProgressRing } from '../components/toolkit.tsx';
import { Trajectory } from './trajectory.tsx';
import { useTrajectory } from './use-trajectory.ts';

/** Repeats the denoising of the weights and keeps every state, with their own seed and steps or others. */
export function Denoising(props: { statistics: WeightStatistics; draw: DrawOptions }): JSX.Element {
  const { training, concept } = props.statistics;
  const [wanted, setWanted] = useState(props.draw);
  const { trajectory, loading, error, draw } = useTrajectory();
  return (
    <>
      <p class="muted">
        {plural(
          props.draw.steps,
          l10n.t(
            'These weights were denoised in {0} step from the noise of seed {1}.',
            props.draw.steps,
            props.draw.seed,
          ),
          l10n.t(
            'These weights were denoised in {0} steps from the noise of seed {1}.',
            props.draw.steps,
            props.draw.seed,
          ),
        )}{' '}
        {l10n.t('You can repeat this denoising step by step, or try another seed and number of steps.')}
      </p>
      <div class="controls">
        <DrawFields draw={wanted} onChange={setWanted} />
        <Button
          disabled={loading}
          onClick={() => draw({ training, concept, ...wanted, bins: HISTOGRAM_BARS })}
        >
          {l10n.t('Denoise step by step')}
        </Button>
        {loading && (
          <span class="busy" role="status">
            <ProgressRing /> {l10n.t('Denoising…')}
          </span>
        )}
        {trajectory && !loading && (
          <span class="muted">
            {l10n.t('{0} on {1}', formatDuration(trajectory.seconds), trajectory.device)}
          </span>
        )}
      </div>
      {error !== undefined && (
        <Notice kind="error">
          <strong>{l10n.t('The weights could not be denoised.')}</strong> {error}
        </Notice>
      )}
      {trajectory && (
        // A new trajectory starts at its own end.
        <Trajectory key={`${trajectory.seed} ${trajectory.steps}`} trajectory={trajectory} />
      )}
    </>
  );
}
