import type {
  CompareViewState,
  EvaluatedConcept,
  EvaluationChoice,
} from '../../src/protocol/webview/compare.ts';

type Ready = Extract<CompareViewState, { kind: 'ready' }>;

/** What the person looking has chosen; what is absent is for `settle`. */
export interface WantedEvaluation {
  concept?: string | undefined;
  /** Undefined: the concept's newest evaluation that has succeeded, also when there is a newer one later. */
  runId?: string | undefined;
}

export interface ShownEvaluation {
  concept: EvaluatedConcept;
  /** Undefined where the concept has none that has ended. */
  evaluation?: EvaluationChoice;
  /** One that ended after it without a comparison. */
  newer?: EvaluationChoice;
}

/** The newest that has succeeded, or where none has, the newest; undefined where there is none. */
export function newestOf(evaluations: readonly EvaluationChoice[]): EvaluationChoice | undefined {
  return evaluations.find(({ state }) => state === 'succeeded') ?? evaluations[0];
}

/** The nearest to what was wanted that there still is. */
export function settle({ concepts }: Ready, wanted: WantedEvaluation): ShownEvaluation {
  const concept = concepts.find(({ name }) => name === wanted.concept) ?? concepts[0]!;
  const { evaluations } = concept;
  const chosen = evaluations.find(({ runId }) => runId === wanted.runId);
  if (chosen !== undefined) return { concept, evaluation: chosen };
  const evaluation = newestOf(evaluations);
  const newest = evaluations[0];
  return { concept, evaluation, newer: newest === evaluation ? undefined : newest };
}
