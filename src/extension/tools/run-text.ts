import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../../protocol/run.ts';
import { formatDuration } from '../duration.ts';
import { metricsText } from '../runs/metrics-text.ts';
import { isActive, isResumable, type Run } from '../runs/run-state.ts';

/** The status of a run, for a model: one fact per line, unknown facts omitted. */
export function runText(run: Run): string {
  const { record, status } = run;
  const { progress, parts, metrics } = status;
  const lines: [name: string, value: string | undefined][] = [
    ['Run', run.id],
    ['Project', run.project],
    ['Stage', record?.stage],
    ['About', record?.name],
    ['Training config', record?.training],
    [
      'State',
      `${run.damage === undefined ? run.state : 'damaged'}${run.stopping && isActive(run) ? ' (stop requested)' : ''}`,
    ],
    ['Part', parts && `${parts.titles.length} of ${parts.total}, ${parts.titles.at(-1)}`],
    ['Progress', progress && progressText(progress)],
    ['Time left', isActive(run) ? seconds(progress?.etaSeconds) : undefined],
    ['Time taken', seconds(status.seconds)],
    ['Device', status.device && `${status.device} (${status.deviceReason})`],
    ['Latest metrics', metrics && metricsLine(metrics)],
    ['Error', run.damage ?? status.error],
    ['Error code', run.damage === undefined ? status.errorCode : undefined],
    ['Resumable', isResumable(run) ? resumableText(run) : undefined],
    ['Events', existing(run, RUN_FILES.events)],
    ['Log', existing(run, RUN_FILES.log)],
  ];
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])).join('\n');
}

function progressText({ message, done, total, unit }: NonNullable<Run['status']['progress']>): string {
  const share = total > 0 ? `, ${Math.floor((100 * done) / total)} %` : '';
  return `${message}, ${done} of ${total} ${unit}${share}`;
}

function metricsLine({ step, concept, series, values }: NonNullable<Run['status']['metrics']>): string {
  const of = [concept, series].filter((part) => part !== undefined).join(', ');
  return `${metricsText(values)} (step ${step}${of === '' ? '' : `, ${of}`})`;
}

const seconds = (value: number | undefined) =>
  value === undefined ? undefined : `${formatDuration(value)} (${Math.round(value)} s)`;

const resumableText = ({ status }: Run) =>
  status.checkpointed
    ? 'yes, from its checkpoint, with the Resume Run command'
    : 'yes, but from the beginning, since it has no checkpoint';

function existing({ folder }: Run, name: string): string | undefined {
  const file = join(folder, name);
  return existsSync(file) ? file : undefined;
}
