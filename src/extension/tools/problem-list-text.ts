import type { Problem, Project } from '../../project/load.ts';
import { countProblems, formatProblem } from '../../project/problem.ts';
import { listed, namesOf } from './tool-choices.ts';

/** Maximum number of problems listed. */
const MAX_PROBLEMS = 100;
/** Maximum number of replacements listed per problem. */
const MAX_REPLACEMENTS = 3;

/**
 * A project's problems, for a model: errors first, each as `file:line:column: severity: message remedy`.
 * @param unsaved files whose text in the editor was checked instead of the text on disk
 */
export function problemListText(
  { folder, problems, concepts, trainings }: Project,
  unsaved: readonly string[],
): string {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const counts = countProblems(problems);
  const more = problems.length - MAX_PROBLEMS;
  return [
    `Project ${folder}`,
    `Errors: ${counts.errors}. Warnings: ${counts.warnings}. Without errors: training configs ${namesOf(trainings)}; ${concepts.length} concepts.`,
    ...(unsaved.length > 0 ? [`Checked with unsaved changes in the editor: ${listed(unsaved)}`] : []),
    ...[...errors, ...warnings].slice(0, MAX_PROBLEMS).map(problemLine),
    ...(more > 0 ? [`(${more} more omitted: fix these first)`] : []),
  ].join('\n');
}

function problemLine(problem: Problem): string {
  const { key, found, replacements } = problem;
  const fixes = replacements.slice(0, MAX_REPLACEMENTS).map((text) => JSON.stringify(text));
  const facts = [
    ...(key === '' ? [] : [`key ${key}`]),
    ...(found === '' || fixes.length === 0
      ? []
      : [`replace ${JSON.stringify(found)} with ${fixes.join(' or ')}`]),
  ];
  return `- ${formatProblem(problem)}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}`;
}
