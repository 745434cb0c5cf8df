import { blockingProblems } from '../../project/checks/blocking-problems.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { UserError } from '../../project/user-error.ts';
import { optionNames, type Stage, stageEntry } from '../../protocol/stages.ts';
import { chooseConcept, chooseProject, chooseTraining, formatErrors, namesOf } from './tool-choices.ts';
import { AGENT_STAGES, type StartRunInput } from './tool-inputs.ts';

/** A run that can be started: everything it refers to exists, and its files have no errors. */
export interface StageRequest {
  readonly stage: Stage;
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept?: LoadedConcept;
  readonly seed?: number;
  readonly steps?: number;
}

/**
 * Resolves what a model asks to start against the workspace.
 * @throws UserError that names the choices, or lists the errors that block the run
 */
export function stageRequest(
  input: StartRunInput,
  projects: readonly Project[],
  workspaceFolders: readonly string[],
): StageRequest {
  const { stage, seed, steps } = input;
  for (const option of ['seed', 'steps', 'concept'] as const) {
    if (input[option] !== undefined && !optionNames(stage).includes(option)) refuse(option, stage);
  }
  const project = chooseProject(projects, input.project, workspaceFolders);
  if (input.concept === undefined && stageEntry(stage).concept === 'required') {
    throw new UserError(
      'choice-needed',
      `Stage ${stage} needs a concept: specify \`concept\`. Available: ${namesOf(project.concepts)}.`,
    );
  }
  const training = chooseTraining(project, input.training);
  const concept = input.concept === undefined ? undefined : chooseConcept(project, input.concept);
  const blocking = blockingProblems(project, training, concept);
  if (blocking.length > 0) {
    throw new UserError(
      blocking[0]!.kind,
      `Fix these errors before starting ${stage}:\n${formatErrors(blocking)}`,
    );
  }
  return {
    stage,
    project,
    training,
    ...(concept && { concept }),
    ...(seed !== undefined && { seed }),
    ...(steps !== undefined && { steps }),
  };
}

function refuse(key: 'concept' | 'seed' | 'steps', stage: Stage): never {
  const taking = AGENT_STAGES.filter((candidate) => optionNames(candidate).includes(key));
  const names = taking.map((name) => ({ name }));
  throw new UserError(
    'conflicting-options',
    `Stage ${stage} does not accept \`${key}\`: omit it. Stages that accept it: ${namesOf(names)}.`,
  );
}
