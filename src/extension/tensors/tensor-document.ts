import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { readSafetensorsHeader, valueCount } from '../../project/disk/safetensors-header.ts';
import { shownMessage } from '../../project/user-error.ts';
import type { TensorFile, TensorHistogram } from '../../protocol/tensors.ts';
import type {
  TensorComparison,
  TensorScan,
  TensorsUpdate,
  TensorsViewState,
} from '../../protocol/webview/tensors.ts';
import { Pacer } from '../panels/pacer.ts';
import type { Services } from '../services.ts';

/** Replacing a file causes several events. */
const SETTLE_MS = 200;

/**
 * An open safetensors file. The header is read here, immediately and without the engine. The values are read by the
 * engine in chunks, and its results are kept until the last editor of the file closes.
 */
export class TensorDocument implements vscode.CustomDocument {
  private readonly stateChanged = new vscode.EventEmitter<TensorsViewState>();
  private readonly updated = new vscode.EventEmitter<TensorsUpdate>();
  readonly onDidChangeState = this.stateChanged.event;
  readonly onDidUpdate = this.updated.event;
  private readonly subscriptions: vscode.Disposable[];
  private readonly pacer: Pacer;
  private current: TensorsViewState = { kind: 'loading' };
  /** Results since the last update was sent. */
  private pending: TensorsUpdate | undefined;
  private scanning: vscode.CancellationTokenSource | undefined;
  private comparing: vscode.CancellationTokenSource | undefined;
  private settling: NodeJS.Timeout | undefined;
  private reads = 0;
  private disposed = false;

  constructor(
    private readonly services: Services,
    readonly uri: vscode.Uri,
    private readonly closed: () => void,
  ) {
    this.pacer = new Pacer(
      () => this.flush(),
      (error) => services.log.error(`${error}`),
    );
    const opened = services.engine.opened.open(uri.fsPath);
    this.subscriptions = [this.stateChanged, this.updated, this.pacer, opened, ...this.watch()];
  }

  get state(): TensorsViewState {
    return this.current;
  }

  /** Reads the header, then has the engine read the values, and compares them again if they were being compared. */
  async read(): Promise<void> {
    const read = ++this.reads;
    const second = this.current.kind === 'ready' ? this.current.comparison?.path : undefined;
    this.stopWork();
    let state: TensorsViewState;
    try {
      const file = await this.readHeader();
      const scan: TensorScan = { state: 'running', done: 0, total: 0 };
      state = { kind: 'ready', file, scan, statistics: [], spectra: [] };
    } catch (error) {
      state = { kind: 'error', message: shownMessage(error) };
    }
    // The file changed again meanwhile, or its last editor was closed.
    if (read !== this.reads || this.disposed) return;
    this.show(state);
    if (state.kind !== 'ready') return;
    void this.scan();
    if (second !== undefined) void this.compare(vscode.Uri.file(second));
  }

  /** Reads the values again after the engine failed to. */
  async scan(): Promise<void> {
    if (this.current.kind !== 'ready') return;
    this.scanning?.cancel();
    const source = new vscode.CancellationTokenSource();
    this.scanning = source;
    this.show({
      ...this.current,
      scan: { state: 'running', done: 0, total: 0 },
      statistics: [],
      spectra: [],
    });
    try {
      await this.services.engine.requests.request(
        'tensorStatistics',
        { file: this.uri.fsPath },
        source.token,
        ({ done, total, tensors, spectra }) => {
          if (source === this.scanning) {
            this.add({ scan: { state: 'running', done, total }, statistics: tensors, spectra });
          }
        },
      );
      if (source === this.scanning) this.add({ scan: { state: 'done' }, statistics: [], spectra: [] });
    } catch (error) {
      if (source === this.scanning && !source.token.isCancellationRequested) {
        this.add({ scan: { state: 'failed', message: shownMessage(error) }, statistics: [], spectra: [] });
      }
    } finally {
      source.dispose();
    }
  }

