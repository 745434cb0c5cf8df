import { writeOutput } from '../../data/outputs.ts';
import { markFile, weightsMark } from '../../data/own-files.ts';
import { safetensorsBytes } from '../../data/safetensors.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { loadBase } from './base-model.ts';
import { readChosenWeights, weightsFile } from './chosen-weights.ts';
import { generatorModel } from './export-generator.ts';
import { type ConceptWeights, weightTensors } from './weights-file.ts';

export interface ExportRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** `base`, `denoised`, `fine-tuned`, or a weights file, absolute or relative to the project folder. */
  readonly weights: string;
  /** A model, the whole generator's tensors, or those of the LoRA. */
  readonly what: 'onnx' | 'safetensors' | 'lora';
  /** Whether values are stored in half precision. */
  readonly half: boolean;
  /** Absolute path of the file to write. */
  readonly output: string;
  /** Folder that this process owns, for the unfinished file. */
  readonly staging: string;
}

/**
 * Writes weights for use elsewhere.
 * @throws UserError if base or weights are missing or do not match, or `lora` is asked of a whole generator
 * @throws RefusedOutput if the file is there and was not written by this program
 */
export async function exportWeights(request: ExportRequest): Promise<void> {
  const { project, training, concept, what, half, output, staging } = request;
  const base = await loadBase(project, training);
  const file = weightsFile(project, training, concept, request.weights);
  const chosen = await readChosenWeights(file, project, training, concept, base);
  const about = { concept: concept.name, prompt: concept.prompt, base: base.hash };
  if (what === 'onnx') {
    const metadata = { ...about, weights: chosen.kind };
    const model = generatorModel(base.generator, chosen.generatorValues(), metadata, half);
    await writeOutput(output, markFile(model), staging);
    return;
  }
  const weights: ConceptWeights = {
    ...about,
    kind: what === 'lora' ? 'lora' : 'generator',
    origin: chosen.kind === 'denoised' ? 'denoised' : 'fine-tuned',
    seed: chosen.draw?.seed ?? training.config.seed,
    steps: chosen.draw?.steps ?? 0,
    values: what === 'lora' ? chosen.loraVector() : chosen.generatorValues(),
  };
  const { tensors, metadata } = weightTensors(base, weights, half);
  const bytes = safetensorsBytes(output, tensors, { ...metadata, ...weightsMark(tensors) });
  await writeOutput(output, bytes, staging);
}
