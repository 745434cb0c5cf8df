import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import {
  METHODS,
  type Method,
  type SavedComparison,
  type SavedStarts,
} from '../../src/protocol/comparison.ts';
import { methodName } from './method-name.ts';
import {
  formatMetric,
  isAsGood,
  isDistance,
  METRICS,
  type Metric,
  metricLabel,
  type QualityMetric,
} from './metrics.ts';

/** Mean over the concepts; undefined if one has no finite value, since means must be comparable. */
function mean(starts: readonly SavedStarts[], method: Method, metric: QualityMetric): number | undefined {
  const values = starts.map(({ quality }) => quality[method]?.[metric]);
  if (values.some((value) => value === null || value === undefined)) return undefined;
  return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
}

function best(metric: Metric, values: readonly (number | null | undefined)[]): number | undefined {
  const finite = values.filter((value) => value !== null && value !== undefined);
  return finite.find((value) => finite.every((other) => isAsGood(metric, value, other)));
}

function Cells({
  metric,
  values,
}: {
  metric: Metric;
  values: readonly (number | null | undefined)[];
}): JSX.Element {
  // Values that read the same count as equally good.
  const top = formatMetric(metric, best(metric, values));
  return (
    <>
      {values.map((value, index) => (
        <td key={index} class="number">
          {typeof value === 'number' && formatMetric(metric, value) === top ? (
            <strong>
              {formatMetric(metric, value)}
              <span class="visually-hidden"> {l10n.t('(best)')}</span>
            </strong>
          ) : (
            formatMetric(metric, value)
          )}
        </td>
      ))}
    </>
  );
}

/** Every start of every held-out concept before any training: one concept alone proves little. */
export function StartsTable({
  comparison,
  metric,
}: {
  comparison: SavedComparison;
  metric: Metric;
}): JSX.Element {
  const { starts } = comparison;
  const shown = isDistance(metric) ? 'psnr' : metric;
  const label = metricLabel(shown);
  const methods = (Object.keys(METHODS) as Method[]).filter((method) =>
    starts.some(({ quality }) => quality[method]),
  );
  return (
    <section aria-labelledby="starts-title">
      <h2 id="starts-title">{l10n.t('Starts before any training')}</h2>
      <p class="muted">
        {METRICS[shown].better === 'higher'
          ? l10n.t(
              '{0} on held-out images of every held-out concept; higher is better, the best of each row is bold.',
              label,
            )
          : l10n.t(
              '{0} on held-out images of every held-out concept; lower is better, the best of each row is bold.',
              label,
            )}
        {isDistance(metric) && ` ${l10n.t('{0} is not measured here.', metricLabel(metric))}`}
      </p>
      <section
        class="table-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={l10n.t('Starts before any training, scrollable')}
      >
        <table class="figures">
          <caption class="visually-hidden">{l10n.t('{0} of every start before any training', label)}</caption>
          <thead>
            <tr>
              <th scope="col">{l10n.t('Held-out concept')}</th>
              {methods.map((method) => (
                <th key={method} scope="col" class="number">
                  {methodName(method)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {starts.map(({ concept, prompt, quality }) => (
              <tr key={concept}>
                <th scope="row" title={prompt}>
                  {concept}
                </th>
                <Cells metric={shown} values={methods.map((method) => quality[method]?.[shown])} />
              </tr>
            ))}
          </tbody>
          {starts.length > 1 && (
            <tfoot>
              <tr>
                <th scope="row">{l10n.t('Mean of {0} concepts', starts.length)}</th>
                <Cells metric={shown} values={methods.map((method) => mean(starts, method, shown))} />
              </tr>
            </tfoot>
          )}
        </table>
      </section>
    </section>
  );
}
