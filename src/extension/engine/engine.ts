import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunRequest } from '../../project/runs/run-launch.ts';
import { SETTINGS, SETTINGS_SECTION } from '../identifiers.ts';
import { deviceOverrides, setting } from '../settings.ts';
import { refuseUntrusted } from '../trust.ts';
import { type NodeRuntime, resolveNodeRuntime } from './node-runtime.ts';
import type { OpenedFiles } from './opened-files.ts';
import { type LaunchedRun, launchRun } from './run-launcher.ts';
import { ServeClient } from './serve-client.ts';

/** The two ways in which the extension uses the engine: detached runs and one warm process for quick answers. */
export class Engine implements vscode.Disposable {
  readonly requests: ServeClient;
  private readonly program: string;
  private readonly subscription: vscode.Disposable;

  constructor(
    extension: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
    readonly opened: OpenedFiles,
  ) {
    this.program = join(extension.fsPath, 'dist', 'engine', 'dnw.mjs');
    this.requests = new ServeClient(
      () => this.startServer(),
      (text) => log.info(`engine: ${text.trimEnd()}`),
      () => opened.current,
    );
    this.subscription = vscode.workspace.onDidChangeConfiguration((change) => {
      // Its command line is out of date; the next request starts a new process.
      if (change.affectsConfiguration(SETTINGS_SECTION)) this.requests.stop();
    });
  }

  /** Starts a run that outlives this window. */
  async launch(request: RunRequest): Promise<LaunchedRun> {
    const runtime = this.runtime();
    const launched = await launchRun(runtime, this.program, request);
    this.log.info(`Run ${request.runId}: process ${launched.pid}, ${runtime.command} (${runtime.reason})`);
    return launched;
  }

  dispose(): void {
    this.subscription.dispose();
    this.requests.stop();
  }

  private startServer(): ChildProcessWithoutNullStreams {
    const runtime = this.runtime();
    const { device, threads } = deviceOverrides();
    const args = [
      `--idle-minutes=${setting<number>(SETTINGS.engineIdleMinutes)}`,
      ...(device === undefined ? [] : [`--device=${device}`]),
      ...(threads === undefined ? [] : [`--threads=${threads}`]),
    ];
    this.log.info(`Starting the engine with ${runtime.command} (${runtime.reason}): serve ${args.join(' ')}`);
    return spawn(runtime.command, [this.program, 'serve', ...args], {
      env: runtime.environment,
      windowsHide: true,
    });
  }

  private runtime(): NodeRuntime {
    refuseUntrusted();
    return resolveNodeRuntime(
      setting<string>(SETTINGS.engineNode),
      process,
      setting<string[]>(SETTINGS.outsideFolders),
    );
  }
}
