import * as vscode from 'vscode';
import { stringify } from 'yaml';
import type { RunRecord } from '../../../protocol/run.ts';
import type { RunHeader, RunOrigin, RunViewState } from '../../../protocol/webview/run.ts';
import { evaluationOf } from '../../runs/evaluations.ts';
import { isActive, isResumable, type Run } from '../../runs/run-state.ts';
import { errorText } from '../../runs/run-status.ts';
import type { Services } from '../../services.ts';

/** A run whose engine has written `run.json`. */
export type BegunRun = Run & { readonly record: RunRecord };

export function hasBegun(run: Run | undefined): run is BegunRun {
  return run?.record !== undefined;
}

/** What to show of a run that was deleted, is starting, or ended before it could say what it is. */
export function stateWithoutRecord({ projects }: Services, run: Run | undefined): RunViewState {
  if (run === undefined) {
    if (!projects.loaded) return { kind: 'loading' };
    return { kind: 'empty', message: vscode.l10n.t('The run has been deleted.') };
  }
  if (run.damage !== undefined) return { kind: 'error', message: run.damage };
  if (isActive(run)) return { kind: 'loading' };
  return {
    kind: 'error',
    message: errorText(run.status) ?? vscode.l10n.t('The engine ended before the run began.'),
  };
}

/** The part of a run's view that every update replaces. */
export function headerOf(run: BegunRun): RunHeader {
  const { record, status, id, state, stopping } = run;
  const { stage, name, created, training, concept } = record;
  const { device, deviceReason, memory, seconds, error, errorCode, progress, parts } = status;
  return {
    runId: id,
    stage,
    name,
    state,
    created,
    training,
    concept,
    device,
    deviceReason,
    memory,
    progress,
    parts,
    seconds,
    // The damage already names its code.
    ...(run.damage === undefined ? { error, errorCode } : { error: run.damage }),
    stopping: stopping && isActive(run),
    resumable: isResumable(run),
    evaluated: state === 'succeeded' && evaluationOf(run) !== undefined,
  };
}

/** What a run was started with, as the view shows it. */
export function originOf({ config, options, seed, versions }: RunRecord): RunOrigin {
  return {
    config: stringify(config),
    options: Object.keys(options).length === 0 ? '' : stringify(options),
    seed,
    versions: { ...versions },
  };
}
