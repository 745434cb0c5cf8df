import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PageFacts } from '../../src/protocol/exported-page.ts';
import { PICTURE_SIDE } from '../../src/protocol/stage-options.ts';
import type { Settings } from './messages.ts';

/** What is chosen, as it stands in the fields. */
export interface SettingsForm {
  readonly size: 'train' | 'native' | 'other';
  /** The shorter side, for `other`; not a number while the field is empty. */
  readonly side: number;
  /** Whether the fine detail of the picture is added. */
  readonly detail: boolean;
}

/** Undefined while the fields have no settings. */
export function settingsOf({ size, side, detail }: SettingsForm): Settings | undefined {
  const isSide = Number.isInteger(side) && side >= PICTURE_SIDE.min && side <= PICTURE_SIDE.max;
  if (size === 'other' && !isSide) return undefined;
  return { size: size === 'other' ? side : size, detail: detail && size !== 'native' ? 'source' : 'none' };
}

export function ChosenSettings(props: {
  form: SettingsForm;
  facts: PageFacts;
  onChange: (form: SettingsForm) => void;
}): JSX.Element {
  const { form, facts, onChange } = props;
  const wrong = settingsOf(form) === undefined;
  return (
    <div class="settings">
      <label>
        {l10n.t('Size for the network')}{' '}
        <select
          value={form.size}
          onChange={({ currentTarget }) =>
            onChange({ ...form, size: currentTarget.value as SettingsForm['size'] })
          }
        >
          <option value="train">
            {l10n.t('as in training: {0} pixels on the shorter side', facts.scale)}
          </option>
          <option value="other">{l10n.t('another shorter side')}</option>
          <option value="native">{l10n.t('every pixel, large pictures in tiles')}</option>
        </select>
      </label>
      {form.size === 'other' && (
        <label>
          {l10n.t('Shorter side in pixels')}{' '}
          <input
            type="number"
            min={PICTURE_SIDE.min}
            max={PICTURE_SIDE.max}
            value={Number.isNaN(form.side) ? '' : form.side}
            aria-invalid={wrong}
            aria-describedby={wrong ? 'side-problem' : undefined}
            onChange={({ currentTarget }) => onChange({ ...form, side: currentTarget.valueAsNumber })}
          />
        </label>
      )}
      {wrong && (
        <span id="side-problem" class="problem" role="alert">
          {l10n.t('Enter a whole number from {0} to {1}.', PICTURE_SIDE.min, PICTURE_SIDE.max)}
        </span>
      )}
      <label>
        <input
          type="checkbox"
          checked={form.detail && form.size !== 'native'}
          disabled={form.size === 'native'}
          onChange={({ currentTarget }) => onChange({ ...form, detail: currentTarget.checked })}
        />{' '}
        {l10n.t('Add the fine detail of the picture (for changes of color and tone, not of shape)')}
      </label>
    </div>
  );
}
