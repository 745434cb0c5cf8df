import { stat } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { DiskView } from '../disk/disk-view.ts';
import { hashContent } from '../disk/file-hash.ts';
import { folderOf } from '../disk/image-files.ts';
import { editorFiles, imagesIn } from '../files/pair-source.ts';
import type { LoadedConcept, LoadedTraining } from '../project.ts';
import type { MemberState, StaleReason } from './member-state.ts';

/**
 * What a zoo member was trained from, other than the base that names its zoo. The engine writes it to the member's
 * metadata. Comparing it with the project as it is now shows whether the member is still current.
 */
export interface MemberInputs {
  readonly prompt: string;
  /** The pairs as written in the concept's file, with paths relative to that file. */
  readonly pairs: unknown;
  readonly images: {
    readonly count: number;
    /**
     * SHA-256 over the name and size of every image, and of every file that an image editor uses; empty if the images
     * could not be listed. Modification times are left out: they are new in a copy or clone of a project, and a compressed
     * image changes its size when it is edited.
     */
    readonly hash: string;
  };
  /** Values of the training config by dotted key, such as `collect.steps`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Key of the inputs in a member's metadata. */
export const INPUTS_KEY = 'inputs';

const inputsSchema = z.object({
  prompt: z.string(),
  pairs: z.unknown(),
  images: z.object({ count: z.number(), hash: z.string() }),
  settings: z.record(z.string(), z.unknown()),
});

/** Counts and hashes the image files of concepts. Each source is read once, since concepts share them. */
export class ImageStamps {
  private readonly known = new Map<string, Promise<string[]>>();

  constructor(private readonly view: DiskView) {}

  async of(concept: LoadedConcept): Promise<MemberInputs['images']> {
    const all = await Promise.all(imagesIn(concept).map(({ source }) => this.linesOf(source)));
    const count = all[0]?.length ?? 0;
    const files = editorFiles(concept);
    if (files.length > 0) all.push(await Promise.all(files.map((file) => lineOf(basename(file), file))));
    return { count, hash: count === 0 ? '' : hashContent(JSON.stringify(all)) };
  }

  private linesOf(source: string): Promise<string[]> {
    let lines = this.known.get(source);
    if (lines === undefined) {
      lines = this.look(source);
      this.known.set(source, lines);
    }
    return lines;
  }

  private async look(source: string): Promise<string[]> {
    const listing = await this.view.images(source);
    // A source that cannot be listed has no images to train on: the checks of the project report what is wrong with it.
    if (!('files' in listing)) return [];
    const root = folderOf(source);
    return Promise.all(listing.files.map((file) => lineOf(relative(root, file).split(sep).join('/'), file)));
  }
}

/** A file's name and size; only the name if the file does not exist. */
async function lineOf(name: string, file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? name : `${name} ${found.size}`;
}

/** The inputs that a member would be trained from now. */
export async function memberInputs(
  concept: LoadedConcept,
  training: LoadedTraining,
  stamps: ImageStamps,
): Promise<MemberInputs> {
  return {
    prompt: concept.prompt,
    pairs: concept.config.pairs,
    images: await stamps.of(concept),
    settings: collectSettings(training),
  };
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
  const reasons: StaleReason[] = [];
  if (was.prompt !== now.prompt) reasons.push({ what: 'prompt' });
  if (!isDeepStrictEqual(was.pairs, now.pairs)) reasons.push({ what: 'pairs' });
  // Different pairs always have different images.
  else if (was.images.hash !== now.images.hash) {
    reasons.push({ what: 'images', was: was.images.count, now: now.images.count });
  }
  for (const [key, value] of Object.entries(now.settings)) {
    // A key that the member's version did not know had no effect on its training.
    if (!(key in was.settings) || isDeepStrictEqual(was.settings[key], value)) continue;
    reasons.push({ what: 'setting', key, was: shown(was.settings[key]), now: shown(value) });
  }
  return reasons;
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
