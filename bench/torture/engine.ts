import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_VARIABLE, type Fault } from './fault.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly seconds: number;
}

/** The engine as users have it: bundled, in a process of its own, over a file layer that can fail. */
const PROGRAM = join(process.cwd(), 'dist', 'engine', 'dnw.mjs');

export function requireEngine(): void {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing. Build it with: npm run build`);
}

export interface Running {
  /** What the file layer does. */
  readonly fault?: Fault;
  /** Kills the process after so many seconds. */
  readonly killAfter?: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Runs one command of the engine to its end. */
export function runEngine(args: readonly string[], { fault, killAfter }: Running = {}): Promise<Ended> {
  const { child, ended } = startEngine(args, fault);
  const timer =
    killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), 1000 * killAfter);
  return ended.finally(() => clearTimeout(timer));
}

/** Starts one command of the engine. */
export function startEngine(args: readonly string[], fault?: Fault): Started {
  const begun = performance.now();
  const layer = fault === undefined ? [] : ['--import', new URL('fault-layer.mjs', import.meta.url).href];
  const child = spawn(process.execPath, [...layer, PROGRAM, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...(fault && { [FAULT_VARIABLE]: JSON.stringify(fault) }) },
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const seconds = (performance.now() - begun) / 1000;
      resolve({ code, signal, stderr: Buffer.concat(stderr).toString(), seconds });
    });
  });
  return { child, ended };
}
