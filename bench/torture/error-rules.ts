import { basename } from 'node:path';
import type { Problem } from '../../src/project/problem.ts';

/** Marks of a fault in the program where a user should have been told what to do. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/Unexpected error, please report it/, 'is called unexpected'],
  [/\n\s+at .*:\d+:\d+/, 'shows a stack trace'],
  [/\b(TypeError|RangeError|ReferenceError|SyntaxError)\b/, 'names a JavaScript error'],
  [/\bundefined\b|\[object Object\]/, 'shows a value of the program'],
];

/** On one line, however long it is. */
const excerpt = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, 300);

/**
 * What is wrong with the text of an error, by rules that a program can check.
 * @param file that the text has to name
 */
export function faultsOfText(text: string, file?: string): string[] {
  const faults = FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, fault]) => fault);
  if (file !== undefined && !text.includes(basename(file))) faults.push(`does not name ${basename(file)}`);
  if (text.trim() === '') faults.push('says nothing');
  return faults.length === 0 ? [] : [`an error ${faults.join(', ')}: ${excerpt(text)}`];
}

/**
 * What is wrong with a problem of a YAML file: file, place, cause and remedy have to be there.
 * @param lines number of lines of the file
 */
export function faultsOfProblem(problem: Problem, file: string, lines: number): string[] {
  const { line, column, endLine, message, remedy } = problem;
  const shown = `${problem.file}:${line}:${column}: ${message} ${remedy}`;
  const faults = faultsOfText(shown);
  const fail = (fault: string) => faults.push(`a problem ${fault}: ${excerpt(shown)}`);
  if (problem.file !== file) fail('is of another file');
  if (!(line >= 1 && line <= lines && column >= 1 && endLine >= line)) fail(`lies outside of ${lines} lines`);
  if (message.trim() === '') fail('has no cause');
  if (remedy.trim() === '') fail('has no remedy');
  return faults;
}
