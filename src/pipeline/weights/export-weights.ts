import { writeOutput } from '../../data/outputs.ts';
import { markFile, weightsMark } from '../../data/own-files.ts';
import { safetensorsBytes } from '../../data/safetensors.ts';
import type { ImageGenerator } from '../../models/image-generator.ts';
import { trainedScale } from '../../project/images/load-size.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import { type ExportForm, endingProblem } from '../../protocol/export-forms.ts';
import type { PageFacts } from '../../protocol/exported-page.ts';
import { loadBase } from './base-model.ts';
import { otherConceptWarning, readChosenWeights, weightsFile } from './chosen-weights.ts';
import { generatorModel } from './export-generator.ts';
import { type ConceptWeights, weightTensors } from './weights-file.ts';

export interface ExportRequest {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly concept: LoadedConcept;
  /** `base`, `denoised`, `fine-tuned`, or a weights file, absolute or relative to the project folder. */
  readonly weights: string;
  readonly what: ExportForm;
  /** Whether values are stored in half precision. */
  readonly half: boolean;
  /** Absolute path of the file to write, with the ending of the form. */
  readonly output: string;
}

/**
 * Writes weights for use elsewhere.
 * @returns what to warn of, if anything
 * @throws UserError if base or weights are missing or do not match, or `lora` is asked of a whole generator
 * @throws RefusedOutput if the file is there and was not written by this program
 */
export async function exportWeights(request: ExportRequest): Promise<string | undefined> {
  const { project, training, concept, what, half, output } = request;
  const staging = projectPaths(project.folder).cache;
  const problem = endingProblem(what, output);
  if (problem !== undefined) throw new UserError('bad-option-value', problem);
  const base = await loadBase(project, training);
  const file = weightsFile(project, training, concept, request.weights);
  const chosen = await readChosenWeights(file, project, training, concept, base);
  const warning = otherConceptWarning(file, chosen, concept);
  const about = { concept: concept.name, prompt: concept.prompt, base: base.hash };
  if (what === 'onnx' || what === 'web') {
    const metadata = { ...about, weights: chosen.kind };
    const { image } = training.config;
    const model = generatorModel(base.generator, chosen.generatorValues(), image, metadata, half);
    const facts = { ...metadata, half, scale: trainedScale(image) };
    const file = what === 'onnx' ? model : await pageOf(base.generator, facts, model);
    await writeOutput(output, markFile(file), staging);
    return warning;
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
  return warning;
}

/** The model as a page that runs it. */
async function pageOf(
  { stride, smallestSide, options }: ImageGenerator,
  about: Omit<PageFacts, 'trained' | 'stride' | 'smallestSide'>,
  model: Buffer,
): Promise<Buffer> {
  // Imported on demand: the page's scripts are large.
  const { webPage } = await import('./web-page.ts');
  return webPage({ ...about, trained: options.imageSize, stride, smallestSide }, model);
}
