import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { WeightsChoice } from '../../src/protocol/statistics.ts';
import { translateView } from '../../src/protocol/webview/translate.ts';
import { DrawFields } from '../components/draw-fields.tsx';
import { formatDuration } from '../components/format.ts';
import { Notice } from '../components/pending.tsx';
import { plural } from '../components/plural.ts';
import { Button, ProgressRing } from '../components/toolkit.tsx';
import { messageOf, request } from '../host/connection.ts';

/**
 * Fields that denoise other weights for the same prompt, with another seed or more steps. The concept's own weights are
 * kept.
 */
export function DenoiseAgain(props: {
  training: string;
  concept: string;
  onDenoised: (weights: WeightsChoice) => void;
}): JSX.Element {
  const { training, concept } = props;
  const [draw, setDraw] = useState({ seed: 1, steps: 1 });
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ kind: 'info' | 'error'; text: string }>();
  const denoise = () => {
    const { seed, steps } = draw;
    setBusy(true);
    setOutcome(undefined);
    request(translateView.denoise, { training, concept, seed, steps })
      .then(
        ({ weights, seconds, device }) => {
          const label = plural(
            steps,
            l10n.t('denoised, seed {0}, {1} step', seed, steps),
            l10n.t('denoised, seed {0}, {1} steps', seed, steps),
          );
          props.onDenoised({ kind: 'denoised', label, file: weights, modified: Date.now() });
          setOutcome({
            kind: 'info',
            text: l10n.t('Denoised in {0} on {1}.', formatDuration(seconds), device),
          });
        },
        (error) => setOutcome({ kind: 'error', text: messageOf(error) }),
      )
      .finally(() => setBusy(false));
  };
  return (
    <details class="denoise-again">
      <summary>{l10n.t('Denoise with another seed')}</summary>
      <div class="controls">
        <DrawFields draw={draw} onChange={setDraw} />
        <Button onClick={denoise} disabled={busy}>
          {l10n.t('Denoise')}
        </Button>
        {busy && (
          <span class="busy" role="status">
            <ProgressRing /> {l10n.t('Denoising…')}
          </span>
        )}
      </div>
      {outcome && <Notice kind={outcome.kind}>{outcome.text}</Notice>}
    </details>
  );
}
