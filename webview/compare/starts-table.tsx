import type { JSX } from 'preact';
import {
  METHODS,
  type Method,
  type SavedComparison,
  type SavedStarts,
} from '../../src/protocol/comparison.ts';
import { formatMetric, isAsGood, isDistance, METRICS, type Metric, type QualityMetric } from './metrics.ts';

/** Mean over the concepts that have a finite value; undefined where one has none, since means must compare. */
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
  // Whatever reads the same is as good.
  const top = formatMetric(metric, best(metric, values));
  return (
    <>
      {values.map((value, index) => (
        <td key={index} class="number">
          {typeof value === 'number' && formatMetric(metric, value) === top ? (
            <strong>
              {formatMetric(metric, value)}
              <span class="visually-hidden"> (best)</span>
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
  const { label, better } = METRICS[shown];
  const methods = (Object.keys(METHODS) as Method[]).filter((method) =>
    starts.some(({ quality }) => quality[method]),
  );
  return (
    <section aria-labelledby="starts-title">
      <h2 id="starts-title">Starts before any training</h2>
      <p class="muted">
        {label} on held-out images of every held-out concept; {better} is better, the best of each row is
        bold.
        {isDistance(metric) && ` ${METRICS[metric].label} is not measured here.`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section class="table-scroll" tabIndex={0} aria-label="Starts before any training, scrollable">
        <table class="figures">
          <caption class="visually-hidden">{label} of every start before any training</caption>
          <thead>
            <tr>
              <th scope="col">Held-out concept</th>
              {methods.map((method) => (
                <th key={method} scope="col" class="number">
                  {METHODS[method]}
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
                <th scope="row">Mean of {starts.length} concepts</th>
                <Cells metric={shown} values={methods.map((method) => mean(starts, method, shown))} />
              </tr>
            </tfoot>
          )}
        </table>
      </section>
    </section>
  );
}
