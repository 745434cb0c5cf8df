import type { JSX } from 'preact';
import { METHODS, type Method, type SavedComparison } from '../../src/protocol/comparison.ts';
import { formatCount, formatDuration, formatNumber } from '../components/format.ts';
import { Choice } from '../components/toolkit.tsx';
import { formatMetric, isDistance, METRICS, type Metric } from './metrics.ts';
import { type EqualityRow, timeToEqual } from './time-to-equal.ts';

/** Two digits: points are measured too sparsely for more. */
const rough = (factor: number) => formatNumber(Number(factor.toPrecision(2)));

/** "26 × less", "1.5 × more". */
function factorText(factor: number, unit: 'time' | 'steps'): string {
  if (factor === 1) return 'the same';
  if (factor === Number.POSITIVE_INFINITY) return 'none needed';
  const fewer = unit === 'time' ? 'less' : 'fewer';
  return factor > 1 ? `${rough(factor)} × ${fewer}` : `${rough(1 / factor)} × more`;
}

function Row({
  row,
  metric,
  reference,
}: {
  row: EqualityRow;
  metric: Metric;
  reference: Method;
}): JSX.Element {
  const { method, reached, timeFactor, stepFactor } = row;
  const isReference = method === reference;
  return (
    <tr class={isReference ? 'reference' : undefined}>
      <th scope="row">
        {METHODS[method]}
        {isReference && <span class="muted"> (reference)</span>}
      </th>
      {reached ? (
        <>
          <td class="number">{reached.steps === 0 ? 'at once' : formatDuration(reached.seconds)}</td>
          <td class="number">{isReference ? '' : factorText(timeFactor!, 'time')}</td>
          <td class="number">{formatCount(reached.steps)}</td>
          <td class="number">{isReference ? '' : factorText(stepFactor!, 'steps')}</td>
        </>
      ) : (
        <td class="not-reached" colSpan={4}>
          not reached in {formatCount(row.whole.steps)} steps, {formatDuration(row.whole.seconds)}
        </td>
      )}
      <td class="number">{formatMetric(metric, row.start)}</td>
      <td class="number">{formatMetric(metric, row.end)}</td>
    </tr>
  );
}

/** How soon each start gets to what one of them has at its end. */
export function EqualityTable(props: {
  comparison: SavedComparison;
  metric: Metric;
  reference: Method;
  onReference: (reference: Method) => void;
}): JSX.Element {
  const { comparison, metric, reference } = props;
  const equality = timeToEqual(comparison, metric, reference);
  const { label } = METRICS[metric];
  return (
    <section aria-labelledby="equality-title">
      <div class="section-head">
        <h2 id="equality-title">Time to equal quality</h2>
        <div class="controls">
          <Choice
            label="Reference"
            value={reference}
            options={comparison.curves.map(({ method }) => ({ value: method, label: METHODS[method] }))}
            onChange={(value) => props.onReference(value as Method)}
          />
        </div>
      </div>
      {equality === undefined ? (
        <p class="muted">
          {METHODS[reference]} has no finite {label} at its end: choose another reference or metric.
        </p>
      ) : (
        <>
          <p>
            {METHODS[reference]} ends at <strong>{formatMetric(metric, equality.goal.value)}</strong> {label}{' '}
            after {formatCount(equality.goal.whole.steps)} steps,{' '}
            {formatDuration(equality.goal.whole.seconds)}
            {equality.goal.steps < equality.goal.whole.steps &&
              `, and was as good before, after ${formatCount(equality.goal.steps)} steps, ` +
                formatDuration(equality.goal.seconds)}
            .
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section class="table-scroll" tabIndex={0} aria-label="Time to equal quality, scrollable">
            <table class="figures equality">
              <caption class="visually-hidden">
                Training time and steps to the {label} that {METHODS[reference]} has at its end
              </caption>
              <thead>
                <tr>
                  <th scope="col">Start</th>
                  <th scope="col" class="number">
                    Time
                  </th>
                  <th scope="col" class="number">
                    Less time
                  </th>
                  <th scope="col" class="number">
                    Steps
                  </th>
                  <th scope="col" class="number">
                    Fewer steps
                  </th>
                  <th scope="col" class="number">
                    At start
                  </th>
                  <th scope="col" class="number">
                    At end
                  </th>
                </tr>
              </thead>
              <tbody>
                {equality.rows.map((row) => (
                  <Row key={row.method} row={row} metric={metric} reference={reference} />
                ))}
              </tbody>
            </table>
          </section>
          <p class="muted note">
            Up to the first measured point that is as good
            {isDistance(metric) ? `; ${label} is measured at start and end alone` : ''}. Factors are against
            the moment when the reference was as good itself.
          </p>
        </>
      )}
    </section>
  );
}
