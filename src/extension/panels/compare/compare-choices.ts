import type { Project } from '../../../project/load.ts';
import { heldOutConcepts } from '../../../project/selection.ts';
import type { EvaluatedConcept } from '../../../protocol/webview/compare.ts';
import { type Evaluation, evaluationOf } from '../../runs/evaluations.ts';
import { isActive, type Run } from '../../runs/run-state.ts';
import { errorText } from '../../runs/run-status.ts';
import { liveRun } from '../live-run.ts';

/**
 * The concepts whose comparison can be shown or made: first the most recently evaluated, then those that are held out,
 * then the others. A concept that the project no longer has is included as long as one of its evaluations exists.
 * @param runs of every project, newest first
 */
export function evaluatedConcepts(
  project: Pick<Project, 'folder' | 'concepts' | 'trainings'>,
  runs: readonly Run[],
): EvaluatedConcept[] {
  const byConcept = new Map<string, Evaluation[]>();
  for (const run of runs) {
    const evaluation = run.project === project.folder ? evaluationOf(run) : undefined;
    if (evaluation === undefined) continue;
    const others = byConcept.get(evaluation.concept);
    if (others === undefined) byConcept.set(evaluation.concept, [evaluation]);
    else others.push(evaluation);
  }
  const prompts = new Map(project.concepts.map(({ name, prompt }) => [name, prompt]));
  const heldOut = project.trainings.flatMap((training) => heldOutConcepts(project, training));
  const names = new Set([...byConcept.keys(), ...[...heldOut, ...project.concepts].map(({ name }) => name)]);
  return [...names].map((name) => {
    const evaluations = byConcept.get(name) ?? [];
    const active = evaluations.find(({ run }) => isActive(run));
    return {
      name,
      prompt: prompts.get(name),
      evaluations: evaluations
        .filter(({ run }) => !isActive(run))
        .map(({ run: { id, record, state, status } }) => ({
          runId: id,
          stage: record.stage,
          state,
          created: record.created,
          training: record.training,
          error: errorText(status),
        })),
      live: active && liveRun(active.run),
    };
  });
}
