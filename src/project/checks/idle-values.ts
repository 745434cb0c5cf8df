import { problemInChain } from '../files/training-chain.ts';
import type { Problem } from '../problem.ts';
import { GENERATOR_OPTIONS, GENERATORS } from '../schema/generators.ts';
import type { TrainingConfig } from '../schema/training-schema.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { formatKeyPath, type KeyPath, valueAt } from '../yaml/key-path.ts';

const LEARNING_RATES: readonly KeyPath[] = [
  ['base', 'learningRate'],
  ['collect', 'learningRate'],
  ['weightGenerator', 'learningRate'],
  ['fineTune', 'learningRate'],
  ['evaluate', 'scratch', 'learningRate'],
];

/** Keys of the section `generator` that the generator does not read, as far as they are written in the project. */
function idleGeneratorKeys(chain: readonly YamlDocument[], { generator }: TrainingConfig): Problem[] {
  const { kind, stem, head, fullResolutionChannels } = generator;
  const warning = (key: string, message: string) =>
    problemInChain(chain, ['generator', key], {
      kind: 'no-effect',
      message: `\`generator.${key}\` has no effect: ${message}.`,
      remedy: 'Remove it.',
      found: key,
      severity: 'warning',
    });
  const problems = Object.keys(GENERATOR_OPTIONS)
    .filter((key) => !(key in GENERATORS[kind].options))
    .filter((key) => chain.some((document) => document.has(['generator', key])))
    .map((key) => warning(key, `the ${kind} generator does not have it`));
  if (
    kind === 'e2gan' &&
    fullResolutionChannels !== undefined &&
    stem === 'space-to-depth' &&
    head === 'depth-to-space'
  ) {
    const message = 'with this `stem` and `head`, nothing is computed at full resolution';
    problems.push(warning('fullResolutionChannels', message));
  }
  return problems;
}

/** Warnings at values that are allowed, but have no effect, or with which a training has none. */
export function idleValues(chain: readonly YamlDocument[], config: TrainingConfig): Problem[] {
  const warning = (path: KeyPath, message: string, remedy: string) =>
    problemInChain(chain, path, {
      kind: 'no-effect',
      message,
      remedy,
      found: `${valueAt(config, path)}`,
      severity: 'warning',
    });
  const problems = LEARNING_RATES.filter((path) => valueAt(config, path) === 0).map((path) =>
    warning(path, `\`${formatKeyPath(path)}\` is 0: nothing is trained.`, 'Write a number above 0.'),
  );
  if (config.weightGenerator.promptDropout === 1) {
    const message = '`weightGenerator.promptDropout` is 1: the weight generator never sees a prompt.';
    problems.push(warning(['weightGenerator', 'promptDropout'], message, 'Write a number below 1.'));
  }
  for (const section of ['base', 'collect', 'fineTune'] as const) {
    const { steps, warmup } = config[section];
    // A rate of 1 / warmup in the only step is as good as another, and a training of 0 steps is meant to do nothing.
    if (steps > 1 && warmup >= steps) {
      const message = `\`${section}.warmup\` is ${warmup}, but there are only ${steps} steps: the learning rate is never reached.`;
      problems.push(warning([section, 'warmup'], message, `Write a number below ${steps}.`));
    }
  }
  problems.push(...idleGeneratorKeys(chain, config));
  const { jitter, crop } = config.image;
  if (jitter > 0 && crop.from > 0) {
    const message = `\`image.jitter\` is ${jitter}, but \`image.crop.from\` already says how large images are prepared: ${crop.from} pixels.`;
    problems.push(warning(['image', 'jitter'], message, 'Write `jitter: 0`.'));
  }
  return problems;
}
