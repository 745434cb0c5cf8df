import type {
  CompareViewState,
  EvaluatedConcept,
  EvaluationChoice,
} from '../../src/protocol/webview/compare.ts';

type Ready = Extract<CompareViewState, { kind: 'ready' }>;

/** What the user has selected; `settle` fills in what is absent. */
export interface WantedEvaluation {
  concept?: string | undefined;
  /** Undefined: the concept's newest evaluation that succeeded, even when a newer one follows. */
  runId?: string | undefined;
}

export interface ShownEvaluation {
  concept: EvaluatedConcept;
  /** Undefined if no evaluation of the concept has ended. */
  evaluation?: EvaluationChoice;
  /** A later evaluation that ended without a comparison. */
  newer?: EvaluationChoice;
}

/** The newest evaluation that succeeded, else the newest; undefined if there is none. */
export function newestOf(evaluations: readonly EvaluationChoice[]): EvaluationChoice | undefined {
  return evaluations.find(({ state }) => state === 'succeeded') ?? evaluations[0];
}

/** The available evaluation closest to the one wanted. */
export function settle({ concepts }: Ready, wanted: WantedEvaluation): ShownEvaluation {
  const concept = concepts.find(({ name }) => name === wanted.concept) ?? concepts[0]!;
  const { evaluations } = concept;
  const chosen = evaluations.find(({ runId }) => runId === wanted.runId);
  if (chosen !== undefined) return { concept, evaluation: chosen };
  const evaluation = newestOf(evaluations);
  const newest = evaluations[0];
  return { concept, evaluation, newer: newest === evaluation ? undefined : newest };
}
