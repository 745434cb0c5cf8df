/** Types of the entries in the table of stages (stages.ts). */

/** Whether a stage requires a concept, may be limited to one, or does not take one. */
export type ConceptUse = 'required' | 'optional' | 'none';

/** What a project must have before a stage can begin. */
export type Need = 'concepts' | 'base' | 'zoo' | 'weightGenerator' | 'denoised';

/** What a stage creates in the project. */
export type Artifact =
  | 'pairs'
  | 'base'
  | 'zoo'
  | 'weightGenerator'
  | 'denoised'
  | 'fineTuned'
  | 'images'
  | 'comparison';

/**
 * An input that decides the result besides the resolved config: a run is resumed only if it is unchanged. `concept` stands
 * for the prompts and pairs of every concept that the stage works on, `images` for the image files of these concepts.
 */
export type StageInput = 'concept' | 'images' | 'base' | 'zoo' | 'weight-generator' | 'feature-network';

/** The value that a stage receives for each type of option. All paths are absolute. */
export interface OptionValues {
  switch: boolean;
  integer: number;
  /** The prompt to denoise instead of a concept: text with a word or number, without surrounding space. */
  prompt: string;
  /** Existing file or folder. */
  path: string;
  /** Existing folder of weight files. */
  weightsFolder: string;
  /** Folder to write to, which need not exist. */
  newFolder: string;
  /** `.safetensors` file to write. */
  newWeightsFile: string;
  /** `base`, `denoised`, `fine-tuned`, or the path of a weights file that exists. */
  weights: string;
  /** How large a picture is for the network: `train`, `native`, or the shorter side in pixels. */
  pictureSize: PictureSize;
  pictureFormat: PictureFormat;
  pictureDetail: PictureDetail;
}

/** As large as the images of training, in full, or the shorter side in pixels. */
export type PictureSize = 'train' | 'native' | number;

/** Formats that translations are written in. */
export const PICTURE_FORMATS = ['png', 'jpeg', 'webp'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** What a translation that is enlarged to its picture's size takes from the picture: nothing, or its fine detail. */
export const PICTURE_DETAILS = ['none', 'source'] as const;
export type PictureDetail = (typeof PICTURE_DETAILS)[number];

interface OptionBase {
  /** Description for `--help`. */
  readonly help: string;
  /** Set if a new run needs the option. */
  readonly required?: true;
  /** In a stage that takes a `prompt` instead of a concept: which of the two this option belongs to. */
  readonly only?: {
    readonly with: 'prompt' | 'concept';
    /** Reason why the option is rejected with the other one, and what to do. */
    readonly because: string;
  };
}

/** An option of a stage's command. Its flag is its name in kebab case: `bestOf` is `--best-of`. */
export type StageOption = OptionBase &
  (
    | { readonly type: 'switch' }
    | { readonly type: 'integer'; readonly placeholder: string; readonly min: number; readonly max: number }
    | { readonly type: Exclude<keyof OptionValues, 'switch' | 'integer'>; readonly placeholder: string }
  );

/** A section of the training config that a stage uses. */
export interface StageSection<L10n> {
  /** Key of the section in the config. */
  readonly key: string;
  /**
   * How often the `steps` of the section are trained, for estimates of the stage's running time; undefined if the
   * section has no steps.
   */
  readonly trained: 'once' | 'per zoo concept' | undefined;
  /** Code lens above the section, which calls the first of the stage's commands. */
  readonly lens: (l10n: L10n) => { readonly title: string; readonly tooltip: string };
}

/** An entry in a menu of the editor. `group` is VS Code's: the name of the group and the position in it. */
export type StageMenu = { readonly group: string } & (
  | {
      /** View in whose title the entry is shown. */
      readonly view: 'concepts' | 'zoo';
    }
  | {
      /** View in whose tree nodes the entry is shown. */
      readonly node: 'concepts' | 'zoo';
      /** The node's `contextValue`, or a pattern that it matches. */
      readonly is: string | RegExp;
      /** Set if the entry is hidden while several nodes are selected. */
      readonly single?: true;
      /** Set if the entry is hidden, instead of shown as disabled, until the project has what the stage needs. */
      readonly whenReady?: true;
    }
  | {
      /** Editor in whose title the entry is shown. */
      readonly editor: 'concept' | 'training';
    }
);

/** A command of the editor that starts a stage. */
export interface StageCommandEntry<L10n> {
  /** Title in the palette and in menus, if it differs from the stage's title. */
  readonly title?: (l10n: L10n) => string;
  /** Name of a codicon. */
  readonly icon: string;
  /** Whether the command asks for a concept; it may be more restrictive than the stage. */
  readonly concept: ConceptUse;
  /** Menus that show the command, besides the palette. */
  readonly menus: readonly StageMenu[];
}

/**
 * @template L10n the translator of the texts that the editor shows: each is the message of an `l10n.t(…)` within the
 *   table, where the exporter of messages finds it
 */
export interface StageEntry<L10n> {
  /** Title in sentences and lists of the editor. */
  readonly title: (l10n: L10n) => string;
  readonly help: {
    /** Summary in the list of all commands. */
    readonly summary: string;
    readonly description: string;
    /** Examples as complete command lines. */
    readonly examples: readonly string[];
  };
  readonly section: StageSection<L10n> | undefined;
  readonly concept: ConceptUse;
  /** Options by name, in the order of `--help`, without `concept`. */
  readonly options: Readonly<Record<string, StageOption>>;
  readonly inputs: readonly StageInput[];
  /** What the project must have before the stage can start: the editor's commands are disabled until then. */
  readonly needs: Need | undefined;
  /** The main result of the stage; undefined if that is not a file of its own. */
  readonly makes: Artifact | undefined;
  /** Whether agent mode may start the stage. */
  readonly agents: boolean;
  /** Code lens above a concept, for the first of its commands. */
  readonly conceptLens: ((l10n: L10n) => string) | undefined;
  /** Commands by identifier; the first is the stage itself, the others are variants of it. */
  readonly commands: Readonly<Record<string, StageCommandEntry<L10n>>>;
}
