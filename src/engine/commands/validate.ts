import type { Command } from 'commander';
import { loadProject } from '../../project/load.ts';
import { formatProblem } from '../../project/problem.ts';
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
        process.stdout.write(`${options.json ? JSON.stringify(problem) : formatProblem(problem)}\n`);
      }
      const errors = project.problems.filter(({ severity }) => severity === 'error').length;
      if (!options.json) {
        const { concepts, trainings, problems } = project;
        const warnings = problems.length - errors;
        process.stderr.write(
          `${concepts.length} concepts and ${trainings.length} training configs without errors; ` +
            `${errors} errors, ${warnings} warnings\n`,
        );
      }
      exit(errors > 0 ? EXIT.usage : EXIT.ok);
    });
}
