import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { DrawOptions } from '../../src/protocol/statistics.ts';
import { IntegerField } from './toolkit.tsx';

const MAX_SEED = 2 ** 31 - 1;
const MAX_STEPS = 1000;

/** Fields for the seed and number of steps to denoise weights with. */
export function DrawFields(props: { draw: DrawOptions; onChange: (draw: DrawOptions) => void }): JSX.Element {
  const { draw, onChange } = props;
  return (
    <>
      <IntegerField
        label={l10n.t('Seed')}
        value={draw.seed}
        min={0}
        max={MAX_SEED}
        onChange={(seed) => onChange({ ...draw, seed })}
      />
      <IntegerField
        label={l10n.t('Denoising steps')}
        value={draw.steps}
        min={1}
        max={MAX_STEPS}
        onChange={(steps) => onChange({ ...draw, steps })}
      />
    </>
  );
}
