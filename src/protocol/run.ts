import type { JsonObject } from './json.ts';
import type { Stage } from './stages.ts';

/** Names inside a run folder. The folder is the protocol: extension, command line and cluster all use these. */
export const RUN_FILES = {
  record: 'run.json',
  events: 'events.jsonl',
  checkpoint: 'checkpoint.safetensors',
  result: 'result.json',
  samples: 'samples',
  /** Folder of weights as they were on the way. */
  snapshots: 'snapshots',
  /** Folder of event files, where they were asked for. */
  tensorBoard: 'tensorboard',
  /** Made by whoever wants the run to end; the engine looks for it between steps. */
  stopRequest: 'stop-request',
  /** Standard error of the engine process. */
  log: 'engine.log',
} as const;

/** `run.json`: what this run is, written once when it begins. */
export interface RunRecord {
  /** Format of this file. */
  version: 1;
  id: string;
  stage: Stage;
  /** Concept or training config this run is about. */
  name: string;
  /** Milliseconds since the Unix epoch. */
  created: number;
  /** Path of the training config, relative to the project folder. */
  training: string;
  /** Path of the concept file, relative to the project folder, where the stage is about one. */
  concept?: string;
  seed: number;
  /** The training config with every default filled in. */
  config: unknown;
  /** Stage options given on the command line. */
  options: Record<string, unknown>;
  versions: { dnw: string; node: string; onnxruntime?: string };
  /** SHA-256 of the inputs that decide the result (base, zoo, pairs), by name. */
  hashes: Record<string, string>;
}

/** `result.json`: what a run that succeeded or was stopped came to; written whole when it ends. */
export interface RunResult {
  status: 'succeeded' | 'stopped';
  /** Of the process that ended it. */
  seconds: number;
  /** What the stage returned. */
  result: JsonObject;
}

/**
 * `owner-<n>.json`: the n-th process that worked on a run, from 1. The last one owns the run for as long as
 * it lives and has not released it. The file's modification time is its heartbeat, at most ten seconds old.
 */
export interface RunOwner {
  pid: number;
  host: string;
  /** When the process started, as its operating system tells it: tells a process from a later one of the same id. */
  processStart?: string;
  /** Milliseconds since the Unix epoch; set when the process has finished with the run. */
  released?: number;
}

/** How a run stands, derived from its events and from whether its process lives. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'stopped' | 'interrupted';
