/** Processes that run a workload's step on request, each in its own memory: ours, and the references. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface StepTimes {
  readonly milliseconds: readonly number[];
  readonly outputs: readonly Readonly<Record<string, number>>[];
}

/** A process that speaks the line protocol of own-engine.ts. Handles one request at a time. */
export class Contender {
  /** Seconds from the start of the process to the end of its first step, including loading and compiling. */
  firstStepSeconds = Number.NaN;
  /** The executor's warnings about how the step runs: operators that its device leaves to the CPU. */
  warnings: readonly string[] = [];
  private readonly begun = performance.now();
  private readonly answers: AsyncIterator<string>;
  private failure = '';

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    this.answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stderr!.on('data', (text: Buffer) => {
      this.failure = (this.failure + text.toString()).slice(-2000);
    });
    // If the process dies, the missing answer reveals it.
    child.stdin!.on('error', () => {});
  }

  /** Starts the process and waits for its first step, whose outputs are returned. */
  static async start(
    name: string,
    command: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ contender: Contender; first: StepTimes }> {
    const [program, ...args] = command;
    const contender = new Contender(
      name,
      spawn(program!, args, {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, ...environment },
      }),
    );
    const { warnings = [] } = (await contender.answer()) as { warnings?: string[] };
    contender.warnings = warnings;
    const first = await contender.steps(1);
    contender.firstStepSeconds = (performance.now() - contender.begun) / 1000;
    return { contender, first };
  }

  async steps(count: number): Promise<StepTimes> {
    return (await this.ask({ steps: count })) as StepTimes;
  }

  async peakBytes(): Promise<number> {
    return ((await this.ask({ memory: true })) as { peakBytes: number }).peakBytes;
  }

  /** Lets the process exit by itself. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stdin!.end();
    await closed;
  }

  private async ask(request: object): Promise<object> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.answer();
  }

  private async answer(): Promise<object> {
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${this.name} ended without an answer: ${this.failure.trim()}`);
    return JSON.parse(value) as object;
  }
}

/** Path of the program with this name, bundled next to this one. */
export function bundled(name: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), `${name}.mjs`);
}

/** A Python that has PyTorch, with its version; undefined if none is found. */
export function findTorch(): { python: string; version: string } | undefined {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      const version = execFileSync(python, ['-c', 'import torch; print(torch.__version__)'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
      return { python, version };
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}
