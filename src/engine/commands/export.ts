import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { loadProject } from '../../project/load.ts';
import { EXPORT_FORM_NAMES, type ExportForm, endingProblem } from '../../protocol/export-forms.ts';
import { inertText } from '../../protocol/inert-text.ts';
import { UsageError } from '../exit-codes.ts';
import { chooseConcept, chooseTraining, findProjectFolder, refuseConfigProblems } from '../project-choice.ts';
import { commandOptions } from './options.ts';

interface ExportOptions {
  readonly project?: string;
  readonly training?: string;
  readonly concept: string;
  readonly weights: string;
  readonly what: ExportForm;
  readonly half?: boolean;
  readonly output: string;
}

/** `dnw export`: weights as a file for other programs. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .summary('write weights as a file for other programs')
    .description(
      'Writes a concept’s weights as an ONNX model that takes any number of images of any size (onnx), as an HTML page that runs that model in a browser, without a network (web), as the tensors of the whole generator (safetensors), or as those of the LoRA (lora). Only a file of an earlier export is replaced.',
    )
    .addOption(commandOptions.project())
    .addOption(commandOptions.training())
    .addOption(commandOptions.concept().makeOptionMandatory())
    .addOption(
      new Option('--weights <which>', 'base, denoised, fine-tuned, or a weights file').default('fine-tuned'),
    )
    .addOption(new Option('--what <what>', 'what to write').choices(EXPORT_FORM_NAMES).default('onnx'))
    .addOption(new Option('--half', 'store the values in half precision, in a file of half the size'))
    .requiredOption('--output <file>', '.onnx, .html or .safetensors file to write')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dnw export --concept snow --output snow.onnx\n  $ dnw export --concept snow --what web --output snow.html\n  $ dnw export --concept snow --weights denoised --what lora --half --output snow.safetensors',
    )
    .action(async (options: ExportOptions) => {
      const { what, weights, half = false } = options;
      const output = resolve(options.output);
      const problem = endingProblem(what, options.output);
      if (problem !== undefined) throw new UsageError('bad-option-value', `--output ${problem}`);
      const project = await loadProject(findProjectFolder(options.project));
      const training = chooseTraining(project, options.training);
      refuseConfigProblems(project, training);
      const concept = chooseConcept(project, options.concept);
      // Imported on demand because it loads tfjs.
      const { exportWeights } = await import('../../pipeline/weights/export-weights.ts');
      const warning = await exportWeights({ project, training, concept, weights, what, half, output });
      if (warning !== undefined) process.stderr.write(inertText(`Warning: ${warning}.\n`));
      process.stdout.write(inertText(`${output}\n`));
    });
}
