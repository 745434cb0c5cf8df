/** Damaged inputs, read in a process of its own, which is watched: crashes, hangs, memory, and how errors are told. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Tally } from './tally.ts';

/** What the process that reads says, one per line. */
export type WorkerLine =
  | { readonly begun: number }
  | {
      readonly ended: number;
      readonly accepted: boolean;
      readonly faults: readonly string[];
      readonly cpuSeconds: number;
      /** Resident memory above what it was after the first readings, in MiB. */
      readonly aboveBaseline: number;
    };

/** Time of the processor that one reading may take: the machine may be busy with something else. */
const MOST_CPU_SECONDS = 2;
/** Time after which a reading that has not ended counts as hanging. */
const HANG_MS = 20_000;
const MOST_MEBIBYTES = 300;

export interface DamageOptions {
  readonly subject: string;
  readonly inputs: number;
  readonly seed: number;
  readonly scratch: string;
  readonly say: (line: string) => void;
  /** Compiled worker. */
  readonly worker?: string;
  readonly hangMs?: number;
  readonly mostCpuSeconds?: number;
}

export async function damageCampaign(options: DamageOptions): Promise<Tally> {
  const { subject, inputs, seed, say, mostCpuSeconds = MOST_CPU_SECONDS } = options;
  const state = new Readings(subject, seed, mostCpuSeconds);
  for (let from = 0; from < inputs; ) {
    from = await readOn(options, from, state);
    // A process that cannot even begin would be started for ever.
    if (state.last < from - 1) break;
  }
  say(`${subject}: ${state.done} of ${inputs}, ${state.faultCount} faults`);
  return state.tally(inputs);
}

class Readings {
  done = 0;
  last = -1;
  #accepted = 0;
  #crashes = 0;
  #hangs = 0;
  #slow = 0;
  #mostCpu = 0;
  #mostMemory = 0;
  readonly #faults: string[] = [];

  get faultCount(): number {
    return this.#faults.length;
  }

  constructor(
    private readonly subject: string,
    private readonly seed: number,
    private readonly mostCpuSeconds: number,
  ) {}

  #fault(index: number, text: string): void {
    this.#faults.push(`seed ${this.seed}, ${this.subject} ${index}: ${text}`);
  }

  ended(line: Extract<WorkerLine, { ended: number }>): void {
    const { ended: index, accepted, faults, cpuSeconds, aboveBaseline } = line;
    this.done++;
    this.last = index;
    if (accepted) this.#accepted++;
    for (const fault of faults) this.#fault(index, fault);
    if (cpuSeconds > this.mostCpuSeconds) {
      this.#slow++;
      this.#fault(index, `took ${cpuSeconds.toFixed(1)} s`);
    }
    if (aboveBaseline > MOST_MEBIBYTES && this.#mostMemory <= MOST_MEBIBYTES) {
      this.#fault(index, `memory is ${Math.round(aboveBaseline)} MiB above the baseline`);
    }
    this.#mostCpu = Math.max(this.#mostCpu, cpuSeconds);
    this.#mostMemory = Math.max(this.#mostMemory, aboveBaseline);
  }

  crashed(index: number, how: string): void {
    this.#crashes++;
    this.done++;
    this.last = index;
    this.#fault(index, `crashed: ${how}`);
  }

  hung(index: number): void {
    this.#hangs++;
    this.done++;
    this.last = index;
    this.#fault(index, 'did not end');
  }

  tally(inputs: number): Tally {
    if (this.done < inputs) this.#fault(this.done, `only ${this.done} of ${inputs} were read`);
    return {
      campaign: this.subject,
      tried: this.done,
      counts: {
        accepted: this.#accepted,
        crashes: this.#crashes,
        hangs: this.#hangs,
        'over 2 s': this.#slow,
        's for the slowest': Number(this.#mostCpu.toFixed(2)),
        'MiB above the baseline at most': Math.max(0, Math.round(this.#mostMemory)),
      },
      faults: this.#faults,
    };
  }
}

/**
 * Starts a process that reads from one input on, and watches it until it ends.
 * @returns the input to go on with
 */
function readOn(options: DamageOptions, from: number, state: Readings): Promise<number> {
  const { subject, inputs, seed, scratch, say, hangMs = HANG_MS } = options;
  const worker = options.worker ?? new URL('damage-worker.mjs', import.meta.url).pathname;
  const args = [subject, String(seed), String(from), String(inputs), join(scratch, `${subject}-${from}`)];
  const child = spawn(process.execPath, [worker, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let current: number | undefined;
    let hung = false;
    let stderr = '';
    let timer: NodeJS.Timeout | undefined;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hung = true;
        child.kill('SIGKILL');
      }, hangMs);
    };
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-2000);
    });
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as WorkerLine;
      if ('begun' in line) {
        current = line.begun;
        watch();
        return;
      }
      clearTimeout(timer);
      current = undefined;
      state.ended(line);
      if (state.done % 1000 === 0) say(`${subject}: ${state.done} of ${inputs}, ${state.faultCount} faults`);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (hung && current !== undefined) state.hung(current);
      else if (code !== 0)
        state.crashed(current ?? from, `${signal ?? `exit ${code}`} ${stderr.trim().slice(-300)}`);
      resolve(state.last + 1 > from ? state.last + 1 : inputs);
    });
  });
}
