import * as z from 'zod';
import { METHODS, type Method, presentMethodName, type SavedComparison } from '../../protocol/comparison.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import type { Stage } from '../../protocol/stages.ts';

const measured = z.number().nullable();
const quality = { psnr: measured, ssim: measured, l1: measured, patchFd: measured };
const methodName = z.enum(Object.keys(METHODS) as [Method, ...Method[]]);
const method = z.preprocess(presentMethodName, methodName);
const qualityByMethod = z.preprocess(
  (given) =>
    typeof given === 'object' && given !== null
      ? Object.fromEntries(Object.entries(given).map(([name, value]) => [presentMethodName(name), value]))
      : given,
  z.partialRecord(methodName, z.object(quality)),
);
const distance = z.object({ fid: measured, kid: measured });
const atLeastZero = z.number().min(0);

const curve = z.object({
  method,
  points: z
    .array(z.object({ steps: z.int().min(0), seconds: atLeastZero, ...quality }))
    .min(1)
    .refine((points) => points.every(({ steps }, i) => i === 0 || steps > points[i - 1]!.steps), {
      error: 'the steps are not in ascending order',
    }),
  distances: z.object({ start: distance, end: distance }).optional(),
});

const comparison: z.ZodType<SavedComparison> = z.object({
  concept: z.string(),
  prompt: z.string(),
  images: z.int().min(1),
  size: z.int().min(1),
  seed: z.int(),
  device: z.string(),
  curves: z
    .array(curve)
    .min(1)
    .refine((curves) => new Set(curves.map((one) => one.method)).size === curves.length, {
      error: 'a method appears twice',
    }),
  starts: z.array(
    z.object({
      concept: z.string(),
      prompt: z.string(),
      quality: qualityByMethod,
    }),
  ),
});

/** `damaged`: not JSON; `foreign`: JSON, but not a comparison. */
export interface ComparisonProblem {
  kind: 'damaged' | 'foreign';
  /** The reason and the place in the file. */
  detail: string;
}

/**
 * @param text the `result.json` of an evaluation. In a run of its own, it contains the state of the run and the result
 *   of the stage; in a part of a quickstart, only the result of the stage.
 */
export function parseComparison(
  text: string,
  stage: Stage,
): { comparison: SavedComparison } | { problem: ComparisonProblem } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problem: { kind: 'damaged', detail: (error as Error).message } };
  }
  const result = z.object({ comparison });
  const parsed =
    stage === 'quickstart' ? safeParse(result, content) : safeParse(z.object({ result }), content);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return { problem: { kind: 'foreign', detail: [path.join('.'), message].filter(Boolean).join(': ') } };
  }
  return 'result' in parsed.data ? parsed.data.result : parsed.data;
}
