import { UserError } from './user-error.ts';

/** Lines and columns count from 1, columns in UTF-16 code units as editors do; the end is exclusive. */
export interface SourceRange {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** What kind of mistake a problem is; quick fixes and tests go by it. */
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
  | 'impossible-size';

/** A mistake in a project's files, with all that is needed to find and mend it. */
export interface Problem extends SourceRange {
  /** Absolute path. */
  file: string;
  /** Key path such as `weightGenerator.blockSize` or `pairs.target.effect[0]`; empty for the whole document. */
  key: string;
  /** What stands there, as written and shortened; empty where something is missing. */
  found: string;
  /** What may stand there, in words; empty where there is nothing to say. */
  allowed: string;
  /** What is wrong, as a sentence. */
  message: string;
  /** What to do about it, as a sentence. */
  remedy: string;
  severity: 'error' | 'warning';
  code: ProblemCode;
  /** Texts that mend it when put in place of the range, best first. */
  replacements: string[];
}

/** `file:line:column: error: message remedy`, the form that terminals and editors make a link of. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, remedy } = problem;
  return `${file}:${line}:${column}: ${severity}: ${message}${remedy === '' ? '' : ` ${remedy}`}`;
}

/** @throws UserError that lists every problem of severity error, if there is one. */
export function throwOnErrors(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new UserError(errors.map(formatProblem).join('\n'));
}
