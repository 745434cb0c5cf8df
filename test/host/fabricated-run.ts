import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { NewRunEvent } from '../../src/protocol/events.ts';
import { RUN_FILES, type RunOwner, type RunRecord } from '../../src/protocol/run.ts';
import type { Stage } from '../../src/protocol/stages.ts';

/** A run folder written the way the engine writes one, step by step, with this process as its owner. */
export class FabricatedRun {
  readonly folder: string;
  private generation = 0;

  constructor(
    project: string,
    readonly id: string,
    private readonly about: { stage: Stage; name: string; training: string; concept?: string },
  ) {
    this.folder = join(project, 'runs', id);
    mkdirSync(this.folder, { recursive: true });
  }

  begin(): void {
    const record: RunRecord = {
      version: 1,
      id: this.id,
      ...this.about,
      created: Date.now(),
      seed: 1,
      config: {},
      options: {},
      versions: { dnw: '0.1.0', node: process.versions.node },
      hashes: {},
    };
    // Whole or not at all, as the engine does.
    writeFileSync(join(this.folder, 'new'), JSON.stringify(record));
    renameSync(join(this.folder, 'new'), join(this.folder, RUN_FILES.record));
    this.own({ pid: process.pid, host: hostname() });
    const { stage, name } = this.about;
    this.emit({
      type: 'started',
      runId: this.id,
      stage,
      name,
      pid: process.pid,
      host: hostname(),
      resumed: false,
    });
  }

  emit(event: NewRunEvent): void {
    appendFileSync(
      join(this.folder, RUN_FILES.events),
      `${JSON.stringify({ time: Date.now(), ...event })}\n`,
    );
  }

  progress(done: number, total: number): void {
    this.emit({
      type: 'progress',
      message: 'fine-tuning',
      done,
      total,
      unit: 'steps',
      etaSeconds: total - done,
    });
  }

  /** As when the process is killed: it no longer exists and has said nothing. */
  die(): void {
    // The process of this id has ended: no system gives out ids this large.
    this.own({ pid: 2 ** 30, host: hostname() });
  }

  finish(status: 'succeeded' | 'failed' | 'stopped', error?: string): void {
    this.emit({ type: 'finished', status, seconds: 12, ...(error !== undefined && { error }) });
  }

  get stopAsked(): boolean {
    return existsSync(join(this.folder, RUN_FILES.stopRequest));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private own(owner: RunOwner): void {
    this.generation++;
    writeFileSync(join(this.folder, `owner-${this.generation}.json`), JSON.stringify(owner));
  }
}
