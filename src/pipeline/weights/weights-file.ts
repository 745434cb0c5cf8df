import { existsSync } from 'node:fs';
import { viewParameters } from '../../compute/layout.ts';
import type { ParameterLayout } from '../../compute/types.ts';
import { WEIGHTS_FORMAT } from '../../data/file-zoo.ts';
import { numberToHalf } from '../../data/number-formats.ts';
import {
  type ReadingOptions,
  readSafetensors,
  type WritableTensor,
  writeSafetensors,
} from '../../data/safetensors.ts';
import { UserError } from '../../project/user-error.ts';
import type { BaseModel } from './base-model.ts';

/** Weights of one concept on one base, as a project keeps them under `weights/<concept>/`. */
export interface ConceptWeights {
  readonly concept: string;
  readonly prompt: string;
  /** Hash of the base they belong to. */
  readonly base: string;
  /** A LoRA vector on the frozen base, or the whole generator. */
  readonly kind: 'lora' | 'generator';
  /** How the weights were made. */
  readonly origin: 'denoised' | 'fine-tuned';
  readonly seed: number;
  /** Number of denoising steps, or of fine-tuning steps. */
  readonly steps: number;
  readonly values: Float32Array;
}

function layoutOfKind(base: BaseModel, kind: ConceptWeights['kind']): ParameterLayout {
  return kind === 'lora' ? base.lora.layout : base.generator.layout;
}

/** Writes one tensor per parameter, so that any safetensors reader can show the layers. */
export async function writeWeights(path: string, base: BaseModel, weights: ConceptWeights): Promise<void> {
  const { tensors, metadata } = weightTensors(base, weights);
  await writeSafetensors(path, tensors, metadata);
}

/** The tensors and metadata of a weights file. @param half whether the values are stored in half precision */
export function weightTensors(
  base: BaseModel,
  weights: ConceptWeights,
  half = false,
): { tensors: Map<string, WritableTensor>; metadata: Record<string, string> } {
  const layout = layoutOfKind(base, weights.kind);
  const views = viewParameters(layout, weights.values);
  const stored = (values: Float32Array) => (half ? Uint16Array.from(values, numberToHalf) : values);
  return {
    tensors: new Map(
      layout.entries.map(({ name, shape }) => [name, { shape: [...shape], data: stored(views[name]!) }]),
    ),
    metadata: {
      format: WEIGHTS_FORMAT,
      concept: weights.concept,
      prompt: weights.prompt,
      base: weights.base,
      kind: weights.kind,
      origin: weights.origin,
      seed: String(weights.seed),
      steps: String(weights.steps),
    },
  };
}

/**
 * Reads weights and checks that they belong to this base.
 * @param remedy what to do if the file cannot be used
 * @param notFinite whether values that are NaN or infinite are refused, which is the default
 * @throws UserError if the file is missing, belongs to another base, its tensors do not fit, or a value is not finite
 */
export async function readWeights(
  path: string,
  base: BaseModel,
  remedy: string,
  notFinite?: ReadingOptions['notFinite'],
): Promise<ConceptWeights> {
  if (!existsSync(path)) throw new UserError('stage-needed', `No weights at ${path}. ${remedy}`);
  const { tensors, metadata } = await readSafetensors(path, { remedy, ...(notFinite && { notFinite }) });
  const kind = metadata.kind;
  if (kind !== 'lora' && kind !== 'generator') {
    throw new UserError(
      'not-ours',
      `${path}: its metadata has kind ${JSON.stringify(kind)}, but weights of a concept are "lora" or "generator". ` +
        'It was not written by dnw denoise or dnw fine-tune.',
    );
  }
  if (metadata.base !== base.hash) {
    throw new UserError(
      'other-base',
      `${path} belongs to base ${metadata.base}, but the current base is ${base.hash}: it was trained again. ${remedy}`,
    );
  }
  const layout = layoutOfKind(base, kind);
  const values = new Float32Array(layout.size);
  for (const { name, offset, size } of layout.entries) {
    const tensor = tensors.get(name);
    if (!(tensor?.data instanceof Float32Array) || tensor.data.length !== size) {
      throw new UserError(
        'damaged-file',
        `${path}: tensor ${name} is missing or does not have ${size} float32 values. ${remedy}`,
      );
    }
    values.set(tensor.data, offset);
  }
  return {
    concept: metadata.concept ?? '',
    prompt: metadata.prompt ?? '',
    base: metadata.base,
    kind,
    origin: metadata.origin === 'fine-tuned' ? 'fine-tuned' : 'denoised',
    seed: Number(metadata.seed),
    steps: Number(metadata.steps),
    values,
  };
}

/** The whole generator that results from the base and these weights. */
export function generatorValuesOf(base: BaseModel, weights: ConceptWeights): Float32Array {
  return weights.kind === 'generator'
    ? weights.values
    : base.lora.merge(base.generatorValues, weights.values, base.loraFrozen);
}
