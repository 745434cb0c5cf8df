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
 * What a zoo member was trained from, beside the base that names its zoo. The engine writes it into the member's
 * metadata; whoever compares it with what the project says now knows whether the member still fits.
 */
export interface MemberInputs {
  readonly prompt: string;
  /** As the concept's file has it, with paths relative to that file. */
  readonly pairs: unknown;
  readonly images: {
    readonly count: number;
    /**
     * SHA-256 over the name and size of every image, and of every file that an image editor makes them with; empty
     * where the images could not be listed. Times of change are left out: a copy or a clone of a project has new ones,
     * and compressed images keep no size when they are edited.
     */
    readonly hash: string;
  };
  /** Values of the training config by dotted key (`collect.steps`). */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Key of a member's metadata. */
export const INPUTS_KEY = 'inputs';

const inputsSchema = z.object({
  prompt: z.string(),
  pairs: z.unknown(),
  images: z.object({ count: z.number(), hash: z.string() }),
  settings: z.record(z.string(), z.unknown()),
});

/** Lists and stats image files; each source once for as long as the reader lives, since concepts share them. */
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
    const files = await this.view.images(source);
    // A source that cannot be listed has no images to train on: the checks of the project say what is wrong with it.
    if (!('length' in files)) return [];
    const root = folderOf(source);
    return Promise.all(files.map((file) => lineOf(relative(root, file).split(sep).join('/'), file)));
  }
}

/** A file's name and size; the name alone where it is not there. */
async function lineOf(name: string, file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? name : `${name} ${found.size}`;
}

/** What a member would be trained from now. */
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

/** The keys of a training config that decide a member's weights; those of the base are in the base's hash. */
function collectSettings({ config }: LoadedTraining): Record<string, unknown> {
  const { seed, image, discriminator, lora, collect } = config;
  // Which concepts are taken, how often a checkpoint is written and how ranks are searched change no member.
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
 * How a member stands against what it would be trained from now.
 * @param metadata of the member's file
 */
export function memberState(metadata: Readonly<Record<string, string>>, now: MemberInputs): MemberState {
  const recorded = recordedInputs(metadata);
  if (recorded === undefined) {
    // What every version has written still tells something.
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
    // Of another version, or not ours: nothing is known of it.
    return undefined;
  }
}

function differences(was: MemberInputs, written: MemberInputs): StaleReason[] {
  // As it would come back from a file, so that only what was written is compared.
  const now: MemberInputs = JSON.parse(JSON.stringify(written));
  const reasons: StaleReason[] = [];
  if (was.prompt !== now.prompt) reasons.push({ what: 'prompt' });
  if (!isDeepStrictEqual(was.pairs, now.pairs)) reasons.push({ what: 'pairs' });
  // Other pairs have other images: that says nothing more.
  else if (was.images.hash !== now.images.hash) {
    reasons.push({ what: 'images', was: was.images.count, now: now.images.count });
  }
  for (const [key, value] of Object.entries(now.settings)) {
    // A key that the member's version did not know had no say in its training.
    if (!(key in was.settings) || isDeepStrictEqual(was.settings[key], value)) continue;
    reasons.push({ what: 'setting', key, was: shown(was.settings[key]), now: shown(value) });
  }
  return reasons;
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
