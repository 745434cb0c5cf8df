import * as vscode from 'vscode';
import { projectPaths } from '../../../project/paths.ts';
import type { RunReference } from '../../../protocol/webview/common.ts';
import {
  type OverlaidRun,
  type RunTarget,
  type RunUpdate,
  type RunViewState,
  runView,
} from '../../../protocol/webview/run.ts';
import type { Run } from '../../runs/run-state.ts';
import type { Services } from '../../services.ts';
import { Pacer } from '../pacer.ts';
import type { PanelConnection } from '../panel-connection.ts';
import { overlaidOn } from './overlaid-runs.ts';
import { RunsReader } from './run-reader.ts';
import { runTitle } from './run-title.ts';
import { type BegunRun, hasBegun, headerOf, originOf, stateWithoutRecord } from './run-view-state.ts';

/** Sends a run and the runs overlaid on it to one page: everything when it connects, then what is new. */
export class RunFeed implements vscode.Disposable {
  readonly #services: Services;
  readonly #connection: PanelConnection;
  readonly #target: RunTarget;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly #pacer: Pacer;
  #overlaid: readonly RunReference[];
  #reader: RunsReader;
  #shown: RunViewState['kind'] = 'loading';

  constructor(services: Services, connection: PanelConnection, target: RunTarget) {
    this.#services = services;
    this.#connection = connection;
    this.#target = target;
    this.folder = projectPaths(target.project).run(target.runId);
    this.#overlaid = overlaidOn(target, target.overlaid ?? []);
    this.#reader = new RunsReader(target);
    this.#pacer = new Pacer(
      () => this.#send(),
      (error) => services.log.error(`${this.folder}: ${error}`),
    );
  }

  /** The current state of the run; undefined once it is deleted. */
  get run(): Run | undefined {
    return this.#find(this.#target);
  }

  /** The runs to overlay, including those that have not begun yet. */
  get overlaid(): readonly RunReference[] {
    return this.#overlaid;
  }

  /** Replaces the overlaid runs. */
  overlay(others: readonly RunReference[]): void {
    this.#overlaid = overlaidOn(this.#target, others);
    this.#pacer.request();
  }

  /** Schedules an update of the page after a change of the runs. */
  refresh(): void {
    this.#pacer.request();
  }

  /** Reads everything from the beginning, for a page that connects. */
  async readWhole(): Promise<RunViewState> {
    this.#reader = new RunsReader(this.#target);
    const { run } = this;
    const state: RunViewState = hasBegun(run)
      ? { kind: 'ready', origin: originOf(run.record), ...(await this.#readOn(run, this.#reader)) }
      : stateWithoutRecord(this.#services, run);
    this.#shown = state.kind;
    return state;
  }

  dispose(): void {
    this.#pacer.dispose();
  }

  async #send(): Promise<void> {
    const { run } = this;
    const connection = this.#connection;
    connection.panel.title = runTitle(this.#services, { ...this.#target, overlaid: this.#begunOverlaid() });
    if (!connection.listening) return;
    if (hasBegun(run) && this.#shown === 'ready') {
      const from = this.#reader;
      const update = await this.#readOn(run, from);
      // If the page has reconnected in the meantime, it already has these events.
      if (from === this.#reader) connection.notify(runView.updated, update);
    } else {
      connection.notify(runView.stateChanged, await this.readWhole());
    }
  }

  async #readOn(run: BegunRun, from: RunsReader): Promise<RunUpdate> {
    const { points, damaged, overlaid } = await from.read(this.#begunOverlaid());
    const { samples, ...rest } = points;
    return {
      header: headerOf(run),
      samples: samples.map(({ step, concept, label, file, time }) => ({
        step,
        concept,
        label,
        uri: this.#uriOf(file),
        time,
      })),
      ...rest,
      damaged,
      overlays: overlaid.flatMap((other): OverlaidRun[] => {
        const known = this.#find(other);
        // It was deleted while being read.
        if (!hasBegun(known)) return [];
        const { stage, name, created } = known.record;
        return [{ ...other, stage, name, created, state: known.state }];
      }),
    };
  }

  /**
   * URI by which the page loads a file.
   * @param file path below the run's folder, with forward slashes
   */
  #uriOf(file: string): string {
    const uri = vscode.Uri.joinPath(vscode.Uri.file(this.folder), ...file.split('/'));
    return this.#connection.panel.webview.asWebviewUri(uri).toString();
  }

  #begunOverlaid(): RunReference[] {
    return this.#overlaid.filter((other) => hasBegun(this.#find(other)));
  }

  #find({ project, runId }: RunReference): Run | undefined {
    return this.#services.runs.get(project, runId);
  }
}
