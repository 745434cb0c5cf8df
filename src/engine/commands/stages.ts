import { type Command, Option } from 'commander';
import type { StageFunctions } from '../../pipeline/stage.ts';
import type { Stage } from '../../protocol/events.ts';
import type { StageArguments, StageRules } from '../stage-plan.ts';
import { runStage } from '../stage-run.ts';
import { commandOptions } from './options.ts';

type StageOptionName =
  | 'seed'
  | 'steps'
  | 'missing'
  | 'bestOf'
  | 'input'
  | 'output'
  | 'weights'
  | 'zoo'
  | 'prompt'
  | 'weightsFile';

interface StageCommand extends StageRules {
  readonly summary: string;
  readonly description: string;
  readonly takesConcept: boolean;
  readonly options: readonly StageOptionName[];
  readonly examples: readonly string[];
}

const STAGE_COMMANDS: Record<Stage, Omit<StageCommand, 'stage'>> = {
  prepare: {
    summary: 'make the training pairs of the concepts',
    description:
      'Decodes each concept’s images once, makes their edited counterparts, holds out test images and caches the pairs.',
    takesConcept: true,
    required: [],
    options: [],
    examples: ['dnw prepare', 'dnw prepare --concept snow'],
  },
  'train-base': {
    summary: 'train the base generator',
    description:
      'Trains the image generator that every LoRA adapts, on a few representative concepts of the zoo.',
    takesConcept: false,
    required: [],
    options: ['seed'],
    examples: ['dnw train-base', 'dnw train-base --training paper --device cuda', 'dnw train-base --resume'],
  },
  'search-ranks': {
    summary: 'search the LoRA ranks of the zoo',
    description:
      'Trains LoRA weights of one zoo concept with rank 1 everywhere, then doubles the rank of one section after another as long as held-out images get better (lora.search), and prints lora.ranks to paste into the training config.',
    takesConcept: true,
    required: [],
    options: ['seed', 'steps'],
    examples: ['dnw search-ranks', 'dnw search-ranks --concept fog --steps 200', 'dnw search-ranks --resume'],
  },
  collect: {
    summary: 'train the LoRA weights of the zoo',
    description:
      'Fine-tunes LoRA weights on the base for every concept of the zoo. With --concept, for that one only: one task of a cluster’s job array. With --missing, leaves out the members that are there and still fit their concept, its images and the training config.',
    takesConcept: true,
    required: [],
    options: ['missing'],
    examples: [
      'dnw collect',
      'dnw collect --missing',
      'dnw collect --concept pencil-sketch',
      'dnw collect --resume',
    ],
  },
  'train-generator': {
    summary: 'train the weight generator on the zoo',
    description:
      'Trains the diffusion model over blocks of the zoo’s LoRA weights, conditioned on the prompts. With --zoo, on the files of a folder instead of the zoo of the base.',
    takesConcept: false,
    required: [],
    options: ['seed', 'zoo'],
    examples: [
      'dnw train-generator',
      'dnw train-generator --zoo ~/loras',
      'dnw train-generator --resume latest',
    ],
  },
  denoise: {
    summary: 'denoise weights for a concept from its prompt',
    description:
      'Makes LoRA weights for a concept out of noise and its prompt, and says what quality to expect of them. No images are needed, except to choose the best of several draws. With --prompt, a file like those of the folder that the weight generator was trained on (train-generator --zoo).',
    takesConcept: true,
    required: ['concept'],
    options: ['seed', 'steps', 'bestOf', 'prompt', 'weightsFile'],
    examples: [
      'dnw denoise --concept snow',
      'dnw denoise --concept snow --seed 7 --steps 50',
      'dnw denoise --concept snow --steps 8 --best-of 4',
      'dnw denoise --prompt "a pencil sketch" --output sketch.safetensors',
    ],
  },
  'fine-tune': {
    summary: 'train a concept from its denoised weights',
    description: 'Trains a concept’s weights on its pairs, starting from the denoised ones.',
    takesConcept: true,
    required: ['concept'],
    options: ['seed', 'steps'],
    examples: [
      'dnw fine-tune --concept snow',
      'dnw fine-tune --concept snow --steps 200',
      'dnw fine-tune --resume',
    ],
  },
  translate: {
    summary: 'translate images',
    description: 'Applies a concept’s weights to an image file or to every image of a folder.',
    takesConcept: true,
    required: ['concept', 'input', 'output'],
    options: ['input', 'output', 'weights'],
    examples: [
      'dnw translate --concept snow --input photo.jpg --output out',
      'dnw translate --concept snow --input photos --output out --weights denoised',
    ],
  },
  evaluate: {
    summary: 'compare with the baselines',
    description: 'Trains a held-out concept from every start, and measures quality against training seconds.',
    takesConcept: true,
    required: ['concept'],
    options: ['seed'],
    examples: ['dnw evaluate --concept snow'],
  },
  quickstart: {
    summary: 'every stage, one after another',
    description: 'Runs the whole method in a project, from pairs to a comparison.',
    takesConcept: false,
    required: [],
    options: [],
    examples: ['dnw quickstart --project examples/quickstart'],
  },
};

