/**
 * The scale of LoRA files. A file's update is alpha / rank · up · down, so that factors of files whose alpha differs
 * cannot be averaged: they first have to be brought to one scale.
 */
import { basename } from 'node:path';
import { UserError } from '../project/user-error.ts';
import type { WeightSegment } from './blocks.ts';
import { findLoraPairs } from './lora-pairs.ts';
import { refuseNotFinite } from './safetensors.ts';

/** A tensor and its place in the flat vector of its file. */
export type PlacedTensor = WeightSegment & { readonly shape: readonly number[] };

/** The flat vectors of one file. */
export interface FileVectors {
  readonly path: string;
  readonly vectors: readonly Float32Array[];
}

const ALPHA = /[._](?:lora[._])?alpha$/;
/** Tensors that make a module's update together with its alpha: LoRA, and LyCORIS's LoHa, LoKr and others. */
const FACTOR = /^[._](?:lora|hada|lokr|glora|oft|boft|ia3)[._]/i;

/** The tensors that hold one alpha for every file; of those that differ, the scale is multiplied into the up factors. */
export interface OneScale {
  /** Value of each alpha, by the tensor's name. */
  readonly alphas: Readonly<Record<string, number>>;
  /** Names of the alphas that differed. */
  readonly folded: readonly string[];
}

/**
 * Gives every file the same alpha. Where the alphas of a module differ, alpha / rank is multiplied into the up factor
 * of each file, in place, and alpha becomes the rank: the update stays the same. Equal alphas are left as they are.
 * @throws UserError if alphas differ in a module whose factors are not those of a LoRA, or a product overflows
 */
export function toOneScale(tensors: readonly PlacedTensor[], files: readonly FileVectors[]): OneScale {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const pairs = new Map(findLoraPairs(byName).map((pair) => [pair.alpha, pair]));
  const alphas: Record<string, number> = {};
  const folded: string[] = [];
  for (const alpha of tensors) {
    if (alpha.size !== 1 || !ALPHA.test(alpha.name)) continue;
    const valueIn = ({ vectors }: FileVectors) => vectors[0]![alpha.offset]!;
    const value = valueIn(files[0]!);
    const other = files.find((file) => valueIn(file) !== value);
    const pair = pairs.get(alpha.name);
    if (other === undefined) alphas[alpha.name] = value;
    else if (pair !== undefined) {
      const up = byName.get(pair.up)!;
      for (const file of files) fold(file, alpha, up, pair.rank);
      alphas[alpha.name] = pair.rank;
      folded.push(alpha.name);
    } else if (hasFactors(alpha, tensors)) {
      throw new UserError(
        'lora-scales',
        `${other.path}: tensor '${alpha.name}' is ${valueIn(other)}, but ${value} in ${basename(files[0]!.path)}: the files have ` +
          'different scales, and only pairs of a down and an up factor can be brought to one. Save all files with one alpha, or remove those with another.',
      );
    }
  }
  return { alphas, folded };
}

function fold({ path, vectors }: FileVectors, alpha: PlacedTensor, up: PlacedTensor, rank: number): void {
  for (const vector of vectors) {
    const scale = vector[alpha.offset]! / rank;
    const factor = vector.subarray(up.offset, up.offset + up.size);
    for (let i = 0; i < factor.length; i++) factor[i]! *= scale;
    refuseNotFinite(
      path,
      up.name,
      factor,
      `It is the product with alpha / rank (${scale}) and too large for a float32. Remove the file.`,
    );
    vector[alpha.offset] = rank;
  }
}

/** Whether an alpha scales other tensors of its module. Networks may also have a trained parameter of that name. */
function hasFactors({ name }: PlacedTensor, tensors: readonly PlacedTensor[]): boolean {
  const module = name.replace(ALPHA, '');
  return tensors.some(
    (tensor) => tensor.name.startsWith(module) && FACTOR.test(tensor.name.slice(module.length)),
  );
}

/** Metadata with which Diffusers scales a file that has no alpha tensors: JSON with the keys of PEFT's LoraConfig. */
const ADAPTER = 'lora_adapter_metadata';
const SCALE_KEY = /(?:^|\.)(?:r|lora_alpha|use_rslora|rank_pattern|alpha_pattern)$/;

type Metadata = Readonly<Record<string, string>>;

/**
 * The metadata that decides the scale of every file; empty if it is only in the tensors.
 * @throws UserError if the scales of two files differ
 */
export function sharedScale(
  files: readonly { readonly path: string; readonly metadata: Metadata }[],
): Metadata {
  const [first, ...others] = files;
  const expected = scalesOf(first!.metadata);
  for (const { path, metadata } of others) {
    const found = scalesOf(metadata);
    const key = [...found.keys(), ...expected.keys()].find((name) => found.get(name) !== expected.get(name));
    if (key === undefined) continue;
    const shown = (value: string | undefined) => (value === undefined ? 'absent' : value.slice(0, 60));
    throw new UserError(
      'lora-scales',
      `${path}: ${ADAPTER}: ${key} is ${shown(found.get(key))}, but ${shown(expected.get(key))} in ${basename(first!.path)}: ` +
        'the files have different scales. Save all files with one, or remove those with another.',
    );
  }
  const written = first!.metadata[ADAPTER];
  return written === undefined ? {} : { [ADAPTER]: written };
}

/** The keys that decide the scale, with their values as JSON; the whole text if it cannot be read. */
function scalesOf(metadata: Metadata): Map<string, string> {
  const text = metadata[ADAPTER];
  if (text === undefined) return new Map();
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return new Map(
      entries.filter(([key]) => SCALE_KEY.test(key)).map(([key, value]) => [key, JSON.stringify(value)]),
    );
  } catch {
    return new Map([['text', text]]);
  }
}
