/** A zoo in the form of a folder of safetensors files with equal tensors: LoRA weights from other tools, or ours. */

import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { hashContent } from '../project/disk/file-hash.ts';
import { isMissing } from '../project/disk/folders.ts';
import { namesTaken } from '../project/disk/passed-over.ts';
import { realPath } from '../project/disk/real-path.ts';
import { readSafetensorsHeader } from '../project/disk/safetensors-header.ts';
import { fewNamed } from '../project/few-named.ts';
import { FEWEST_ZOO_MEMBERS } from '../project/selection.ts';
import { UserError } from '../project/user-error.ts';
import type { WeightSegment } from './blocks.ts';
import { sharedScale, toOneScale } from './lora-scale.ts';
import { writeOutput } from './outputs.ts';
import { MARK, weightsMark } from './own-files.ts';
import { readSafetensors, type Safetensors, safetensorsBytes, type WritableTensor } from './safetensors.ts';
import { uninformativeWarnings } from './uninformative-weights.ts';
import type { Between } from './unless-stopped.ts';
import { outlierWarnings } from './weight-outliers.ts';
import { listMembers, readMember, type ZooMember } from './zoo.ts';
import { refuseUnlike } from './zoo-likeness.ts';
import { promptOf, readWrittenPrompts } from './zoo-prompts.ts';

/** A tensor that every file has, and its place in the flat vector of all tensors. */
export interface FileTensor extends WeightSegment {
  readonly shape: readonly number[];
}

/** What the files of a zoo have in common: enough to write another one. */
export interface FileLayout {
  /** In the order of the vector: sorted by name, but in their own order for members of our own zoo. */
  readonly tensors: readonly FileTensor[];
  /** Metadata that is the same in every file, such as the rank and base model that other tools look up. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * SHA-256 of the folder's path without links, so that nothing is written among its files, while the path stays on its
   * machine. Absent in weight generators of earlier versions.
   */
  readonly folderHash?: string;
  /** Value of each LoRA's alpha, the same for every file, by the tensor's name. */
  readonly alphas: Readonly<Record<string, number>>;
}

export interface FileZoo {
  readonly layout: FileLayout;
  /** One member per file. Only members of our own zoo can have several vectors. */
  readonly members: readonly (Pick<ZooMember, 'prompt' | 'checkpoints'> & {
    /** Name of the file. */
    readonly name: string;
  })[];
  /** What the user should know about the files. */
  readonly notes: readonly { readonly level: 'info' | 'warning'; readonly message: string }[];
}

/** The contents of one file. */
interface WeightFile {
  readonly path: string;
  readonly tensors: readonly FileTensor[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly checkpoints: readonly Float32Array[];
}

/** Value of `format` in the metadata of weights that this program writes. */
export const WEIGHTS_FORMAT = 'denoised-weights/weights-1';
/** Suffixes of LoRA tensors, after the module's name (PEFT, diffusers, kohya, and this program). */
const LORA_SUFFIX = /\.(?:alpha|dora_scale|lora[._](?:embedding_)?(?:A|B|up|down|bias)(?:\.\w+)*)$/;
const REMEDY = 'Train or convert it again, or remove the file.';
const FLOATS: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);
/** Endings of weight files that are not read, in any case. */
const OTHER_WEIGHTS = /\.(?:safetensors|ckpt|pt|pth|bin|gguf|npz|onnx)$/i;
/** Metadata key in which kohya's scripts repeat the alpha of the tensors. */
const ALPHA_METADATA = 'ss_network_alpha';
/** Metadata that differs from file to file and is therefore not copied. */
const OWN_METADATA: ReadonlySet<string> = new Set(['prompt', 'seed', 'steps', 'origin', MARK]);

/**
 * Reads every `.safetensors` file of a folder, in the order of their names.
 * @param between called after each file
 * @throws UserError if there are fewer than three, if one has no prompt, other tensors than most, or values that are not
 *   finite floats, or if their LoRAs cannot be brought to one scale
 */