  /** Compares every tensor with the tensor of the same name in a second file. */
  async compare(second: vscode.Uri): Promise<void> {
    if (this.current.kind !== 'ready') return;
    this.endComparison();
    const source = new vscode.CancellationTokenSource();
    this.comparing = source;
    const opened = this.services.engine.opened.open(second.fsPath);
    let comparison: TensorComparison = {
      path: second.fsPath,
      name: basename(second.fsPath),
      state: 'running',
      done: 0,
      total: 0,
      differences: [],
    };
    const set = (change: Partial<TensorComparison>) => {
      comparison = { ...comparison, ...change };
      if (source !== this.comparing || this.current.kind !== 'ready') return;
      this.current = { ...this.current, comparison };
      this.pending = { ...this.pendingUpdate(), comparison };
      this.pacer.request();
    };
    set({});
    try {
      const unmatched = await this.services.engine.requests.request(
        'compareTensors',
        { file: this.uri.fsPath, second: second.fsPath },
        source.token,
        ({ done, total, differences }) =>
          set({ done, total, differences: [...comparison.differences, ...differences] }),
      );
      set({ state: 'done', unmatched });
    } catch (error) {
      if (!source.token.isCancellationRequested) set({ state: 'failed', message: shownMessage(error) });
    } finally {
      opened.dispose();
      source.dispose();
    }
  }

  endComparison(): void {
    this.comparing?.cancel();
    this.comparing = undefined;
    if (this.current.kind !== 'ready' || this.current.comparison === undefined) return;
    const { comparison: _, ...rest } = this.current;
    this.show(rest);
  }

  async histogram(tensor: string, bins: number): Promise<TensorHistogram> {
    return this.services.engine.requests.request('tensorHistogram', {
      file: this.uri.fsPath,
      tensor,
      bins,
    });
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.settling);
    this.stopWork();
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.closed();
  }

  private watch(): vscode.Disposable[] {
    const trusted = vscode.workspace.onDidGrantWorkspaceTrust(() => void this.scan());
    if (this.uri.scheme !== 'file') return [trusted];
    const [folder, name] = [dirname(this.uri.fsPath), basename(this.uri.fsPath)];
    try {
      // Not the editor's watcher: outside the workspace it starts with a delay, and does not report a file that is
      // replaced before then.
      const watcher = watch(folder, { persistent: false }, (_event, changed) => {
        if (changed !== null && changed !== name) return;
        clearTimeout(this.settling);
        this.settling = setTimeout(() => void this.read(), SETTLE_MS);
      });
      watcher.on('error', (error) => this.services.log.warn(`${folder}: ${error.message}`));
      return [trusted, new vscode.Disposable(() => watcher.close())];
    } catch (error) {
      // The file is still shown as it is now.
      this.services.log.warn(`${folder} cannot be watched: ${shownMessage(error)}`);
      return [trusted];
    }
  }

  private async readHeader(): Promise<TensorFile> {
    if (this.uri.scheme !== 'file') {
      throw new Error(
        vscode.l10n.t(
          'Only files on disk can be opened here, but this file has the scheme {0}:.',
          this.uri.scheme,
        ),
      );
    }
    const path = this.uri.fsPath;
    const { fileSize, metadata, tensors } = await readSafetensorsHeader(path);
    return {
      path,
      name: basename(path),
      size: fileSize,
      metadata: { ...metadata },
      tensors: [...tensors].map(([name, { dtype, shape }]) => ({
        name,
        dtype,
        shape: [...shape],
        count: valueCount(shape),
      })),
    };
  }

  private stopWork(): void {
    this.scanning?.cancel();
    this.scanning = undefined;
    this.comparing?.cancel();
    this.comparing = undefined;
  }

  private show(state: TensorsViewState): void {
    this.current = state;
    this.pending = undefined;
    this.stateChanged.fire(state);
  }

  private add(update: TensorsUpdate): void {
    if (this.current.kind !== 'ready') return;
    this.current.statistics.push(...update.statistics);
    this.current.spectra.push(...update.spectra);
    this.current = { ...this.current, scan: update.scan };
    const pending = this.pendingUpdate();
    this.pending = {
      ...pending,
      scan: update.scan,
      statistics: [...pending.statistics, ...update.statistics],
      spectra: [...pending.spectra, ...update.spectra],
    };
    this.pacer.request();
  }

  private pendingUpdate(): TensorsUpdate {
    const scan: TensorScan = this.current.kind === 'ready' ? this.current.scan : { state: 'done' };
    return this.pending ?? { scan, statistics: [], spectra: [] };
  }

  private flush(): void {
    const update = this.pending;
    this.pending = undefined;
    if (update !== undefined) this.updated.fire(update);
  }
}
