import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { namesTaken } from '../project/disk/passed-over.ts';
import { UserError } from '../project/user-error.ts';
import { INPUTS_KEY, type MemberInputs } from '../project/zoo/member-inputs.ts';
import {
  readSafetensors,
  type Safetensors,
  type StoredTensor,
  type WritableTensor,
  writeSafetensors,
} from './safetensors.ts';

const layoutSchema = z.object({
  entries: z.array(
    z.object({ name: z.string(), shape: z.array(z.number()), offset: z.number(), size: z.number() }),
  ),
  size: z.number(),
});

/** The place of each named parameter in a flat vector (compute's `ParameterLayout`, as JSON). */
interface MemberLayout {
  readonly entries: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly size: number;
  }[];
  readonly size: number;
}

/** LoRA weights of one concept, trained on one base: a file of the zoo. */
export interface ZooMember {
  readonly concept: string;
  readonly prompt: string;
  /** First 12 hexadecimal digits of the base file's SHA-256. */
  readonly baseHash: string;
  /** Layout of every checkpoint's vector. */
  readonly layout: MemberLayout;
  /** Number of training steps before the last checkpoint. */
  readonly steps: number;
  /** Flat LoRA vectors, oldest first; at least one, all of the same length. */
  readonly checkpoints: readonly Float32Array[];
  /** Flat discriminator vector at the end of the training. */
  readonly discriminator?: Float32Array;
  /** What the member was trained from; members of earlier versions lack it. It is written here, but read from the header. */
  readonly inputs?: MemberInputs;
}

const EXTENSION = '.safetensors';
const COLLECT_AGAIN = 'Collect the concept again.';

/** Writes a member, and its folder if necessary. The file is written whole or not at all. */
export async function writeMember(path: string, member: ZooMember): Promise<void> {
  const { concept, prompt, baseHash, layout, steps, checkpoints, discriminator, inputs } = member;
  const tensors: [string, WritableTensor][] = checkpoints.map((data, index) => [
    `checkpoint.${index}`,
    { shape: [data.length], data },
  ]);
  if (discriminator) {
    tensors.push(['discriminator', { shape: [discriminator.length], data: discriminator }]);
  }
  await writeSafetensors(path, new Map(tensors), {
    concept,
    prompt,
    baseHash,
    layout: JSON.stringify(layout),
    steps: String(steps),
    ...(inputs && { [INPUTS_KEY]: JSON.stringify(inputs) }),
  });
}

/**
 * Reads a member.
 * @param remedy what to do about a member with values that are NaN or infinite, as a sentence
 * @throws UserError if the file is damaged or not a zoo member
 */
export async function readMember(path: string, remedy = COLLECT_AGAIN): Promise<ZooMember> {
  const { tensors, metadata } = await readSafetensors(path, { remedy });
  const { concept, prompt, baseHash, layout, steps } = metadata;
  if (!concept || prompt === undefined || !baseHash || !layout || !steps) {
    throw notAMember(path, 'its metadata lacks concept, prompt, baseHash, layout or steps');
  }
  const parsedLayout = parseLayout(path, layout);
  const discriminator = tensors.get('discriminator');
  return {
    concept,
    prompt,
    baseHash,
    layout: parsedLayout,
    steps: Number(steps),
    checkpoints: checkpointsOf(path, tensors, parsedLayout.size),
    ...(discriminator && { discriminator: floatsOf(path, 'discriminator', discriminator) }),
  };
}

function parseLayout(path: string, json: string): MemberLayout {
  try {
    return layoutSchema.parse(JSON.parse(json));
  } catch (error) {
    throw notAMember(path, `its layout cannot be read (${(error as Error).message})`);
  }
}

function checkpointsOf(path: string, tensors: Safetensors['tensors'], size: number): Float32Array[] {
  const checkpoints: Float32Array[] = [];
  for (;;) {
    const name = `checkpoint.${checkpoints.length}`;
    const tensor = tensors.get(name);
    if (!tensor) break;
    const values = floatsOf(path, name, tensor);
    if (values.length !== size) {
      throw notAMember(path, `${name} has ${values.length} values, but its layout ${size}`);
    }
    checkpoints.push(values);
  }
  if (checkpoints.length === 0) throw notAMember(path, 'it has no checkpoint.0');
  return checkpoints;
}

function floatsOf(path: string, name: string, { data, dtype }: StoredTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw notAMember(path, `${name} is ${dtype}, not F32`);
}

function notAMember(path: string, why: string): UserError {
  return new UserError('damaged-file', `${path}: not a zoo member: ${why}. ${COLLECT_AGAIN}`);
}

/**
 * The concepts that have a member in a zoo folder, sorted, with their files. A folder that does not exist is an empty zoo.
 * Files that scanning ignores (`passed-over.ts`) are not members.
 */
export async function listMembers(folder: string): Promise<{ concept: string; path: string }[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return namesTaken(names)
    .filter((name) => name.endsWith(EXTENSION))
    .sort()
    .map((name) => ({ concept: basename(name, EXTENSION), path: join(folder, name) }));
}
