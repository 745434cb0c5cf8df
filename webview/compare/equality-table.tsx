import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Method, SavedComparison } from '../../src/protocol/comparison.ts';
import { formatCount, formatDuration, formatNumber } from '../components/format.ts';
import { RichText } from '../components/rich-text.tsx';
import { Choice } from '../components/toolkit.tsx';
import { methodName } from './method-name.ts';
import { formatMetric, isDistance, type Metric, metricLabel } from './metrics.ts';
import { type EqualityRow, type Goal, timeToEqual } from './time-to-equal.ts';

/** A factor with two digits: the points are too sparse for more. */
const rough = (factor: number) => formatNumber(Number(factor.toPrecision(2)));

/** A factor in words: "26 × less", "1.5 × more". */
function factorText(factor: number, unit: 'time' | 'steps'): string {
  if (factor === 1) return l10n.t('the same');
  if (factor === Number.POSITIVE_INFINITY) return l10n.t('none needed');
  if (factor < 1) return l10n.t('{0} × more', rough(1 / factor));
  return unit === 'time' ? l10n.t('{0} × less', rough(factor)) : l10n.t('{0} × fewer', rough(factor));
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
        {methodName(method)}
        {isReference && <span class="muted"> {l10n.t('(reference)')}</span>}
      </th>
      {reached ? (
        <>
          <td class="number">{reached.steps === 0 ? l10n.t('at once') : formatDuration(reached.seconds)}</td>
          <td class="number">{isReference ? '' : factorText(timeFactor!, 'time')}</td>
          <td class="number">{formatCount(reached.steps)}</td>
          <td class="number">{isReference ? '' : factorText(stepFactor!, 'steps')}</td>
        </>
      ) : (
        <td class="not-reached" colSpan={4}>
          {l10n.t(
            'not reached in {0} steps, {1}',
            formatCount(row.whole.steps),
            formatDuration(row.whole.seconds),
          )}
        </td>
      )}
      <td class="number">{formatMetric(metric, row.start)}</td>
      <td class="number">{formatMetric(metric, row.end)}</td>
    </tr>
  );
}

/** What the reference reaches and when, with `{value}` as the placeholder of its final value. */
function goalText({ steps, seconds, whole }: Goal, method: string, label: string): string {
  const moments = {
    method,
    label,
    wholeSteps: formatCount(whole.steps),
    wholeTime: formatDuration(whole.seconds),
    steps: formatCount(steps),
    time: formatDuration(seconds),
  };
  return steps < whole.steps
    ? l10n.t(
        '{method} ends at {value} {label} after {wholeSteps} steps, {wholeTime}, and first reached that after {steps} steps, {time}.',
        moments,
      )
    : l10n.t('{method} ends at {value} {label} after {wholeSteps} steps, {wholeTime}.', moments);
}

/** How soon each start reaches the final quality of a reference. */
export function EqualityTable(props: {
  comparison: SavedComparison;
  metric: Metric;
  reference: Method;
  onReference: (reference: Method) => void;
}): JSX.Element {
  const { comparison, metric, reference } = props;
  const equality = timeToEqual(comparison, metric, reference);
  const label = metricLabel(metric);
  return (
    <section aria-labelledby="equality-title">
      <div class="section-head">
        <h2 id="equality-title">{l10n.t('Time to equal quality')}</h2>
        <div class="controls">
          <Choice
            label={l10n.t('Reference')}
            value={reference}
            options={comparison.curves.map(({ method }) => ({ value: method, label: methodName(method) }))}
            onChange={(value) => props.onReference(value as Method)}
          />
        </div>
      </div>
      {equality === undefined ? (
        <p class="muted">
          {l10n.t(
            '{0} has no finite {1} at the end: select another reference or metric.',
            methodName(reference),
            label,
          )}
        </p>
      ) : (
        <>
          <p>
            <RichText
              text={goalText(equality.goal, methodName(reference), label)}
              parts={{ value: <strong>{formatMetric(metric, equality.goal.value)}</strong> }}
            />
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section class="table-scroll" tabIndex={0} aria-label={l10n.t('Time to equal quality, scrollable')}>
            <table class="figures equality">
              <caption class="visually-hidden">
                {l10n.t(
                  'Training time and steps to reach the final {0} of {1}',
                  label,
                  methodName(reference),
                )}
              </caption>
              <thead>
                <tr>
                  <th scope="col">{l10n.t('Start')}</th>
                  <th scope="col" class="number">
                    {l10n.t('Time')}
                  </th>
                  <th scope="col" class="number">
                    {l10n.t('Less time')}
                  </th>
                  <th scope="col" class="number">
                    {l10n.t('Steps')}
                  </th>
                  <th scope="col" class="number">
                    {l10n.t('Fewer steps')}
                  </th>
                  <th scope="col" class="number">
                    {l10n.t('At start')}
                  </th>
                  <th scope="col" class="number">
                    {l10n.t('At end')}
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
            {isDistance(metric)
              ? l10n.t(
                  'Up to the first measured point that is as good; {0} is measured only at the start and the end.',
                  label,
                )
              : l10n.t('Up to the first measured point that is as good.')}{' '}
            {l10n.t('Factors are relative to when the reference itself reached that quality.')}
          </p>
        </>
      )}
    </section>
  );
}
