import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { LoadedConcept, LoadedTraining } from '../project.ts';
import {
  type ConceptInputs,
  conceptDifferences,
  conceptInputs,
  conceptInputsSchema,
} from './concept-inputs.ts';
import type { ImageStamps } from './image-stamps.ts';
import type { MemberState, StaleReason } from './member-state.ts';

/**
 * What a zoo member was trained from, other than the base that names its zoo. The engine writes it to the member's
 * metadata. Comparing it with the project as it is now shows whether the member is still current.
 */
export interface MemberInputs extends ConceptInputs {
  /** Values of the training config by dotted key, such as `collect.steps`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Key of the inputs in a member's metadata. */
export const INPUTS_KEY = 'inputs';

/** Settings that are younger than the record, with the values that mean what was done before. */
const YOUNGER_SETTINGS: Readonly<Record<string, unknown>> = { 'image.crop': { from: 0 } };

const inputsSchema = conceptInputsSchema.extend({ settings: z.record(z.string(), z.unknown()) });

/** The inputs that a member would be trained from now. */
export async function memberInputs(
  concept: LoadedConcept,
  training: LoadedTraining,
  stamps: ImageStamps,
): Promise<MemberInputs> {
  return { ...(await conceptInputs(concept, stamps)), settings: collectSettings(training) };
}

/** The keys of a training config that determine a member's weights; the base's hash covers those of the base. */
function collectSettings({ config }: LoadedTraining): Record<string, unknown> {
  const { seed, image, discriminator, lora, collect } = config;
  // The choice of concepts, the checkpoint interval and the search for ranks change no member.
  const { concepts: _concepts, holdOut: _holdOut, checkpointEvery: _every, ...training } = collect;
  const { search: _search, ...adapter } = lora;
  const sections = { image, discriminator, lora: adapter, collect: training };
  return {
    seed,
    ...Object.fromEntries(
      Object.entries(sections).flatMap(([section, values]) =>
        Object.entries(values).map(([key, value]) => [`${section}.${key}`, value]),
      ),
    ),
  };
}

/**
 * The state of a member, compared with what it would be trained from now.
 * @param metadata metadata of the member's file
 */
export function memberState(metadata: Readonly<Record<string, string>>, now: MemberInputs): MemberState {
  const recorded = recordedInputs(metadata);
  if (recorded === undefined) {
    // Members of all versions have the prompt and the steps.
    const reasons: StaleReason[] = [];
    if (metadata.prompt !== undefined && metadata.prompt !== now.prompt) reasons.push({ what: 'prompt' });
    const steps = now.settings['collect.steps'];
    if (metadata.steps !== undefined && metadata.steps !== String(steps)) {
      reasons.push({ what: 'setting', key: 'collect.steps', was: metadata.steps, now: String(steps) });
    }
    return reasons.length > 0 ? { state: 'stale', reasons } : { state: 'unrecorded' };
  }
  const reasons = differences(recorded, now);
  return reasons.length > 0 ? { state: 'stale', reasons } : { state: 'current' };
}

function recordedInputs({ [INPUTS_KEY]: json }: Readonly<Record<string, string>>): MemberInputs | undefined {
  if (json === undefined) return undefined;
  try {
    return inputsSchema.parse(JSON.parse(json));
  } catch {
    // From another version or another program: nothing is known about it.
    return undefined;
  }
}

function differences(was: MemberInputs, written: MemberInputs): StaleReason[] {
  // Through JSON, as if read from a file, so that only written values are compared.
  const now: MemberInputs = JSON.parse(JSON.stringify(written));
  const reasons: StaleReason[] = conceptDifferences(was, now);
  for (const [key, value] of Object.entries(now.settings)) {
    const recorded = key in was.settings ? was.settings[key] : YOUNGER_SETTINGS[key];
    // Of a key that the member's version did not know, nothing is recorded: it had no effect on its training.
    if (recorded === undefined || isDeepStrictEqual(recorded, value)) continue;
    reasons.push({ what: 'setting', key, was: shown(recorded), now: shown(value) });
  }
  return reasons;
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
