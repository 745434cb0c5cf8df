import { ERRORS, type ErrorCode, type ErrorKind, withCode } from '../protocol/errors.ts';
import { UserError } from './user-error.ts';

/** A range in a file. Lines and columns count from 1, columns in UTF-16 code units as in editors; the end is exclusive. */
export interface SourceRange {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** A mistake in a project's files, with everything needed to find and fix it. */
export interface Problem extends SourceRange {
  /** Absolute path. */
  file: string;
  /** Key path such as `weightGenerator.blockSize` or `pairs.target.effect[0]`; empty for the whole document. */
  key: string;
  /** The text at that place, shortened; empty if something is missing. */
  found: string;
  /** The allowed values, in words; empty if there is nothing to say. */
  allowed: string;
  /** What is wrong, as a sentence. */
  message: string;
  /** What to do about it, as a sentence. */
  remedy: string;
  severity: 'error' | 'warning';
  /** Quick fixes and tests depend on it. */
  kind: ErrorKind;
  code: ErrorCode;
  /** Texts that fix the mistake if they replace the range, best first. */
  replacements: string[];
  /** How many problems of its file are not listed; only of the problem that stands for them. */
  unlisted?: ProblemCounts;
}

export interface ProblemCounts {
  errors: number;
  warnings: number;
}

/** The text of a problem, without its place. */
export interface ProblemText {
  kind: ErrorKind;
  message: string;
  remedy: string;
  found?: string;
  allowed?: string;
  severity?: Problem['severity'];
  replacements?: string[];
}

/** Makes a problem at a place. What the text leaves out is empty; the default severity is `error`. */
export function makeProblem(file: string, range: SourceRange, key: string, text: ProblemText): Problem {
  const { line, column, endLine, endColumn } = range;
  return {
    file,
    line,
    column,
    endLine,
    endColumn,
    key,
    found: text.found ?? '',
    allowed: text.allowed ?? '',
    message: text.message,
    remedy: text.remedy,
    severity: text.severity ?? 'error',
    kind: text.kind,
    code: ERRORS[text.kind].code,
    replacements: text.replacements ?? [],
  };
}

/** Orders problems of one file as they are in its text. */
export const byPosition = (a: Problem, b: Problem) => a.line - b.line || a.column - b.column;

/** The largest number of problems listed for one file; further ones are nearly always consequences of these. */
const MAX_PROBLEMS = 100;

/**
 * The problems to show of one or more files, in the order of the files' names and texts. Of a file with very many, the
 * first ones are listed, errors before warnings; one more problem counts the rest.
 */
export function listedProblems(problems: readonly Problem[]): Problem[] {
  const byFile = new Map<string, Problem[]>();
  for (const problem of problems) {
    const ofFile = byFile.get(problem.file);
    if (ofFile) ofFile.push(problem);
    else byFile.set(problem.file, [problem]);
  }
  return [...byFile]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, ofFile]) => mostImportant(file, ofFile.sort(byPosition)));
}

function mostImportant(file: string, problems: Problem[]): Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity !== 'error');
  const ranked = [...errors, ...warnings];
  const listed = ranked.slice(0, MAX_PROBLEMS).sort(byPosition);
  const others = ranked.slice(MAX_PROBLEMS);
  const [next] = others;
  const more = others.length;
  const rest = makeProblem(file, next!, '', {
    kind: 'more-problems',
    message: `This file has ${more} more ${more === 1 ? 'problem' : 'problems'} like these.`,
    remedy: 'Correct the listed ones first.',
    severity: next!.severity,
  });
  return [...listed, { ...rest, unlisted: countedOf(others) }];
}

function countedOf(problems: readonly Problem[]): ProblemCounts {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: problems.length - errors };
}

/** Counts all problems, listed or not, and those that are not listed. */
export function countProblems(problems: readonly Problem[]): ProblemCounts & { unlisted: number } {
  const { errors, warnings } = countedOf(problems.filter((problem) => problem.unlisted === undefined));
  const others = problems.flatMap(({ unlisted }) => unlisted ?? []);
  const sum = (key: keyof ProblemCounts) => others.reduce((total, counts) => total + counts[key], 0);
  return {
    errors: errors + sum('errors'),
    warnings: warnings + sum('warnings'),
    unlisted: sum('errors') + sum('warnings'),
  };
}

/** Writes a problem as `file:line:column: error: message remedy [code]`; terminals and editors turn the place into a link. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, remedy, code } = problem;
  return withCode(
    `${file}:${line}:${column}: ${severity}: ${message}${remedy === '' ? '' : ` ${remedy}`}`,
    code,
  );
}

/** Kind and message of an error that lists one or more problems. Each line has its code; the error has the first one's. */
export function problemsError(problems: readonly Problem[]): [ErrorKind, string] {
  return [problems[0]!.kind, problems.map(formatProblem).join('\n')];
}

/**
 * Refuses problems of severity error.
 * @throws UserError that lists them, if there are any
 */
export function throwOnErrors(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new UserError(...problemsError(listedProblems(errors)));
}
