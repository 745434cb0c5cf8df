import * as z from 'zod';
import { STAGE_NAMES } from '../../protocol/stages.ts';

/** What readers of `run.json` rely on. Runs of earlier versions have it too. */
export const recordSchema = z.object({
  id: z.string(),
  stage: z.enum(STAGE_NAMES),
  name: z.string(),
  created: z.number(),
  training: z.string(),
  concept: z.string().optional(),
  options: z.record(z.string(), z.unknown()),
  versions: z.looseObject({ dnw: z.string() }),
  hashes: z.record(z.string(), z.string()),
  concepts: z
    .record(
      z.string(),
      z.object({
        prompt: z.string(),
        pairs: z.unknown(),
        images: z.object({ count: z.number(), hash: z.string() }).optional(),
      }),
    )
    .optional(),
});

/** `owner-<n>.json`. */
export const ownerSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  processStart: z.string().optional(),
  released: z.number().optional(),
});
