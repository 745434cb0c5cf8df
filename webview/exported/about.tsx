import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PageFacts } from '../../src/protocol/exported-page.ts';
import { inertLine, inertText } from '../../src/protocol/inert-text.ts';

/** What this page is, what it leaves out, and whose work is in it. */
export function About(props: { facts: PageFacts; notices: string }): JSX.Element {
  const { facts, notices } = props;
  return (
    <footer>
      <p>
        {l10n.t(
          'Everything runs in this page: pictures do not leave your computer, and nothing is loaded from a network.',
        )}{' '}
        {l10n.t(
          'Results are 8-bit PNG files in sRGB, upright, with the transparency of the picture. The metadata of the picture (EXIF) is left out; dnw translate keeps it, and writes other formats.',
        )}
      </p>
      <details>
        <summary>{l10n.t('About this network')}</summary>
        <dl>
          <dt>{l10n.t('Weights')}</dt>
          <dd>{inertLine(facts.weights)}</dd>
          <dt>{l10n.t('Base')}</dt>
          <dd>{inertLine(facts.base)}</dd>
          <dt>{l10n.t('Trained on')}</dt>
          <dd>{l10n.t('images of {0} × {1} pixels', facts.trained, facts.trained)}</dd>
          <dt>{l10n.t('Values')}</dt>
          <dd>
            {facts.half
              ? l10n.t('stored in half precision, computed in single precision')
              : l10n.t('single precision')}
          </dd>
        </dl>
      </details>
      <details>
        <summary>{l10n.t('Licenses of the software in this page')}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: It scrolls, with the keyboard as well. */}
        <section class="notices" tabIndex={0} aria-label={l10n.t('Licenses')}>
          {inertText(notices)}
        </section>
      </details>
    </footer>
  );
}
