import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
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

/** Where each named parameter lies in a flat vector (compute's `ParameterLayout`, as JSON). */
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
  /** Of every checkpoint's vector. */
  readonly layout: MemberLayout;
  /** Training steps taken when the last checkpoint was kept. */
  readonly steps: number;
  /** Flat LoRA vectors, the oldest first; at least one, all equally long. */
  readonly checkpoints: readonly Float32Array[];
  /** Flat discriminator vector at the end of the training. */
  readonly discriminator?: Float32Array;
  /** What it was trained from; members of earlier versions have none. Written, and read from the header alone. */
  readonly inputs?: MemberInputs;
}

const EXTENSION = '.safetensors';

/** Writes a member whole or not at all, and the folder with it. */
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

/** @throws UserError where the file is damaged or no zoo member */
export async function readMember(path: string): Promise<ZooMember> {
  const { tensors, metadata } = await readSafetensors(path);
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
      throw notAMember(path, `${name} has ${values.length} values, its layout ${size}`);
    }
    checkpoints.push(values);
  }
  if (checkpoints.length === 0) throw notAMember(path, 'it holds no checkpoint.0');
  return checkpoints;
}

function floatsOf(path: string, name: string, { data, dtype }: StoredTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw notAMember(path, `${name} is ${dtype}, not F32`);
}

function notAMember(path: string, why: string): UserError {
  return new UserError(`${path}: not a zoo member: ${why}. Collect the concept again.`);
}

/**
 * The concepts that have a member in a zoo folder, sorted, with their files. A folder that is not there is an
 * empty zoo.
 */
export async function listMembers(folder: string): Promise<{ concept: string; path: string }[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith(EXTENSION))
    .sort()
    .map((name) => ({ concept: basename(name, EXTENSION), path: join(folder, name) }));
}
