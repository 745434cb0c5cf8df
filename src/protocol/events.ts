/**
 * The events that a run appends to its `events.jsonl`, one JSON object per line; lines never change.
 * With `--json` the engine prints the same objects to standard output. The extension and the webviews
 * read nothing else to follow a run.
 */
import type { Stage } from './stages.ts';

interface EventBase {
  /** Milliseconds since the Unix epoch. */
  time: number;
}

export interface StartedEvent extends EventBase {
  type: 'started';
  runId: string;
  stage: Stage;
  name: string;
  pid: number;
  host: string;
  /** True if the run continues from a checkpoint. */
  resumed: boolean;
}

/** A run of several stages (quickstart) starts one of them. */
export interface StageEvent extends EventBase {
  type: 'stage';
  stage: Stage;
  /** 0-based index of the stage, below `total`. */
  index: number;
  total: number;
  /** Title of the stage, such as "Collect LoRA weights of the zoo". */
  title: string;
}

/** The selected device, and the reason for it (compute/devices). */
export interface DeviceEvent extends EventBase {
  type: 'device';
  device: string;
  executor: 'onnxruntime' | 'tfjs';
  threads: number;
  reason: string;
}

/** Memory of the engine process, in bytes. */
export interface MemoryUse {
  /** Current resident memory. */
  resident: number;
  /** Peak resident memory since the process started. */
  peak: number;
}

export interface ProgressEvent extends EventBase {
  type: 'progress';
  /** The current work, in words: "collecting pencil-sketch (3 of 24)". */
  message: string;
  done: number;
  total: number;
  unit: 'steps' | 'concepts' | 'images' | 'blocks';
  /** Estimated seconds to the end of the stage; absent until an estimate is possible. */
  etaSeconds?: number;
  concept?: string;
  /** Memory, about every two seconds; runs of earlier engines have none. */
  memory?: MemoryUse;
}

/** Scalars of one training step or one evaluation; keys such as `loss/generator`, `quality/psnr`. */
export interface MetricsEvent extends EventBase {
  type: 'metrics';
  step: number;
  concept?: string;
  /** The curve that this belongs to, if a run draws several ("denoised", "fresh LoRA", "Pix2pix"). */
  series?: string;
  /** Training seconds spent on this series so far, without evaluation. */
  seconds?: number;
  values: Record<string, number>;
}

export interface SampleEvent extends EventBase {
  type: 'sample';
  step: number;
  concept?: string;
  /** Path of a PNG, relative to the run folder, with forward slashes. */
  file: string;
  /** Description of its columns or rows. */
  label: string;
}

export interface LogEvent extends EventBase {
  type: 'log';
  level: 'info' | 'warning' | 'error';
  message: string;
}

export interface CheckpointEvent extends EventBase {
  type: 'checkpoint';
  step: number;
  /** Path below the run folder, with forward slashes. */
  file: string;
}

/** Weights after some steps of a fine-tuning, for viewing and for translating images. */
export interface SnapshotEvent extends EventBase {
  type: 'snapshot';
  step: number;
  concept: string;
  /** Path below the run folder, with forward slashes. */
  file: string;
}

/** A file outside the run folder that this run made (zoo member, base, weights), relative to the project. */
export interface ArtifactEvent extends EventBase {
  type: 'artifact';
  kind: 'pairs' | 'base' | 'zoo-member' | 'weight-generator' | 'weights' | 'images' | 'report';
  file: string;
  concept?: string;
}

export interface FinishedEvent extends EventBase {
  type: 'finished';
  status: 'succeeded' | 'failed' | 'stopped';
  seconds: number;
  /** What went wrong in a failed run, and what to do about it. */
  error?: string;
  /** The error's code, as docs/troubleshooting.md describes it; runs of earlier engines have none. */
  code?: string;
}

export type RunEvent =
  | StartedEvent
  | StageEvent
  | DeviceEvent
  | ProgressEvent
  | MetricsEvent
  | SampleEvent
  | LogEvent
  | CheckpointEvent
  | SnapshotEvent
  | ArtifactEvent
  | FinishedEvent;

/** `Omit` that distributes over unions. */
type WithoutTime<E> = E extends RunEvent ? Omit<E, 'time'> : never;
/** An event before it is stamped with the time. */
export type NewRunEvent = WithoutTime<RunEvent>;
