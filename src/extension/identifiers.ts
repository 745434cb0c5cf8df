import { STAGE_COMMANDS, type StageCommand } from '../protocol/stages.ts';

/** Every name that package.json and the code both use. test/extension/identifiers.test.ts compares the two. */

/** Commands that start stages (protocol/stages.ts). */
const stageCommands = Object.fromEntries(STAGE_COMMANDS.map(({ id }) => [id, `denoisedWeights.${id}`])) as {
  readonly [C in StageCommand]: `denoisedWeights.${C}`;
};

/** Publisher and name of the extension. */
export const EXTENSION_ID = 'denoised-weights.denoised-weights';

export const COMMANDS = {
  ...stageCommands,
  showWeightStatistics: 'denoisedWeights.showWeightStatistics',
  showTranslatedImages: 'denoisedWeights.showTranslatedImages',
  showComparison: 'denoisedWeights.showComparison',
  openRun: 'denoisedWeights.openRun',
  compareRuns: 'denoisedWeights.compareRuns',
  stopRun: 'denoisedWeights.stopRun',
  resumeRun: 'denoisedWeights.resumeRun',
  showRunLog: 'denoisedWeights.showRunLog',
  reveal: 'denoisedWeights.reveal',
  deleteRun: 'denoisedWeights.deleteRun',
  newConcept: 'denoisedWeights.newConcept',
  newTrainingConfig: 'denoisedWeights.newTrainingConfig',
  exportWeights: 'denoisedWeights.exportWeights',
  describeTraining: 'denoisedWeights.describeTraining',
  findConcept: 'denoisedWeights.findConcept',
  clearConceptFilter: 'denoisedWeights.clearConceptFilter',
  groupConceptsByTag: 'denoisedWeights.groupConceptsByTag',
  listConceptsByName: 'denoisedWeights.listConceptsByName',
  selectDevice: 'denoisedWeights.selectDevice',
  showDeviceReport: 'denoisedWeights.showDeviceReport',
  restartEngine: 'denoisedWeights.restartEngine',
  refresh: 'denoisedWeights.refresh',
  openSampleProject: 'denoisedWeights.openSampleProject',
  compareTensors: 'denoisedWeights.compareTensors',
  showOutput: 'denoisedWeights.showOutput',
} as const;

/** Opens the run that is selected in the Runs view. Not in `package.json`: only rows of that view have it. */
export const OPEN_SELECTED_RUN = 'denoisedWeights.openSelectedRun';

/** The same for the file of the concept that is selected in the Concepts view. */
export const OPEN_SELECTED_CONCEPT = 'denoisedWeights.openSelectedConcept';

export const TREES = {
  concepts: 'denoisedWeights.concepts',
  runs: 'denoisedWeights.runs',
  zoo: 'denoisedWeights.zoo',
} as const;

/** View types of the webview panels, by view. */
export const PANELS = {
  run: 'denoisedWeights.run',
  weights: 'denoisedWeights.weights',
  translate: 'denoisedWeights.translate',
  compare: 'denoisedWeights.compare',
} as const;
export type PanelName = keyof typeof PANELS;

/** The panel that each of these commands opens. The panel's own module decides what the command shows in it. */
export const PANEL_COMMANDS = {
  openRun: 'run',
  compareRuns: 'run',
  showWeightStatistics: 'weights',
  showTranslatedImages: 'translate',
  showComparison: 'compare',
} as const satisfies Partial<Record<keyof typeof COMMANDS, PanelName>>;

/** View types of the custom editors, by view. */
export const CUSTOM_EDITORS = { tensors: 'dnw.tensors' } as const;

/** The views. Each is a script below `dist/webview/`, bundled from `webview/<view>/main.tsx`. */
export type ViewName = PanelName | keyof typeof CUSTOM_EDITORS;

/** Language model tools of agent mode. */
export const TOOLS = {
  listConcepts: 'dnw_listConcepts',
  validateProject: 'dnw_validateProject',
  describeRun: 'dnw_describeRun',
  startRun: 'dnw_startRun',
  weightStatistics: 'dnw_weightStatistics',
} as const;

export const CONTEXT_KEYS = {
  /** The workspace's projects have been read once. */
  loaded: 'denoisedWeights.loaded',
  hasProject: 'denoisedWeights.hasProject',
  hasConcepts: 'denoisedWeights.hasConcepts',
  hasRuns: 'denoisedWeights.hasRuns',
  /** There are at least two runs, so that they can be compared. */
  hasSeveralRuns: 'denoisedWeights.hasSeveralRuns',
  hasActiveRun: 'denoisedWeights.hasActiveRun',
  /** A run has ended, and can be deleted. */
  hasEndedRun: 'denoisedWeights.hasEndedRun',
  hasResumableRun: 'denoisedWeights.hasResumableRun',
  /** The Zoo view has something to show. */
  hasZoo: 'denoisedWeights.hasZoo',
  hasBase: 'denoisedWeights.hasBase',
  /** The zoo has members. */
  hasMembers: 'denoisedWeights.hasMembers',
  hasWeightGenerator: 'denoisedWeights.hasWeightGenerator',
  hasDenoised: 'denoisedWeights.hasDenoised',
  conceptsByTag: 'denoisedWeights.conceptsByTag',
  /** The Concepts view is filtered. */
  conceptsFiltered: 'denoisedWeights.conceptsFiltered',
} as const;

export const SETTINGS_SECTION = 'denoisedWeights';

/** Keys below `denoisedWeights`. */
export const SETTINGS = {
  device: 'device',
  threads: 'threads',
  workers: 'workers',
  engineNode: 'engine.node',
  engineIdleMinutes: 'engine.idleMinutes',
  notifications: 'notifications',
  tensorBoard: 'runs.tensorBoard',
  outsideFolders: 'outsideFolders',
} as const;

export const CONCEPT_LANGUAGE = 'dnw-concept';
export const TRAINING_LANGUAGE = 'dnw-training';
