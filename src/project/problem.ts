import { UserError } from './user-error.ts';

/** A range in a file. Lines and columns count from 1, columns in UTF-16 code units as in editors; the end is exclusive. */
export interface SourceRange {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** The kind of a mistake. Quick fixes and tests depend on it. */
export type ProblemCode =
  | 'unreadable'
  | 'encoding'
  | 'too-large'
  | 'syntax'
  | 'duplicate-key'
  | 'unknown-key'
  | 'missing-key'
  | 'invalid-value'
  | 'extends'
  | 'unknown-concept'
  | 'duplicate-concept'
  | 'duplicate-entry'
  | 'held-out-concept'
  | 'missing-path'
  | 'no-images'
  | 'few-images'
  | 'same-images'
  | 'not-read'
  | 'impossible-size';

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
  code: ProblemCode;
  /** Texts that fix the mistake if they replace the range, best first. */
  replacements: string[];
}

/** The text of a problem, without its place. */
export interface ProblemText {
  code: ProblemCode;
  message: string;
  remedy: string;
  found?: string;
  allowed?: string;
  severity?: Problem['severity'];
  replacements?: string[];
}

/** Makes a problem at a place. What the text leaves out is empty; the default severity is `error`. */
export function makeProblem(file: string, range: SourceRange, key: string, text: ProblemText): Problem {
  return {
    file,
    ...range,
    key,
    found: text.found ?? '',
    allowed: text.allowed ?? '',
    message: text.message,
    remedy: text.remedy,
    severity: text.severity ?? 'error',
    code: text.code,
    replacements: text.replacements ?? [],
  };
}

/** Writes a problem as `file:line:column: error: message remedy`, which terminals and editors turn into a link. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, remedy } = problem;
  return `${file}:${line}:${column}: ${severity}: ${message}${remedy === '' ? '' : ` ${remedy}`}`;
}

/**
 * Refuses problems of severity error.
 * @throws UserError that lists them, if there are any
 */
export function throwOnErrors(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new UserError(errors.map(formatProblem).join('\n'));
}
