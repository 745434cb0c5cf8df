import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../src/project/load.ts';
import { countProblems, listedProblems, makeProblem, type Problem } from '../../src/project/problem.ts';
import { temporaryProject } from './temporary-project.ts';

const CONCEPT = 'prompt: fresh snow\npairs: { source: ../images, target: { effect: snow } }\n';

function manyLines(line: (index: number) => string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}

// Each of these takes minutes if the time grows with the square of the number of lines.
describe('of a file with thousands of mistakes, the first ones are listed and the rest is counted', () => {
  it.each<[string, string, string, number]>([
    ['unknown keys', 'a.training.yaml', manyLines((i) => `key${i}: 1`, 5000), 4900],
    [
      'unknown keys in a section',
      'a.training.yaml',
      `image:\n${manyLines((i) => `  key${i}: 1`, 5000)}`,
      4900,
    ],
    [
      'wrong values by name',
      'a.training.yaml',
      `lora:\n  ranks:\n${manyLines((i) => `    key${i}: 999`, 3000)}`,
      2900,
    ],
    [
      'unknown names',
      'a.training.yaml',
      `collect:\n  concepts:\n${manyLines((i) => `    - name${i}`, 3000)}`,
      2900,
    ],
    ['equal tags', 'concepts/a.concept.yaml', `${CONCEPT}tags:\n${manyLines(() => '  - a', 3001)}`, 2900],
    ['syntax errors', 'a.training.yaml', manyLines(() => '}', 3000), 2900],
  ])('%s', async (_what, file, text, more) => {
    const folder = await temporaryProject({ 'images/a.png': '', 'images/b.png': '', [file]: text });
    const problems = (await loadProject(folder)).problems.filter((problem) => problem.file.endsWith(file));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatchObject({
      kind: 'more-problems',
      message: `This file has ${more} more problems like these.`,
    });
  });
});

it('lists as many errors as possible, in the order of the text, and counts every problem', () => {
  const problem = fc
    .record({
      file: fc.constantFrom('/a.concept.yaml', '/b.concept.yaml'),
      line: fc.integer({ min: 1, max: 500 }),
      severity: fc.constantFrom('error' as const, 'warning' as const),
    })
    .map(({ file, line, severity }) =>
      makeProblem(file, { line, column: 1, endLine: line, endColumn: 2 }, '', {
        kind: 'syntax',
        message: 'x',
        remedy: '',
        severity,
      }),
    );
  const count = (problems: readonly Problem[], wanted: (problem: Problem) => boolean) =>
    problems.filter(wanted).length;
  fc.assert(
    fc.property(fc.array(problem, { maxLength: 400, size: 'max' }), (problems) => {
      const listed = listedProblems(problems);
      expect(countProblems(listed)).toEqual({
        errors: count(problems, ({ severity }) => severity === 'error'),
        warnings: count(problems, ({ severity }) => severity === 'warning'),
        unlisted: problems.length - count(listed, ({ kind }) => kind !== 'more-problems'),
      });
      for (const file of ['/a.concept.yaml', '/b.concept.yaml']) {
        const given = problems.filter((each) => each.file === file);
        const shown = listed.filter((each) => each.file === file);
        const rest = shown.find(({ kind }) => kind === 'more-problems');
        const own = shown.filter((each) => each !== rest);
        expect(own.map(({ line }) => line)).toEqual(own.map(({ line }) => line).sort((a, b) => a - b));
        expect(own.length + Number(rest?.message.match(/\d+/)?.[0] ?? 0)).toBe(given.length);
        const errors = count(given, ({ severity }) => severity === 'error');
        expect(count(own, ({ severity }) => severity === 'error')).toBe(Math.min(100, errors));
        if (rest) expect(rest.severity).toBe(errors > 100 ? 'error' : 'warning');
      }
    }),
    { numRuns: 50 },
  );
});
