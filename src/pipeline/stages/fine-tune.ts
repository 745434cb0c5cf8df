import { dirname, join } from 'node:path';
import { makeFolder } from '../../project/disk/folders.ts';
import { writeWhole } from '../../project/disk/write-whole.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { heldOutImages } from '../metrics/held-out.ts';
import { meanQuality } from '../metrics/image-metrics.ts';
import { FirstTranslations, writeSampleGrid } from '../metrics/sample-grid.ts';
import { wayTo } from '../remedies.ts';
import type { StageFunction } from '../stage.ts';
import { preparedPairs, stageConcept, stageDevice, stageSeed } from '../stage-support.ts';
import { createConceptTrainer, discriminatorStart, trainedStart } from '../training/concept-training.ts';
import { loadBase } from '../weights/base-model.ts';
import { generatorModel } from '../weights/export-generator.ts';
import { generatorValuesOf, readWeights, writeWeights } from '../weights/weights-file.ts';

/** Trains a concept from its denoised weights, and measures and draws held-out images along the way. */
export const fineTune: StageFunction<'fine-tune'> = async (context) => {
  const { project, training, run, options, shouldStop, resume } = context;
  const { config } = training;
  const concept = stageConcept(context);
  const paths = projectPaths(project.folder);
  const base = await loadBase(project, training);
  const start = await readWeights(
    paths.weights(concept.name, 'denoised'),
    base,
    `Denoise them first: ${wayTo('denoiseWeights', training.name, concept.name)}`,
  );
  const prepared = await preparedPairs(context, [concept]);
  if (!prepared) return { status: 'stopped', result: {} };
  const [pairs] = prepared as [(typeof prepared)[number]];
  const seed = stageSeed(context);
  const settings = { ...config.fineTune, steps: options.steps ?? config.fineTune.steps };
  const trainer = await createConceptTrainer(base, config, settings, await stageDevice(context));
  try {
    await trainer.start(
      trainedStart(base, settings.trainable, start.values),
      discriminatorStart(base, settings.discriminator, seed),
    );
    const heldOut = heldOutImages(pairs.test, pairs.size, config.image.size, config.evaluate.images);
    const describe = (steps: number) =>
      ({
        concept: concept.name,
        prompt: concept.prompt,
        base: base.hash,
        kind: trainer.group,
        origin: 'fine-tuned',
        seed,
        steps,
      }) as const;
    const isSample = (done: number) => done % settings.sampleEvery === 0 || done === settings.steps;
    const snapshots = snapshotSteps(settings);
    const keepSnapshot = async (step: number) => {
      const file = `${RUN_FILES.snapshots}/${String(step).padStart(6, '0')}.safetensors`;
      await writeWeights(join(run.folder, file), base, { ...describe(step), values: await trainer.values() });
      run.emit({ type: 'snapshot', step, file, concept: concept.name });
    };
    const outcome = await trainer.train({
      run,
      shouldStop,
      resume,
      pairs,
      seed,
      concept: concept.name,
      message: `fine-tuning ${concept.name}`,
      checkpointEvery: settings.checkpointEvery,
      metricsEvery: 1,
      measure: {
        at: (done) => isSample(done) || snapshots.has(done),
        run: async (done, seconds) => {
          if (snapshots.has(done)) await keepSnapshot(done);
          if (!isSample(done)) return;
          const shown = new FirstTranslations(heldOut.size);
          const quality = await trainer.measure(heldOut, (pairs) => shown.take(pairs));
          const { psnr, ssim, l1 } = meanQuality(quality);
          const values = { 'quality/psnr': psnr, 'quality/ssim': ssim, 'quality/l1': l1 };
          run.emit({ type: 'metrics', step: done, seconds, concept: concept.name, values });
          const file = `${RUN_FILES.samples}/${String(done).padStart(6, '0')}.png`;
          await writeSampleGrid(join(run.folder, file), heldOut, shown.images);
          run.emit({
            type: 'sample',
            step: done,
            file,
            label: 'source | translated | target',
            concept: concept.name,
          });
        },
      },
    });
    if (!outcome.finished) return { status: 'stopped', result: { steps: outcome.stepsDone } };
    const path = paths.weights(concept.name, 'fine-tuned');
    const weights = { ...describe(settings.steps), values: await trainer.values() };
    await writeWeights(path, base, weights);
    const onnx = paths.exported(concept.name);
    await makeFolder(dirname(onnx));
    const about = { concept: concept.name, prompt: concept.prompt, base: base.hash };
    const model = generatorModel(base.generator, generatorValuesOf(base, weights), config.image, about);
    await writeWhole(onnx, model);
    for (const file of [path, onnx]) {
      run.emit({
        type: 'artifact',
        kind: 'weights',
        file: toProjectPath(project.folder, file),
        concept: concept.name,
      });
    }
    const quality = await trainer.measure(heldOut);
    return {
      status: 'succeeded',
      result: {
        file: toProjectPath(project.folder, path),
        onnx: toProjectPath(project.folder, onnx),
        steps: settings.steps,
        seconds: outcome.seconds,
        images: heldOut.count,
        quality: { ...meanQuality(quality) },
      },
    };
  } finally {
    await trainer.dispose();
  }
};

/** Steps after which snapshots are written, evenly spaced between start and end, which have files of their own. */
function snapshotSteps({ steps, snapshots }: { steps: number; snapshots: number }): Set<number> {
  const all = Array.from({ length: snapshots }, (_, i) => Math.round(((i + 1) * steps) / (snapshots + 1)));
  return new Set(all.filter((step) => step > 0 && step < steps));
}
