import { writeFileWeights } from '../data/file-zoo.ts';
import { projectPaths, toProjectPath } from '../project/paths.ts';
import { UserError } from '../project/user-error.ts';
import { loadBase } from './base-model.ts';
import type { StageContext, StageFunction, StageOutcome } from './stage.ts';
import { stageConcept, stageDevice, stageSeed } from './stage-support.ts';
import {
  checkDenoisingSteps,
  denoiseWeights,
  loadFileGenerator,
  loadWeightGenerator,
  type WeightGenerator,
} from './weight-generator.ts';
import { writeWeights } from './weights-file.ts';

/** Denoises weights from a prompt: a concept's LoRA, or a file like those that the generator was trained on. */
export const denoise: StageFunction = (context) =>
  context.options.prompt === undefined
    ? denoiseConcept(context)
    : denoiseFile(context, context.options.prompt);

async function denoiseConcept(context: StageContext): Promise<StageOutcome> {
  const { project, training, run } = context;
  const concept = stageConcept(context);
  const steps = denoisingSteps(context);
  const base = await loadBase(project, training);
  const generator = await loadWeightGenerator(project, training, base);
  const { vector, seed, ...measured } = await denoised(context, generator, steps, concept);
  const path = projectPaths(project.folder).weights(concept.name, 'denoised');
  await writeWeights(path, base, {
    concept: concept.name,
    prompt: concept.prompt,
    base: base.hash,
    kind: 'lora',
    origin: 'denoised',
    seed,
    steps,
    values: vector,
  });
  const file = toProjectPath(project.folder, path);
  run.emit({ type: 'artifact', kind: 'weights', file, concept: concept.name });
  run.emit({ ...finished(concept.name, steps), concept: concept.name });
  return { status: 'succeeded', result: { file, steps, seed, ...measured } };
}

async function denoiseFile(context: StageContext, prompt: string): Promise<StageOutcome> {
  const { project, training, run, options } = context;
  const { output } = options;
  if (output === undefined) throw new UserError('A prompt is denoised to a file. Name it with --output.');
  const steps = denoisingSteps(context);
  const { generator, files } = await loadFileGenerator(project, training);
  const { vector, seed, ...measured } = await denoised(context, generator, steps, { name: prompt, prompt });
  await writeFileWeights(output, files, { prompt, seed, steps, vector });
  const file = toProjectPath(project.folder, output);
  run.emit({ type: 'artifact', kind: 'weights', file });
  run.emit(finished(prompt, steps));
  return { status: 'succeeded', result: { file, steps, seed, ...measured } };
}

function denoisingSteps({ training, options }: StageContext): number {
  const config = training.config.weightGenerator;
  const steps = options.steps ?? config.sampling.steps;
  checkDenoisingSteps(steps, config);
  return steps;
}

/** Denoises, and warns of what of the prompt cannot count. */
async function denoised(
  context: StageContext,
  generator: WeightGenerator,
  steps: number,
  { name, prompt: text }: { readonly name: string; readonly prompt: string },
): Promise<{ vector: Float32Array; seed: number; seconds: number; unseenWords: string[] }> {
  const { training, run } = context;
  const config = training.config.weightGenerator;
  const seed = stageSeed(context);
  const device = await stageDevice(context);
  const begun = performance.now();
  const { vector, prompt } = await denoiseWeights(generator, config, text, { steps, seed, device });
  const seconds = (performance.now() - begun) / 1000;
  if (prompt.unseen.length > 0) {
    run.emit({
      type: 'log',
      level: 'warning',
      message:
        `${name}: no zoo prompt has the word${prompt.unseen.length > 1 ? 's' : ''} ` +
        `${prompt.unseen.join(', ')}, so the weights cannot know what is meant. Add weights to the zoo whose prompts use it.`,
    });
  }
  if (prompt.dropped.length > 0) {
    run.emit({
      type: 'log',
      level: 'warning',
      message: `${name}: only the first ${config.maxTokens} words of the prompt count; left out: ${prompt.dropped.join(' ')}.`,
    });
  }
  return { vector, seed, seconds, unseenWords: [...prompt.unseen] };
}

function finished(what: string, steps: number) {
  return {
    type: 'progress',
    message: `denoised ${what}`,
    unit: 'steps',
    done: steps,
    total: steps,
  } as const;
}
