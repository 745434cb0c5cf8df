/** SIGKILL at random moments of every stage; what is resumed has to end as if nothing had happened. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/data/random.ts';
import { faultsAfter } from './check.ts';
import { type Ended, type Running, runEngine } from './engine.ts';
import { parts, unreadable } from './project-state.ts';
import { resumeCommand, runFolder, type StageReference, stageCommand } from './reference.ts';
import type { Tally } from './tally.ts';
import { makeTinyProject } from './tiny-project.ts';

/** Kills before a stage may end. */
const MOST_DEATHS = 5;

export interface KillsOptions {
  readonly scratch: string;
  readonly seed: number;
  readonly kills: number;
  /** Projects that are tortured at a time. */
  readonly jobs: number;
  readonly say: (line: string) => void;
  /** Starts the engine; tests replace it. */
  readonly run?: typeof runEngine;
}

export async function killsCampaign(
  references: readonly StageReference[],
  options: KillsOptions,
): Promise<Tally> {
  const { kills, jobs, seed, say } = options;
  const campaign = new Kills(references, options);
  const all = new Random(seed).fork('kills');
  let next = 0;
  const work = async () => {
    while (campaign.kills < kills) {
      const pass = next++;
      await campaign.pass(pass, all.fork(`pass ${pass}`));
      say(
        `kills: ${campaign.kills} of ${kills}, ${campaign.resumed} stages resumed, ${campaign.faults.length} faults`,
      );
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return campaign.tally();
}

class Kills {
  kills = 0;
  resumed = 0;
  readonly faults: string[] = [];
  #atCalls = 0;
  #byStage = new Map<string, number>();

  constructor(
    private readonly references: readonly StageReference[],
    private readonly options: KillsOptions,
  ) {}

  /** Takes a new project through one chain of stages, with kills in each. Ends early if enough processes were killed. */
  async pass(number: number, random: Random): Promise<void> {
    const project = join(this.options.scratch, `pass-${number}`);
    await makeTinyProject(project);
    // Longer chains are drawn more often: every stage is as likely as any other.
    const { chain } = this.references[random.int(this.references.length)]!;
    const chosen = this.references.filter((reference) => reference.chain === chain);
    for (const reference of chosen) {
      if (this.kills >= this.options.kills) break;
      const history: string[] = [];
      const faults = await this.#torture(project, reference, random, history);
      if (faults.length === 0) continue;
      const { seed } = this.options;
      const { stage } = reference.entry;
      const fault = `seed ${seed}, pass ${number}, ${stage}, ${history.join(', ')}: ${faults.slice(0, 5).join('; ')}`;
      this.options.say(`kills: ${fault}`);
      this.faults.push(fault);
      // What comes after would only repeat it; the project is kept to look into.
      return;
    }
    await this.#tidy(project, number);
    rmSync(project, { recursive: true, force: true });
  }

  /** What a process left that was killed at its very end, the next run has to remove. */
  async #tidy(project: string, number: number): Promise<void> {
    if (parts(project).length === 0) return;
    const run = this.options.run ?? runEngine;
    await run(['prepare', '--project', project, '--training', 'tiny', '--run-id', 'tidy']);
    this.faults.push(
      ...parts(project).map((path) => `seed ${this.options.seed}, pass ${number}: ${path} was left over`),
    );
  }

  async #torture(
    project: string,
    reference: StageReference,
    random: Random,
    history: string[],
  ): Promise<string[]> {
    const { entry } = reference;
    const deaths = 1 + random.int(MOST_DEATHS);
    const run = this.options.run ?? runEngine;
    let ended: Ended | undefined;
    let killedLast = false;
    for (let death = 0; death <= deaths; death++) {
      const begun = existsSync(join(runFolder(project, entry), 'run.json'));
      const command = begun ? resumeCommand(project, entry) : stageCommand(project, entry);
      const moment = death < deaths ? this.#moment(reference, random, history) : {};
      ended = await run(command, moment);
      if (ended.signal === 'SIGKILL') {
        this.#count(entry.stage, moment);
        const damaged = await unreadable(project);
        if (damaged.length > 0) return damaged;
        continue;
      }
      // Killed after its result was written, the stage has finished.
      if (/has already finished/.test(ended.stderr)) {
        killedLast = true;
        ended = { ...ended, code: 0 };
      }
      if (ended.code !== 0) return [`exit ${ended.code ?? ended.signal}: ${ended.stderr.trim().slice(-600)}`];
      break;
    }
    if (ended?.code !== 0) return ['the last, undisturbed attempt was killed'];
    this.resumed++;
    return faultsAfter(project, reference, killedLast);
  }

  /** A moment for the next kill: at a call that changes the disk, or at any time. */
  #moment({ calls, seconds }: StageReference, random: Random, history: string[]): Running {
    if (random.int(2) === 0) {
      const share = random.uniform();
      history.push(`killed at ${Math.round(100 * share)} % of its time`);
      return { killAfter: share * seconds };
    }
    const at = 1 + random.int(calls);
    const when = (['before', 'half', 'after'] as const)[random.int(3)]!;
    history.push(`killed ${when === 'half' ? 'half through' : when} call ${at}`);
    return { fault: { kind: 'kill', at, when } };
  }

  #count(stage: string, { fault }: Running): void {
    this.kills++;
    if (fault) this.#atCalls++;
    this.#byStage.set(stage, (this.#byStage.get(stage) ?? 0) + 1);
  }

  tally(): Tally {
    const stages = [...this.#byStage].map(([stage, count]) => [`in ${stage}`, count]);
    return {
      campaign: 'kills',
      tried: this.kills,
      counts: {
        'at calls that change the disk': this.#atCalls,
        ...Object.fromEntries(stages),
        'stages resumed and compared': this.resumed,
      },
      faults: this.faults,
    };
  }
}
