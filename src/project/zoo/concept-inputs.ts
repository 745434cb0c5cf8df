import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { LoadedConcept } from '../project.ts';
import type { ImageStamp, ImageStamps } from './image-stamps.ts';
import type { ConceptChange } from './member-state.ts';

/** What a concept gives to a training. Zoo members and runs record it, to be compared with the concept as it is later. */
export interface ConceptInputs {
  readonly prompt: string;
  /** The pairs as written in the concept's file, with paths relative to that file. */
  readonly pairs: unknown;
  readonly images: ImageStamp;
}

export const conceptInputsSchema = z.object({
  prompt: z.string(),
  pairs: z.unknown(),
  images: z.object({ count: z.number(), hash: z.string() }),
});

/** What the concept gives to a training now. */
export async function conceptInputs(concept: LoadedConcept, stamps: ImageStamps): Promise<ConceptInputs> {
  return { prompt: concept.prompt, pairs: concept.config.pairs, images: await stamps.of(concept) };
}

/** What differs between two states of a concept that were read from files. */
export function conceptDifferences(was: ConceptInputs, now: ConceptInputs): ConceptChange[] {
  const changes: ConceptChange[] = [];
  if (was.prompt !== now.prompt) changes.push({ what: 'prompt' });
  if (!isDeepStrictEqual(was.pairs, now.pairs)) changes.push({ what: 'pairs' });
  // Different pairs always have different images.
  else if (was.images.hash !== now.images.hash) {
    changes.push({ what: 'images', was: was.images.count, now: now.images.count });
  }
  return changes;
}
