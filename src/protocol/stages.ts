/**
 * The stages: everything that more than one part of the program needs to know. The command line, the run records, the
 * editor's commands, menus, code lenses and estimates, and the tools of agent mode are derived from this table.
 */
// The exporter of messages (docs/development.md) finds `l10n.t(…)` in a file that has this import.
import type * as l10n from '@vscode/l10n';
import type { OptionValues, StageCommandEntry, StageEntry } from './stage-entry.ts';
import { MOST_DRAWS, PICTURE_SIDE, SEED, STEPS } from './stage-options.ts';

/** `vscode.l10n`, or a substitute for it. */
export interface Translator {
  t(message: string): ReturnType<typeof l10n.t>;
}

/** Returns every message unchanged, in English. */
export const ENGLISH: Translator = { t: (message) => message };

/** Pattern of the `contextValue` of a training config in the Zoo view. */
const ZOO_TRAINING = /^zooTraining/;

/** The stages, in the order of the method. */
export const STAGES = {
  prepare: {
    title: (l10n) => l10n.t('Prepare Pairs'),
    help: {
      summary: 'make the training pairs of the concepts',
      description:
        'Decodes each concept’s images once, makes their edited counterparts, holds out test images and caches the pairs.',
      examples: ['dnw prepare', 'dnw prepare --concept snow'],
    },
    section: {
      key: 'image',
      trained: undefined,
      lens: (l10n) => ({
        title: l10n.t('Prepare Pairs'),
        tooltip: l10n.t('Decode and split the pairs of every concept'),
      }),
    },
    concept: 'optional',
    options: {},
    inputs: ['concept'],
    needs: 'concepts',
    makes: 'pairs',
    agents: true,
    conceptLens: (l10n) => l10n.t('Prepare'),
    commands: {
      preparePairs: {
        icon: 'file-media',
        concept: 'optional',
        menus: [
          { view: 'concepts', group: '2_stages@1' },
          { node: 'concepts', is: /^(concept|tag)/, group: '1_stages@1' },
          { editor: 'concept', group: '2_dnw@1' },
        ],
      },
    },
  },
  'train-base': {
    title: (l10n) => l10n.t('Train Base Generator'),
    help: {
      summary: 'train the base generator',
      description:
        'Trains the image generator that every LoRA adapts, on a few representative concepts of the zoo.',
      examples: [
        'dnw train-base',
        'dnw train-base --training paper --device cuda',
        'dnw train-base --resume',
      ],
    },
    section: {
      key: 'base',
      trained: 'once',
      lens: (l10n) => ({
        title: l10n.t('Train Base'),
        tooltip: l10n.t('Train the base generator with this config'),
      }),
    },
    concept: 'none',
    options: { seed: SEED },
    inputs: ['concept', 'images'],
    needs: 'concepts',
    makes: 'base',
    agents: true,
    conceptLens: undefined,
    commands: {
      trainBase: {
        icon: 'server-process',
        concept: 'none',
        menus: [
          { view: 'zoo', group: '2_stages@1' },
          { node: 'zoo', is: 'zooBase.none', group: 'inline@1' },
          { node: 'zoo', is: /^zoo(Training|Base)/, single: true, group: '1_stages@1' },
          { editor: 'training', group: '2_dnw@1' },
        ],
      },
    },
  },
  'search-ranks': {
    title: (l10n) => l10n.t('Search LoRA Ranks'),
    help: {
      summary: 'search the LoRA ranks of the zoo',
      description:
        'Trains LoRA weights of one zoo concept with rank 1 everywhere, then doubles the rank of one section after another as long as the quality on held-out images improves (lora.search). Prints lora.ranks, ready to be pasted into the training config.',
      examples: [
        'dnw search-ranks',
        'dnw search-ranks --concept fog --steps 200',
        'dnw search-ranks --resume',
      ],
    },
    section: undefined,
    concept: 'optional',
    options: {
      seed: SEED,
      /** Steps of each try. */
      steps: STEPS,
    },
    inputs: ['concept', 'images', 'base'],
    needs: 'base',
    makes: undefined,
    agents: true,
    conceptLens: undefined,
    commands: {
      searchRanks: {
        icon: 'list-ordered',
        concept: 'none',
        menus: [
          { view: 'zoo', group: '2_stages@3' },
          { node: 'zoo', is: ZOO_TRAINING, single: true, group: '1_stages@2' },
          { editor: 'training', group: '2_dnw@2' },
        ],
      },
    },
  },
  collect: {
    title: (l10n) => l10n.t('Collect Zoo'),
    help: {
      summary: 'train the LoRA weights of the zoo',
      description:
        'Fine-tunes LoRA weights on the base for every concept of the zoo. With --concept, only for that one, for example as one task of a cluster’s job array. With --missing, skips members that exist and still match their concept, its images and the training config.',
      examples: [
        'dnw collect',
        'dnw collect --missing',
        'dnw collect --workers 4',
        'dnw collect --concept pencil-sketch',
        'dnw collect --resume',
      ],
    },
    section: {
      key: 'collect',
      trained: 'per zoo concept',
      lens: (l10n) => ({
        title: l10n.t('Collect Zoo'),
        tooltip: l10n.t('Train the LoRA weights of every zoo concept on the base'),
      }),
    },
    concept: 'optional',
    options: {
      missing: { type: 'switch', help: 'only the concepts whose weights are missing or stale' },
      workers: {
        type: 'integer',
        placeholder: 'n',
        min: 1,
        max: 256,
        help: 'processes that train concepts at the same time, each with its share of the cores (default: 1)',
      },
    },
    inputs: ['concept', 'images', 'base'],
    needs: 'base',
    makes: 'zoo',
    agents: true,
    conceptLens: undefined,
    commands: {
      collectZoo: {
        icon: 'library',
        concept: 'none',
        menus: [
          { view: 'zoo', group: 'navigation@1' },
          { node: 'zoo', is: ZOO_TRAINING, single: true, group: '1_stages@3' },
          { editor: 'training', group: '2_dnw@3' },
        ],
      },
      collectMissing: {
        title: (l10n) => l10n.t('Collect Missing and Stale Members'),
        icon: 'checklist',
        concept: 'none',
        menus: [
          { view: 'zoo', group: '2_stages@2' },
          { node: 'zoo', is: 'zooTraining.wanting', group: 'inline@1' },
          { node: 'zoo', is: 'zooTraining.wanting', single: true, group: '1_stages@4' },
          { editor: 'training', group: '2_dnw@4' },
        ],
      },
      collectMember: {
        title: (l10n) => l10n.t('Collect Zoo Member'),
        icon: 'refresh',
        concept: 'required',
        menus: [
          { node: 'zoo', is: /^zoo(Missing|Member\.stale)$/, whenReady: true, group: 'inline@2' },
          { node: 'zoo', is: /^zoo(Missing$|Member\.)/, group: '1_stages@5' },
        ],
      },
    },
  },
  'train-generator': {
    title: (l10n) => l10n.t('Train Weight Generator'),
    help: {
      summary: 'train the weight generator on the zoo',
      description:
        'Trains the diffusion model on blocks of the zoo’s LoRA weights, conditioned on the prompts. With --zoo, uses the files of a folder instead of the zoo of the base.',
      examples: [
        'dnw train-generator',
        'dnw train-generator --zoo ~/loras',
        'dnw train-generator --resume latest',
      ],
    },
    section: {
      key: 'weightGenerator',
      trained: 'once',
      lens: (l10n) => ({
        title: l10n.t('Train Weight Generator'),
        tooltip: l10n.t('Train the diffusion model on the zoo’s weights'),
      }),
    },
    concept: 'none',
    options: {
      seed: SEED,
      zoo: {
        type: 'weightsFolder',
        placeholder: 'folder',
        help: 'folder of .safetensors files to train on, all of the same shapes and each with a prompt',
      },
    },
    inputs: ['concept', 'base', 'zoo'],
    needs: 'zoo',
    makes: 'weightGenerator',
    agents: true,
    conceptLens: undefined,
    commands: {
      trainWeightGenerator: {
        icon: 'circuit-board',
        concept: 'none',
        menus: [
          { view: 'zoo', group: 'navigation@2' },
          { node: 'zoo', is: 'zooWeightGenerator.none', whenReady: true, group: 'inline@1' },
          { node: 'zoo', is: /^zoo(Training|WeightGenerator)/, single: true, group: '1_stages@6' },
          { editor: 'training', group: '2_dnw@5' },
        ],
      },
    },
  },
  denoise: {
    title: (l10n) => l10n.t('Denoise Weights'),
    help: {
      summary: 'denoise weights for a concept from its prompt',
      description:
        'Denoises LoRA weights for a concept from its prompt, and estimates their quality. No images are needed, except to choose the best of several draws. With --prompt, writes a file like those in the folder that the weight generator was trained on (train-generator --zoo).',
      examples: [
        'dnw denoise --concept snow',
        'dnw denoise --concept snow --seed 7 --steps 50',
        'dnw denoise --concept snow --steps 8 --best-of 4',
        'dnw denoise --prompt "a pencil sketch" --output sketch.safetensors',
      ],
    },
    section: undefined,
    concept: 'required',
    options: {
      seed: SEED,
      /** Steps of the denoising. */
      steps: STEPS,
      bestOf: {
        type: 'integer',
        placeholder: 'k',
        min: 1,
        max: MOST_DRAWS,
        help: 'number of sets of weights to draw, keeping the one that translates a few training images best; overrides the config',
        only: {
          with: 'concept',
          because:
            "draws are judged on a concept's training images, but a --prompt has none. Omit this option, or name a --concept.",
        },
      },
      prompt: { type: 'prompt', placeholder: 'text', help: 'prompt to denoise, instead of a concept' },
      output: {
        type: 'newWeightsFile',
        placeholder: 'file',
        help: 'with --prompt: .safetensors file to write the weights to',
        required: true,
        only: {
          with: 'prompt',
          because:
            "a concept's weights are written to its own folder. Omit this option, or give a --prompt instead of a concept.",
        },
      },
    },
    inputs: ['concept', 'base', 'weight-generator'],
    needs: 'weightGenerator',
    makes: 'denoised',
    agents: true,
    conceptLens: (l10n) => l10n.t('Denoise'),
    commands: {
      denoiseWeights: {
        icon: 'sparkle',
        concept: 'required',
        menus: [
          { node: 'concepts', is: /^concept/, whenReady: true, group: 'inline@1' },
          { node: 'concepts', is: /^(concept|tag)/, group: '1_stages@2' },
          { editor: 'concept', group: '2_dnw@2' },
        ],
      },
    },
  },
  'fine-tune': {
    title: (l10n) => l10n.t('Fine-Tune Concept'),
    help: {
      summary: 'train a concept from its denoised weights',
      description: 'Trains a concept’s weights on its pairs, starting from the denoised ones.',
      examples: [
        'dnw fine-tune --concept snow',
        'dnw fine-tune --concept snow --steps 200',
        'dnw fine-tune --resume',
      ],
    },
    section: {
      key: 'fineTune',
      trained: 'once',
      lens: (l10n) => ({
        title: l10n.t('Fine-Tune...'),
        tooltip: l10n.t('Select a concept and train it from its denoised weights'),
      }),
    },
    concept: 'required',
    options: { seed: SEED, steps: STEPS },
    inputs: ['concept', 'images', 'base'],
    needs: 'denoised',
    makes: 'fineTuned',
    agents: true,
    conceptLens: (l10n) => l10n.t('Fine-Tune'),
    commands: {
      fineTuneConcept: {
        icon: 'play',
        concept: 'required',
        menus: [
          { node: 'concepts', is: /^concept\.(denoised|fineTuned)$/, group: 'inline@2' },
          { node: 'concepts', is: /^(tag$|concept\.(denoised|fineTuned)$)/, group: '1_stages@3' },
          { editor: 'concept', group: 'navigation@2' },
        ],
      },
    },
  },
  translate: {
    title: (l10n) => l10n.t('Translate Images'),
    help: {
      summary: 'translate images',
      description:
        'Applies a concept’s weights to an image file or to every image in a folder. Each picture is translated whole, in its own shape: its shorter side as large for the network as the training images (image.size; with crops, image.crop.from), or as --size says, and the result as large as the picture. Only files of an earlier translation are replaced, and pictures that were translated already, with the same weights and options, are not translated again.',
      examples: [
        'dnw translate --concept snow --input photo.jpg --output out',
        'dnw translate --concept snow --input photos --output out --weights denoised --format jpeg',
        'dnw translate --concept snow --input photo.jpg --output out --size native',
      ],
    },
    section: undefined,
    concept: 'required',
    options: {
      input: { type: 'path', placeholder: 'path', help: 'image file or folder of images', required: true },
      output: {
        type: 'newFolder',
        placeholder: 'folder',
        help: 'folder for the translated images, other than those of the input and of concepts',
        required: true,
      },
      weights: {
        type: 'weights',
        placeholder: 'which',
        help: 'base, denoised, fine-tuned, or a weights file (default: fine-tuned)',
      },
      size: {
        type: 'pictureSize',
        placeholder: 'size',
        help: `size of a picture for the network: train, native (all its pixels, in tiles), or its shorter side in pixels, from ${PICTURE_SIDE.min} to ${PICTURE_SIDE.max} (default: train)`,
      },
      detail: {
        type: 'pictureDetail',
        placeholder: 'detail',
        help: 'what an enlarged result takes from the picture: none, or source (its fine detail; for concepts that change colors and tones, not shapes) (default: none)',
      },
      format: { type: 'pictureFormat', placeholder: 'format', help: 'png, jpeg or webp (default: png)' },
      quality: {
        type: 'integer',
        placeholder: 'n',
        min: 1,
        max: 100,
        help: 'quality of jpeg and webp (default: 90)',
      },
      keepLocation: {
        type: 'switch',
        help: 'keep in the metadata where a photograph was taken, which is otherwise left out',
      },
    },
    inputs: ['concept', 'base'],
    needs: 'base',
    makes: 'images',
    // The stage writes to a folder that only a person should choose.
    agents: false,
    conceptLens: (l10n) => l10n.t('Translate...'),
    commands: {
      translateImages: {
        title: (l10n) => l10n.t('Translate Images...'),
        icon: 'symbol-color',
        concept: 'required',
        menus: [{ node: 'concepts', is: /^concept/, single: true, group: '1_stages@5' }],
      },
    },
  },
  evaluate: {
    title: (l10n) => l10n.t('Evaluate Concept'),
    help: {
      summary: 'compare denoised weights with the baselines',
      description: 'Trains a held-out concept from every start, and compares quality over training seconds.',
      examples: ['dnw evaluate --concept snow'],
    },
    section: {
      key: 'evaluate',
      trained: undefined,
      lens: (l10n) => ({
        title: l10n.t('Evaluate...'),
        tooltip: l10n.t('Select a concept and compare it with the baselines'),
      }),
    },
    concept: 'required',
    options: { seed: SEED },
    inputs: ['concept', 'images', 'base', 'zoo', 'weight-generator', 'feature-network'],
    needs: 'weightGenerator',
    makes: 'comparison',
    agents: true,
    conceptLens: undefined,
    commands: {
      evaluateConcept: {
        icon: 'graph-line',
        concept: 'required',
        menus: [
          { node: 'concepts', is: /^(concept|tag)/, group: '1_stages@4' },
          { editor: 'concept', group: '2_dnw@3' },
        ],
      },
    },
  },
  quickstart: {
    title: (l10n) => l10n.t('Quickstart'),
    help: {
      summary: 'run every stage, one after another',
      description: 'Runs the whole method in a project, from pairs to a comparison.',
      examples: ['dnw quickstart --project examples/quickstart'],
    },
    section: undefined,
    concept: 'none',
    options: {},
    // The quickstart makes all other inputs itself.
    inputs: ['concept', 'images', 'feature-network'],
    needs: undefined,
    makes: undefined,
    agents: true,
    conceptLens: undefined,
    commands: {
      runQuickstart: {
        title: (l10n) => l10n.t('Run Quickstart'),
        icon: 'rocket',
        concept: 'none',
        menus: [],
      },
    },
  },
} as const satisfies Readonly<Record<string, StageEntry<Translator>>>;

