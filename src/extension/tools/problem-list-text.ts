import type { Problem, Project } from '../../project/load.ts';
import { formatProblem } from '../../project/problem.ts';
import { listed, namesOf } from './tool-choices.ts';

/** Problems listed at most. */
const MAX_PROBLEMS = 100;
/** Replacements of one problem listed at most. */
const MAX_REPLACEMENTS = 3;

/**
 * What is wrong in a project, for a model: errors first, each as `file:line:column: severity: message remedy`.
 * @param unsaved files of which the editor's text was checked instead of that on disk
 */
export function problemListText(
  { folder, problems, concepts, trainings }: Project,
  unsaved: readonly string[],
): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const more = problems.length - MAX_PROBLEMS;
  return [
    `Project ${folder}`,
    `Errors: ${errors.length}. Warnings: ${warnings.length}. Read without an error: ${namesOf(trainings)} (training configs); ${concepts.length} concepts.`,
    ...(unsaved.length > 0 ? [`Checked with unsaved changes of the editor: ${listed(unsaved)}`] : []),
    ...[...errors, ...warnings].slice(0, MAX_PROBLEMS).map(problemLine),
    ...(more > 0 ? [`(${more} more left out: mend these first)`] : []),
  ].join('\n');
}

function problemLine(problem: Problem): string {
  const { key, found, replacements } = problem;
  const mended = replacements.slice(0, MAX_REPLACEMENTS).map((text) => JSON.stringify(text));
  const facts = [
    ...(key === '' ? [] : [`key ${key}`]),
    ...(found === '' || mended.length === 0
      ? []
      : [`replace ${JSON.stringify(found)} by ${mended.join(' or ')}`]),
  ];
  return `- ${formatProblem(problem)}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}`;
}
