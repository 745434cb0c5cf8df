import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { commonOptions, engineBundle } from '../../scripts/build/bundles.mjs';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunningEngine {
  readonly process: ChildProcessWithoutNullStreams;
  /** Resolves when the process has ended and its output is read. */
  readonly finished: Promise<Finished>;
}

/** By entry. */
const engines = new Map<string, Promise<Engine>>();

/** The engine as users have it: bundled, and run by Node in a process of its own. */
export class Engine {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Bundles the engine, once for all test files that one process runs.
   * @param entry of the bundle, relative to the repository
   */
  static build(entry = 'src/engine/dnw.ts'): Promise<Engine> {
    const built = engines.get(entry) ?? Engine.#bundle(entry);
    engines.set(entry, built);
    return built;
  }

  static async #bundle(entry: string): Promise<Engine> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dnw-engine-')));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    await build({ ...commonOptions(false), ...engineBundle(entry, folder) });
    // Native packages are looked for beside the bundle.
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
    return new Engine(folder);
  }

  /** Path of the program. */
  get program(): string {
    return join(this.#folder, 'dnw.mjs');
  }

  /** @param cwd working directory; by default one that holds no project */
  start(
    args: readonly string[],
    { cwd = this.#folder, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ): RunningEngine {
    const child = spawn(process.execPath, [this.program, ...args], { cwd, env: { ...process.env, ...env } });
    const finished = new Promise<Finished>((resolve, reject) => {
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        resolve({
          code,
          signal,
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString(),
        });
      });
    });
    return { process: child, finished };
  }

  /** Runs one command to its end. */
  run(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Finished> {
    const { process: child, finished } = this.start(args, options);
    child.stdin.end();
    return finished;
  }
}
