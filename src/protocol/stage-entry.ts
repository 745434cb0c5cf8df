/** What the table of stages (stages.ts) says of each stage. */

/** Whether a stage works on one concept, may be narrowed to one, or has nothing to do with one. */
export type ConceptUse = 'required' | 'optional' | 'none';

/** What a project must have before a stage can begin. */
export type Need = 'concepts' | 'base' | 'zoo' | 'weightGenerator' | 'denoised';

/** What a stage makes in the project. */
export type Artifact =
  | 'pairs'
  | 'base'
  | 'zoo'
  | 'weightGenerator'
  | 'denoised'
  | 'fineTuned'
  | 'images'
  | 'comparison';

/** What decides a stage's result beside the resolved config: a run is resumed only where its hash is the same. */
export type StageInput = 'concept' | 'base' | 'zoo' | 'weight-generator' | 'feature-network';

/** The value that a stage gets of each type of option. All paths are absolute. */
export interface OptionValues {
  switch: boolean;
  integer: number;
  /** What to denoise instead of a concept: text that is not empty, without space around it. */
  prompt: string;
  /** File or folder that exists. */
  path: string;
  /** Existing folder of weight files. */
  weightsFolder: string;
  /** Folder to write to; it need not exist. */
  newFolder: string;
  /** `.safetensors` file to write. */
  newWeightsFile: string;
  /** `base`, `denoised`, `fine-tuned`, or the path of a weights file that exists. */
  weights: string;
}

interface OptionBase {
  /** For `--help`. */
  readonly help: string;
  /** A new run must be given it. */
  readonly required?: true;
  /** Of a stage that takes a `prompt` instead of a concept: the one that this option belongs to. */
  readonly only?: {
    readonly with: 'prompt' | 'concept';
    /** Why it is refused with the other, and what to do. */
    readonly because: string;
  };
}

/** An option of a stage's command. Its flag is its name in dashes: `bestOf` is `--best-of`. */
export type StageOption = OptionBase &
  (
    | { readonly type: 'switch' }
    | { readonly type: 'integer'; readonly placeholder: string; readonly min: number; readonly max: number }
    | { readonly type: Exclude<keyof OptionValues, 'switch' | 'integer'>; readonly placeholder: string }
  );

/** A section of the training config that a stage goes by. */
export interface StageSection<L10n> {
  /** Its key in the config. */
  readonly key: string;
  /**
   * How often the `steps` of the section are trained, for estimates of the time that the stage will take; undefined
   * where the section has no steps.
   */
  readonly trained: 'once' | 'per zoo concept' | undefined;
  /** Code lens above the section. It calls the first of the stage's commands. */
  readonly lens: (l10n: L10n) => { readonly title: string; readonly tooltip: string };
}

/** An entry of a menu of the editor. `group` is VS Code's: its name and the position in it. */
export type StageMenu = { readonly group: string } & (
  | {
      /** Title of a view. */
      readonly view: 'concepts' | 'zoo';
    }
  | {
      /** Node of a view's tree. */
      readonly node: 'concepts' | 'zoo';
      /** The node's `contextValue`, or what it matches. */
      readonly is: string | RegExp;
      /** Not while several nodes are selected. */
      readonly single?: true;
      /** Only while there is what the stage needs; otherwise it is shown, but disabled. */
      readonly whenReady?: true;
    }
  | {
      /** Title of an editor. */
      readonly editor: 'concept' | 'training';
    }
);

/** A command of the editor that starts a stage. */
export interface StageCommandEntry<L10n> {
  /** In the palette and in menus, where it is not the stage's title. */
  readonly title?: (l10n: L10n) => string;
  /** Name of a codicon. */
  readonly icon: string;
  /** What the command asks for: it may offer less than the stage takes. */
  readonly concept: ConceptUse;
  /** Beside the palette. */
  readonly menus: readonly StageMenu[];
}

/**
 * @template L10n what translates the texts that the editor shows: each is the message of an `l10n.t(…)` within the
 *   table, where the exporter of messages finds it
 */
export interface StageEntry<L10n> {
  /** In sentences and lists of the editor. */
  readonly title: (l10n: L10n) => string;
  readonly help: {
    /** In the list of all commands. */
    readonly summary: string;
    readonly description: string;
    /** Whole command lines. */
    readonly examples: readonly string[];
  };
  readonly section: StageSection<L10n> | undefined;
  readonly concept: ConceptUse;
  /** By name, in the order of `--help`, without `concept`. */
  readonly options: Readonly<Record<string, StageOption>>;
  readonly inputs: readonly StageInput[];
  /** What must be there before it can begin: the editor's commands are disabled until then. */
  readonly needs: Need | undefined;
  /** What it is run for; undefined where that is not a file of its own. */
  readonly makes: Artifact | undefined;
  /** Whether agent mode may start it. */
  readonly agents: boolean;
  /** Code lens above a concept, for the first of its commands. */
  readonly conceptLens: ((l10n: L10n) => string) | undefined;
  /** By identifier; the first is the stage itself, the others are variants of it. */
  readonly commands: Readonly<Record<string, StageCommandEntry<L10n>>>;
}
