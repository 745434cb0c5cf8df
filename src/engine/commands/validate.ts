import type { Command } from 'commander';
import { loadProject } from '../../project/load.ts';
import { countProblems, formatProblem } from '../../project/problem.ts';
import { explainHint } from '../../protocol/errors.ts';
import { inertText } from '../../protocol/inert-text.ts';
import { EXIT } from '../exit-codes.ts';
import { findProjectFolder } from '../project-choice.ts';
import { commandOptions } from './options.ts';

/** `dnw validate`: lists every mistake in a project's YAML files, as text or as JSON. */
export function addValidateCommand(program: Command, exit: (code: number) => void): void {
  program
    .command('validate')
    .summary('check the project’s YAML files')
    .description('Checks every concept and training config, and the references between them.')
    .addOption(commandOptions.project())
    .addOption(commandOptions.json('print one JSON object per problem'))
    .addHelpText('after', '\nExamples:\n  $ dnw validate\n  $ dnw validate --json')
    .action(async (options: { project?: string; json?: boolean }) => {
      const project = await loadProject(findProjectFolder(options.project));
      for (const problem of project.problems) {
        process.stdout.write(
          `${options.json ? JSON.stringify(problem) : inertText(formatProblem(problem))}\n`,
        );
      }
      const { errors, warnings, unlisted } = countProblems(project.problems);
      if (!options.json) {
        const { concepts, trainings, problems } = project;
        if (problems[0]) process.stderr.write(`${explainHint(problems[0].code)}\n`);
        process.stderr.write(
          `${concepts.length} concepts and ${trainings.length} training configs without errors; ` +
            `${errors} errors, ${warnings} warnings${unlisted > 0 ? ` (${unlisted} of them not listed)` : ''}\n`,
        );
      }
      exit(errors > 0 ? EXIT.usage : EXIT.ok);
    });
}
