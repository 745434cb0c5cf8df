/**
 * What a run writes to its `events.jsonl`: one JSON object a line, appended, never changed.
 * The engine prints the same objects to standard output under `--json`, and the extension and the
 * webviews read nothing else to follow a run.
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
  /** True where the run goes on from a checkpoint. */
  resumed: boolean;
}

/** A run of several stages begins one of them (quickstart). */
export interface StageEvent extends EventBase {
  type: 'stage';
  stage: Stage;
  /** 0-based place among `total`. */
  index: number;
  total: number;
  /** "Collect LoRA weights of the zoo". */
  title: string;
}

/** What was chosen to compute on, and why (compute/devices). */
export interface DeviceEvent extends EventBase {
  type: 'device';
  device: string;
  executor: 'onnxruntime' | 'tfjs';
  threads: number;
  reason: string;
}

/** Of the engine process, in bytes. */
export interface MemoryUse {
  /** Resident now. */
  resident: number;
  /** Most that was resident since the process began. */
  peak: number;
}

export interface ProgressEvent extends EventBase {
  type: 'progress';
  /** What is being done now, in words: "collecting pencil-sketch (3 of 24)". */
  message: string;
  done: number;
  total: number;
  unit: 'steps' | 'concepts' | 'images' | 'blocks';
  /** Seconds to the end of the stage; absent until there is enough to estimate from. */
  etaSeconds?: number;
  concept?: string;
  /** About every two seconds; runs of earlier engines have none. */
  memory?: MemoryUse;
}

/** Scalars of one training step or one evaluation; keys such as `loss/generator`, `quality/psnr`. */
export interface MetricsEvent extends EventBase {
  type: 'metrics';
  step: number;
  concept?: string;
  /** Which curve this belongs to where a run draws several ("denoised", "fresh LoRA", "Pix2pix"). */
  series?: string;
  /** Training seconds spent on this series so far, without evaluation. */
  seconds?: number;
  values: Record<string, number>;
}

export interface SampleEvent extends EventBase {
  type: 'sample';
  step: number;
  concept?: string;
  /** Path of a PNG below the run folder, with forward slashes. */
  file: string;
  /** What its columns or rows are. */
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

/** Weights as they were after some steps of a fine-tuning, to look at and to translate with. */
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
  /** For a failed run: what went wrong and what to do about it. */
  error?: string;
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

/** `Omit` that keeps a union a union. */
type WithoutTime<E> = E extends RunEvent ? Omit<E, 'time'> : never;
/** An event before the run folder stamps it with the time. */
export type NewRunEvent = WithoutTime<RunEvent>;
