import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { NearestConcept } from '../../src/protocol/statistics.ts';

const BAR = 72;

/** A bar that starts in the middle: cosines range from -1 to 1. */
function CosineBar({ cosine }: { cosine: number }): JSX.Element {
  const middle = BAR / 2;
  const length = Math.abs(cosine) * middle;
  return (
    <svg class="cosine-bar" width={BAR} height="12" aria-hidden="true">
      <rect class="cosine-value" x={cosine < 0 ? middle - length : middle} y="2" width={length} height="8" />
      <line class="cosine-zero" x1={middle} y1="0" x2={middle} y2="12" />
    </svg>
  );
}

/** The zoo members whose weights are closest to these. */
export function NearestConcepts({ nearest }: { nearest: readonly NearestConcept[] }): JSX.Element {
  return (
    <section class="chart" aria-labelledby="nearest-title">
      <h3 id="nearest-title" class="chart-title">
        {l10n.t('Nearest zoo members')}{' '}
        <span class="muted">{l10n.t('by distance of the standardized weights')}</span>
      </h3>
      <table class="nearest">
        <thead>
          <tr>
            <th scope="col" class="number">
              {l10n.t('Rank')}
            </th>
            <th scope="col">{l10n.t('Concept')}</th>
            <th scope="col" class="number">
              {l10n.t('Distance')}
            </th>
            <th scope="col" colSpan={2}>
              {l10n.t('Cosine')}
            </th>
          </tr>
        </thead>
        <tbody>
          {nearest.map((member, index) => (
            <tr key={member.concept}>
              <td class="number">{index + 1}</td>
              <th scope="row">
                {member.concept}
                <span class="prompt">{member.prompt}</span>
              </th>
              <td class="number">{member.distance.toFixed(2)}</td>
              <td class="number">{member.cosine.toFixed(2).replace('-', '−')}</td>
              <td class="cosine-cell">
                <CosineBar cosine={member.cosine} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