export async function readFileZoo(folder: string, between?: Between): Promise<FileZoo> {
  const paths = (await listMembers(folder)).map(({ path }) => path);
  if (paths.length < FEWEST_ZOO_MEMBERS) {
    const others = await otherWeightsIn(folder);
    throw new UserError(
      'small-zoo',
      `${folder}: ${paths.length || 'no'} .safetensors files${others && ` (but ${others})`}; a zoo needs at least ${FEWEST_ZOO_MEMBERS}. ` +
        `${others ? 'Only .safetensors files directly in the folder are read: move or convert them' : 'Add files'}, or name another folder.`,
    );
  }
  const written = await readWrittenPrompts(
    folder,
    paths.map((path) => basename(path)),
  );
  const files: WeightFile[] = [];
  const prompts: string[] = [];
  for (const path of paths) {
    const file = await readWeightFile(path);
    prompts.push(promptOf(path, file.metadata, written));
    files.push(file);
    await between?.(files.length, paths.length);
  }
  refuseUnlike(files.map((file) => ({ ...file, base: baseOf(file) })));
  const scale = sharedScale(files);
  const { tensors } = files[0]!;
  const vectors = files.map((file) => ({ path: file.path, vectors: inOrder(tensors, file) }));
  const { alphas, folded } = toOneScale(tensors, vectors);
  const folderHash = hashContent(await realPath(folder));
  return {
    layout: {
      tensors,
      metadata: { ...sharedMetadata(files, folded.length > 0), ...scale },
      alphas,
      folderHash,
    },
    members: vectors.map(({ path, vectors: checkpoints }, i) => ({
      name: basename(path),
      prompt: prompts[i]!,
      checkpoints,
    })),
    notes: [
      ...(folded.length === 0 ? [] : [{ level: 'info' as const, message: foldedNote(folded, folder) }]),
      ...[
        ...outlierWarnings(tensors, vectors),
        ...uninformativeWarnings(
          tensors,
          alphas,
          vectors.map((file, i) => ({
            path: file.path,
            prompt: prompts[i]!,
            vector: file.vectors.at(-1)!,
          })),
        ),
        ...denoisedWarnings(files),
      ].map((message) => ({
        level: 'warning' as const,
        message,
      })),
    ],
  };
}

/** What a folder has that may have been meant as weights, in words; empty if there is nothing. */
async function otherWeightsIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const namesOf = (isFolder: boolean) =>
    namesTaken(entries.filter((entry) => entry.isDirectory() === isFolder).map(({ name }) => name));
  const weights = namesOf(false).filter((name) => OTHER_WEIGHTS.test(name) && !name.endsWith('.safetensors'));
  const folders = namesOf(true);
  return [
    ...(weights.length > 0 ? [fewNamed(weights.sort())] : []),
    ...(folders.length > 0
      ? [`the folder${folders.length === 1 ? '' : 's'} ${fewNamed(folders.sort())}`]
      : []),
  ].join(', and ');
}

/** A generator that learns from what a weight generator made learns its mistakes. */
function denoisedWarnings(files: readonly WeightFile[]): string[] {
  return files
    .filter(({ metadata }) => metadata.origin === 'denoised')
    .map(
      ({ path }) =>
        `${path}: a weight generator made these weights (origin: denoised), and they are trained on like the others. To learn only from trained weights, move the file elsewhere and train again.`,
    );
}

/** Metadata that every file has with the same value. @param folded whether alphas were changed, which then no longer hold */
function sharedMetadata(files: readonly WeightFile[], folded: boolean): Readonly<Record<string, string>> {
  const shared = Object.entries(files[0]!.metadata).filter(
    ([key, value]) =>
      !OWN_METADATA.has(key) &&
      !(folded && key === ALPHA_METADATA) &&
      files.every(({ metadata }) => metadata[key] === value),
  );
  return Object.fromEntries(shared);
}

function foldedNote(folded: readonly string[], folder: string): string {
  return `${folder}: the files differ in alpha (${folded[0]}${folded.length > 1 ? ` and ${folded.length - 1} more` : ''}): alpha / rank is multiplied into the up factors, so that all files have one scale.`;
}

