/** An uninterrupted run of every stage: what interrupted ones are compared with. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isPart } from '../../src/project/disk/write-whole.ts';
import { runEngine } from './engine.ts';
import type { CountedCalls } from './fault.ts';
import { contentOf, filesBelow } from './project-state.ts';
import { CHAINS, PROJECT, type TorturedStage } from './stage-table.ts';
import { makeTinyProject } from './tiny-project.ts';

export interface StageReference extends CountedCalls {
  readonly entry: TorturedStage;
  /** Index of its chain. */
  readonly chain: number;
  /** Copy of the project as the stage found it. */
  readonly before: string;
  /** Files of the project after the stage, with their paths. */
  readonly files: readonly string[];
  /** Hashes of what the stage makes. */
  readonly made: ReadonlyMap<string, string>;
  /** Files of the run folder, without its owners. */
  readonly runFiles: readonly string[];
  /** What the run says it did, without times and folders. */
  readonly result: string;
  /** Time that it takes. */
  readonly seconds: number;
}

export const runFolder = (project: string, { stage }: TorturedStage) => join(project, 'runs', stage);

/** The command of a stage on a project, in a run that is called after the stage. */
export function stageCommand(project: string, { stage, options }: TorturedStage): string[] {
  const given = options.map((option) => option.replace(PROJECT, project));
  return [stage, '--project', project, ...given, '--run-id', stage];
}

export const resumeCommand = (project: string, { stage }: TorturedStage) => [
  ...[stage, '--project', project, '--resume', stage],
];

/** Files of a run, without the records of its processes: their number is that of the interruptions. */
export const runFilesOf = (run: string) =>
  filesBelow(run).filter((path) => !/^(owner-\d+\.json$|workers\/)/.test(path) && !isPart(basename(path)));

/** The result of a run without what differs each time: durations, and paths below the project's folder. */
export function resultOf(run: string, project: string): string {
  const { result } = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')) as { result: unknown };
  const text = JSON.stringify(result, (key, value) => {
    if (/seconds|duration|Ms$/i.test(key)) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    // Part of a result that was read again has its keys in the order of the schema.
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return (text ?? 'null').replaceAll(project, PROJECT);
}

/** What a project holds once a stage has ended in it. */
export function stateAfter(
  project: string,
  entry: TorturedStage,
): Pick<StageReference, 'files' | 'made' | 'runFiles' | 'result'> {
  const run = runFolder(project, entry);
  return {
    files: filesBelow(project),
    made: contentOf(project, entry.makes),
    runFiles: runFilesOf(run),
    result: resultOf(run, project),
  };
}

/** Runs each chain of stages once, and copies the project before each. */
export async function makeReference(scratch: string, say: (line: string) => void): Promise<StageReference[]> {
  const references: StageReference[] = [];
  for (const [chain, entries] of CHAINS.entries()) {
    const project = join(scratch, `reference-${chain}`);
    await makeTinyProject(project);
    for (const entry of entries) {
      const before = join(scratch, `before-${chain}-${entry.stage}`);
      cpSync(project, before, { recursive: true, preserveTimestamps: true });
      const report = join(scratch, 'calls.json');
      const { code, stderr, seconds } = await runEngine(stageCommand(project, entry), {
        fault: { kind: 'count', report },
      });
      if (code !== 0) throw new Error(`${entry.stage} failed without any fault:\n${stderr}`);
      const counted = JSON.parse(readFileSync(report, 'utf8')) as CountedCalls;
      rmSync(report);
      references.push({ entry, chain, before, ...counted, ...stateAfter(project, entry), seconds });
      say(`${entry.stage}: ${counted.calls} calls change the disk, ${seconds.toFixed(1)} s`);
    }
  }
  return references;
}
