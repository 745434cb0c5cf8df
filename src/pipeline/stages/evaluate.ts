import type { PreparedPairs } from '../../data/prepared.ts';
import type { LoadedConcept } from '../../project/project.ts';
import { heldOutConcepts } from '../../project/selection.ts';
import type { SavedComparison } from '../../protocol/comparison.ts';
import type { Comparison, ConceptStarts } from '../evaluation/comparison.ts';
import { measureMemorization } from '../evaluation/measure-memorization.ts';
import { type Evaluation, measureMethods } from '../evaluation/measure-method.ts';
import { memorizationVerdict } from '../evaluation/memorization.ts';
import { renameEarlierFiles } from '../evaluation/method-result.ts';
import { writeReport } from '../evaluation/report-files.ts';
import { qualityAtStart, type Start, startsOfConcept } from '../evaluation/starts.ts';
import { FeatureDistances } from '../metrics/feature-distances.ts';
import { type HeldOutImages, heldOutImages } from '../metrics/held-out.ts';
import { SAMPLE_ROWS } from '../metrics/sample-grid.ts';
import type { StageFunction, StageOutcome } from '../stage.ts';
import { preparedPairs, stageConcept, stageDevice, stageSeed } from '../stage-support.ts';
import { loadBase } from '../weights/base-model.ts';

/**
 * Measures every start of this concept and of all other held-out concepts. Then trains this concept from each start,
 * with the same data, settings and measuring points, and from scratch. Reports quality on held-out images against
 * training seconds, and whether the denoised weights are a copy of a zoo member.
 */
export const evaluate: StageFunction<'evaluate'> = async (context) => {
  const { project, training, run } = context;
  const { config } = training;
  const concept = stageConcept(context);
  const base = await loadBase(project, training);
  const others = heldOutConcepts(project, training).filter(({ name }) => name !== concept.name);
  const prepared = await preparedPairs(context, [concept, ...others]);
  if (!prepared) return { status: 'stopped', result: {} };
  const [pairs, ...pairsOfOthers] = prepared as [PreparedPairs, ...PreparedPairs[]];
  const device = await stageDevice(context);
  const seed = stageSeed(context);
  if (context.resume) await renameEarlierFiles(run.folder);
  const startsOf = await startsOfConcept(context, base, device, seed);
  const starts = await startsOf(concept, pairs);
  const imagesOf = ({ test, size }: PreparedPairs): HeldOutImages =>
    heldOutImages(test, size, config.image.size, config.evaluate.images);
  const heldOut = imagesOf(pairs);
  const distances = await FeatureDistances.create(context, heldOut, device, seed);
  const kept = distances ? heldOut.count : SAMPLE_ROWS;
  const evaluation: Evaluation = { context, concept, base, pairs, heldOut, kept, device, seed };

  const measureStarts = (of: LoadedConcept, from: readonly Start[], images: HeldOutImages) =>
    qualityAtStart(of, from, images, base, device);
  const heldOutStarts: ConceptStarts[] = [await measureStarts(concept, starts, heldOut)];
  for (const [index, other] of others.entries()) {
    const ofOther = pairsOfOthers[index]!;
    heldOutStarts.push(await measureStarts(other, await startsOf(other, ofOther), imagesOf(ofOther)));
  }

  const { results, stopped } = await measureMethods(evaluation, starts);
  const stoppedOutcome: StageOutcome = { status: 'stopped', result: { methods: results.length } };
  if (stopped) return stoppedOutcome;
  if (distances) {
    const measured = await distances.measure(results.flatMap(({ start, end }) => [start, end]));
    if (!measured) return stoppedOutcome;
    for (const [index, { curve }] of results.entries()) {
      curve.distances = { start: measured[2 * index]!, end: measured[2 * index + 1]! };
    }
  }
  const comparison: Comparison = {
    concept: concept.name,
    prompt: concept.prompt,
    images: heldOut.count,
    size: config.image.size,
    seed,
    device: `${device.device}, ${device.threads} threads`,
    curves: results.map(({ curve }) => curve),
    starts: heldOutStarts,
  };
  const { vector } = starts.find(({ method }) => method === 'denoised')!;
  const memorization = await measureMemorization(context, {
    base,
    concept,
    vector,
    images: heldOut,
    device,
    seed,
  });
  if (!memorization) return stoppedOutcome;
  await writeReport(context, { comparison, memorization, results, heldOut });
  return {
    status: 'succeeded',
    result: {
      comparison: JSON.parse(JSON.stringify(comparison satisfies SavedComparison)),
      memorization: JSON.parse(JSON.stringify({ ...memorization, ...memorizationVerdict(memorization) })),
    },
    // The table is already in the run's log, where the editor also finds it.
    summary: [],
  };
};
