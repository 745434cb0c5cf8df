import * as z from 'zod';
import { METHODS, type Method, presentMethodName, type SavedComparison } from '../../protocol/comparison.ts';
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
      error: 'the steps do not ascend',
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
      error: 'a method comes twice',
    }),
  starts: z.array(
    z.object({
      concept: z.string(),
      prompt: z.string(),
      quality: qualityByMethod,
    }),
  ),
});

/** `damaged`: no JSON; `foreign`: JSON of something else. */
export interface ComparisonProblem {
  kind: 'damaged' | 'foreign';
  /** What is wrong, and where. */
  detail: string;
}

/**
 * @param text of the `result.json` of an evaluation. That of a run of its own holds the state of the run around what
 * the stage returned; that of a quickstart's part is what the stage returned.
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
  const parsed = stage === 'quickstart' ? result.safeParse(content) : z.object({ result }).safeParse(content);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return { problem: { kind: 'foreign', detail: [path.join('.'), message].filter(Boolean).join(': ') } };
  }
  return 'result' in parsed.data ? parsed.data.result : parsed.data;
}
