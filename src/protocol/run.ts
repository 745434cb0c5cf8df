import type { JsonObject } from './json.ts';
import type { Stage } from './stages.ts';

/** Names in a run folder. The folder is the protocol: extension, command line and cluster all use these names. */
export const RUN_FILES = {
  record: 'run.json',
  events: 'events.jsonl',
  checkpoint: 'checkpoint.safetensors',
  result: 'result.json',
  samples: 'samples',
  /** Folder of intermediate weights. */
  snapshots: 'snapshots',
  /** Folder of TensorBoard's event files, if they were requested. */
  tensorBoard: 'tensorboard',
  /** Folder of what several processes do of a run (project/runs/run-units.ts). */
  units: 'units',
  /** Folder with the log of each process that takes part in a run besides its owner. */
  workers: 'workers',
  /** File that requests a stop; the engine checks for it between steps. */
  stopRequest: 'stop-request',
  /** Standard error of the engine process. */
  log: 'engine.log',
} as const;

/** `run.json`: the description of a run, written once when it starts. */
export interface RunRecord {
  /** Format version of this file. */
  version: 1;
  id: string;
  stage: Stage;
  /** Concept or training config this run is about. */
  name: string;
  /** Milliseconds since the Unix epoch. */
  created: number;
  /** Path of the training config, relative to the project folder. */
  training: string;
  /** Path of the concept file, relative to the project folder, if the stage works on one concept. */
  concept?: string;
  seed: number;
  /** The training config with every default filled in. */
  config: unknown;
  /** Keys of the config that the command line gave. Runs of earlier versions lack it. */
  given?: { device?: string; threads?: number };
  /** Stage options given on the command line. */
  options: Record<string, unknown>;
  versions: { dnw: string; node: string; onnxruntime?: string };
  /** SHA-256 of the files that decide the result (base, zoo, weight generator), by name. */
  hashes: Record<string, string>;
  /** The concepts that the stage works on, by name, as they were when the run began. Runs of earlier versions lack it. */
  concepts?: Record<string, RunConcept>;
  /** SHA-256 over all of the above as JSON. Runs of earlier versions lack it. */
  checksum?: string;
}

/** What a run took from a concept. */
export interface RunConcept {
  prompt: string;
  /** The pairs as written in the concept's file. */
  pairs: unknown;
  /** Count and stamp of the concept's image files, if the stage trains on them. */
  images?: { count: number; hash: string };
}

/** `result.json`: the result of a run that succeeded or was stopped; written atomically when it ends. */
export interface RunResult {
  status: 'succeeded' | 'stopped';
  /** Running time of the process that ended the run. */
  seconds: number;
  /** What the stage returned. */
  result: JsonObject;
}

/**
 * `owner-<n>.json`: the n-th process that worked on a run, counted from 1. The last one owns the run as long as
 * it is alive and has not released it. The file's modification time is its heartbeat, at most ten seconds old.
 */
export interface RunOwner {
  pid: number;
  host: string;
  /** Start time of the process as reported by its operating system; distinguishes later processes with the same id. */
  processStart?: string;
  /** Milliseconds since the Unix epoch; set when the process has finished with the run. */
  released?: number;
}

/** The state of a run, derived from its events and from whether its process is alive. */
export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'stopped' | 'interrupted';

/**
 * Most runs whose curves are drawn over those of another: each has a color of its own, and a theme has six that can be
 * told apart.
 */
export const MOST_OVERLAID = 5;