type Table = typeof STAGES;

/** Names of the stages. Each is a long job, a subcommand of `dnw` and a kind of run. */
export type Stage = keyof Table;

/** Names of the stages, in the order of the method. */
export const STAGE_NAMES = Object.keys(STAGES) as [Stage, ...Stage[]];

/** The table's entry of a stage. */
export function stageEntry(stage: Stage): StageEntry<Translator> {
  return STAGES[stage];
}

/** Names of the options of a stage, or of any. */
type OptionName<S extends Stage> = S extends Stage ? keyof Table[S]['options'] & string : never;

type OptionValue<S extends Stage, O extends string> = S extends Stage
  ? Table[S]['options'] extends { readonly [K in O]: { readonly type: infer T extends keyof OptionValues } }
    ? OptionValues[T]
    : never
  : never;

/**
 * Options of a stage, without those that all stages share (`--device` and `--threads` are in the run's config).
 * Without a type argument, the options of all stages together.
 */
export type StageOptions<S extends Stage = Stage> = {
  readonly [O in OptionName<S>]?: OptionValue<S, O>;
} & (Table[S]['concept'] extends 'none' ? unknown : { readonly concept?: string });

/** Names of the options that a stage takes, `concept` first. */
export function optionNames(stage: Stage): (keyof StageOptions)[] {
  const { concept, options } = stageEntry(stage);
  const names = Object.keys(options) as (keyof StageOptions)[];
  return concept === 'none' ? names : ['concept', ...names];
}

/** The flag of an option: `--best-of` for `bestOf`. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Identifiers of the editor's commands that start stages. */
export type StageCommand = { [S in Stage]: keyof Table[S]['commands'] & string }[Stage];

/** A command that starts a stage, with its name. */
export interface NamedCommand extends StageCommandEntry<Translator> {
  readonly id: StageCommand;
  readonly stage: Stage;
  readonly title: (l10n: Translator) => string;
}

/** Every command that starts a stage, in the order of the table. */
export const STAGE_COMMANDS: readonly NamedCommand[] = STAGE_NAMES.flatMap((stage) => {
  const { title, commands } = stageEntry(stage);
  return Object.entries(commands).map(([id, entry]) => ({ title, ...entry, id: id as StageCommand, stage }));
});

/** The main command of a stage, as opposed to its variants. */
export function commandOf(stage: Stage): NamedCommand {
  return STAGE_COMMANDS.find((command) => command.stage === stage)!;
}
