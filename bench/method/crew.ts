/**
 * Worker processes that share units of work. Results are kept in files, so that an interrupted benchmark can continue.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../src/project/disk/write-whole.ts';
import type { AnswerOf, Unit } from './work.ts';
import { unitLabel } from './work.ts';

type Reply = { readonly answer: unknown } | { readonly error: string };

export class Crew {
  readonly #workers: ChildProcess[];

  /**
   * Starts the workers.
   * @param folder where answers are kept
   */
  constructor(
    private readonly folder: string,
    command: readonly string[],
    jobs: number,
  ) {
    mkdirSync(folder, { recursive: true });
    const [worker, ...args] = command;
    this.#workers = Array.from({ length: jobs }, () => fork(worker!, args, { stdio: 'inherit' }));
  }

  /** Answers in the order of the units; the first failure ends the benchmark. */
  async all<K extends Unit['kind']>(
    title: string,
    units: readonly Extract<Unit, { kind: K }>[],
  ): Promise<AnswerOf[K][]> {
    const begun = performance.now();
    const answers: AnswerOf[K][] = [];
    const waiting: number[] = [];
    for (const [index, unit] of units.entries()) {
      const known = this.#read(unit);
      if (known === undefined) waiting.push(index);
      else answers[index] = known as AnswerOf[K];
    }
    const fresh = waiting.length;
    let done = 0;
    await Promise.all(
      this.#workers.map(async (worker) => {
        for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
          const unit = units[index]!;
          const start = performance.now();
          const answer = (await this.#ask(worker, unit)) as AnswerOf[K];
          await writeWhole(this.#path(unit), JSON.stringify({ unit, answer }));
          answers[index] = answer;
          const left = ((performance.now() - begun) / ++done) * (fresh - done);
          console.log(
            `${title} ${done}/${fresh}: ${unitLabel(unit)} (${((performance.now() - start) / 1000).toFixed(0)} s; ` +
              `${(left / 60_000).toFixed(0)} min left of this part)`,
          );
        }
      }),
    );
    return answers;
  }

  dispose(): void {
    for (const worker of this.#workers) worker.disconnect();
  }

  #path(unit: Unit): string {
    const words = unitLabel(unit).replace(/[^\w.-]+/g, '-');
    const digest = createHash('sha256').update(JSON.stringify(unit)).digest('hex').slice(0, 10);
    return join(this.folder, `${words}-${digest}.json`);
  }

  #read(unit: Unit): unknown {
    const path = this.#path(unit);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).answer : undefined;
  }

  #ask(worker: ChildProcess, unit: Unit): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) =>
        reject(new Error(`${unitLabel(unit)}: the worker ended (${code})`));
      worker.once('exit', onExit);
      worker.once('message', (reply: Reply) => {
        worker.off('exit', onExit);
        if ('error' in reply) reject(new Error(`${unitLabel(unit)}: ${reply.error}`));
        else resolve(reply.answer);
      });
      worker.send(unit);
    });
  }
}
