import { projectPaths, toProjectPath } from '../project/paths.ts';
import { loadBase } from './base-model.ts';
import type { StageFunction } from './stage.ts';
import { stageConcept, stageDevice, stageSeed } from './stage-support.ts';
import { checkDenoisingSteps, denoiseWeights, loadWeightGenerator } from './weight-generator.ts';
import { writeWeights } from './weights-file.ts';

/** Denoises a concept's LoRA weights from its prompt. */
export const denoise: StageFunction = async (context) => {
  const { project, training, run, options } = context;
  const concept = stageConcept(context);
  const config = training.config.weightGenerator;
  const steps = options.steps ?? config.sampling.steps;
  checkDenoisingSteps(steps, config);
  const base = await loadBase(project, training);
  const generator = await loadWeightGenerator(project, training, base);
  const seed = stageSeed(context);
  const device = await stageDevice(context);
  const begun = performance.now();
  const { vector, prompt } = await denoiseWeights(generator, config, concept.prompt, {
    steps,
    seed,
    device,
  });
  const seconds = (performance.now() - begun) / 1000;
  if (prompt.unseen.length > 0) {
    run.emit({
      type: 'log',
      level: 'warning',
      message:
        `${concept.name}: no zoo prompt has the word${prompt.unseen.length > 1 ? 's' : ''} ` +
        `${prompt.unseen.join(', ')}, so the weights cannot know what is meant. Collect concepts whose prompts use it.`,
    });
  }
  if (prompt.dropped.length > 0) {
    run.emit({
      type: 'log',
      level: 'warning',
      message: `${concept.name}: only the first ${config.maxTokens} words of the prompt count; left out: ${prompt.dropped.join(' ')}.`,
    });
  }
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
  run.emit({
    type: 'progress',
    message: `denoised ${concept.name}`,
    unit: 'steps',
    done: steps,
    total: steps,
    concept: concept.name,
  });
  return {
    status: 'succeeded',
    result: { file, steps, seed, seconds, unseenWords: [...prompt.unseen] },
  };
};