const STAGE_OPTIONS: Record<StageOptionName, () => Option> = {
  seed: commandOptions.seed,
  steps: commandOptions.steps,
  bestOf: commandOptions.bestOf,
  missing: () => new Option('--missing', 'only the concepts whose weights are missing or stale'),
  input: () => new Option('--input <path>', 'image file, or folder of images'),
  output: () => new Option('--output <folder>', 'folder for the translated images'),
  weights: () =>
    new Option('--weights <which>', 'base, denoised, fine-tuned, or a weights file (default: fine-tuned)'),
  zoo: () =>
    new Option(
      '--zoo <folder>',
      'folder of equally shaped .safetensors files, each with a prompt, to train on',
    ),
  prompt: () => new Option('--prompt <text>', 'instead of a concept: what to denoise').conflicts('concept'),
  weightsFile: () => new Option('--output <file>', 'with --prompt: .safetensors file for the weights'),
};

export type LoadStages = () => Promise<StageFunctions>;

/** Adds one subcommand for every stage. */
export function addStageCommands(
  program: Command,
  loadStages: LoadStages,
  exit: (code: number) => void,
): void {
  for (const [stage, command] of Object.entries(STAGE_COMMANDS) as [
    Stage,
    (typeof STAGE_COMMANDS)[Stage],
  ][]) {
    const added = program
      .command(stage)
      .summary(command.summary)
      .description(command.description)
      .addOption(commandOptions.project())
      .addOption(commandOptions.training());
    if (command.takesConcept) added.addOption(commandOptions.concept());
    for (const name of command.options) added.addOption(STAGE_OPTIONS[name]());
    added
      .addOption(commandOptions.device())
      .addOption(commandOptions.threads())
      .option(
        '--resume [run]',
        'go on with a run, by id or folder; without one, the latest that can be resumed',
      )
      .addOption(
        new Option('--run-id <id>', 'name of the run folder (default: time, stage and name)').conflicts(
          'resume',
        ),
      )
      .option(
        '--tensorboard',
        'also write metrics and sample pictures as TensorBoard event files below the run’s folder',
      )
      .addOption(commandOptions.json('print the run’s events to standard output, one JSON object a line'))
      .addHelpText('after', `\nExamples:\n${command.examples.map((example) => `  $ ${example}`).join('\n')}`)
      .action(async (options: Omit<StageArguments, 'resume'> & { resume?: string | true }) => {
        const { resume, ...given } = options;
        const rules = { stage, required: command.required };
        const args = resume === undefined ? given : { ...given, resume: resume === true ? 'latest' : resume };
        exit(await runStage(rules, args, loadStages));
      });
  }
}