/** A file's vectors with the tensors in another order, or as they are. The tensors are the same, names and shapes. */
function inOrder(
  wanted: readonly FileTensor[],
  { tensors, checkpoints }: WeightFile,
): readonly Float32Array[] {
  if (wanted.every(({ name }, i) => name === tensors[i]!.name)) return checkpoints;
  const places = new Map(tensors.map((tensor) => [tensor.name, tensor.offset]));
  return checkpoints.map((vector) => {
    const ordered = new Float32Array(vector.length);
    for (const { name, offset, size } of wanted) {
      const place = places.get(name)!;
      ordered.set(vector.subarray(place, place + size), offset);
    }
    return ordered;
  });
}

/** Places tensors one after the other in a flat vector, with their layers. */
export function fileTensors(
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
): FileTensor[] {
  let offset = 0;
  return shapes.map(({ name, shape }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const tensor = { name, shape, offset, size, layer: name.replace(LORA_SUFFIX, '') };
    offset += size;
    return tensor;
  });
}

/**
 * Writes weights to a file that a user has named. It is like those of the zoo: the same tensors, as float32.
 * @param staging see `writeOutput`
 */
export async function writeFileWeights(
  path: string,
  { tensors, metadata, alphas }: FileLayout,
  weights: {
    readonly prompt: string;
    readonly seed: number;
    /** Denoising steps. */
    readonly steps: number;
    /** Flat vector with the layout's length. */
    readonly vector: Float32Array;
  },
  staging: string,
): Promise<void> {
  const { prompt, seed, steps, vector } = weights;
  const written = new Map(
    tensors.map(({ name, shape, offset, size }): [string, WritableTensor] => [
      name,
      // Alpha is the scale of the other weights and not a weight: it is written as it was, not as it was generated.
      {
        shape,
        data:
          alphas[name] === undefined ? vector.subarray(offset, offset + size) : Float32Array.of(alphas[name]),
      },
    ]),
  );
  const own = { prompt, seed: String(seed), steps: String(steps), origin: 'denoised' };
  const bytes = safetensorsBytes(path, written, { ...metadata, ...weightsMark(written), ...own });
  await writeOutput(path, bytes, staging);
}

async function readWeightFile(path: string): Promise<WeightFile> {
  const { metadata } = await readSafetensorsHeader(path);
  // A member of our own zoo: a vector and its layout, and a discriminator, which is not part of the weights.
  if (metadata.baseHash !== undefined && metadata.layout !== undefined) {
    const { layout, checkpoints, baseHash: base, prompt } = await readMember(path, REMEDY);
    // The metadata that `dnw denoise` writes with a concept's weights, so that weights made from the zoo fit its base.
    const asWeights = { format: WEIGHTS_FORMAT, kind: 'lora', base, prompt };
    return { path, tensors: fileTensors(layout.entries), metadata: asWeights, checkpoints };
  }
  const stored = await readSafetensors(path, { remedy: REMEDY });
  const names = [...stored.tensors.keys()].sort();
  if (names.length === 0)
    throw new UserError('unlike-zoo', `${path}: the file has no tensors. Remove it from the zoo.`);
  const tensors = fileTensors(names.map((name) => ({ name, shape: stored.tensors.get(name)!.shape })));
  return { path, tensors, metadata: stored.metadata, checkpoints: [flatten(path, tensors, stored)] };
}

function flatten(
  path: string,
  tensors: readonly FileTensor[],
  stored: Pick<Safetensors, 'tensors'>,
): Float32Array {
  const last = tensors.at(-1)!;
  const vector = new Float32Array(last.offset + last.size);
  for (const { name, offset } of tensors) {
    const { data, dtype } = stored.tensors.get(name)!;
    if (!FLOATS.has(dtype) || !(data instanceof Float32Array)) {
      throw new UserError(
        'wrong-dtype',
        `${path}: tensor '${name}' is ${dtype}, but weights must be ${[...FLOATS].join(', ')}. Save the file without this tensor, or remove the file.`,
      );
    }
    vector.set(data, offset);
  }
  return vector;
}

/** The base of weights that this program wrote. In files from other tools, `base` has no meaning. */
function baseOf({ metadata }: WeightFile): string | undefined {
  return metadata.format === WEIGHTS_FORMAT ? metadata.base : undefined;
}
