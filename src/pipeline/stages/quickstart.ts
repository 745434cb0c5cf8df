import { join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../../project/disk/folders.ts';
import { writeWhole } from '../../project/disk/write-whole.ts';
import { sourceFolder } from '../../project/files/pair-source.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import { heldOutConcepts } from '../../project/selection.ts';
import { UserError } from '../../project/user-error.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { Stage, StageOptions } from '../../protocol/stages.ts';
import { readRunState } from '../run-state.ts';
import type { StageContext, StageFunction } from '../stage.ts';
import { checkedTranslations } from '../stage-outputs.ts';
import { collect } from './collect.ts';
import { denoise } from './denoise.ts';
import { evaluate } from './evaluate.ts';
import { fineTune } from './fine-tune.ts';
import { prepare } from './prepare.ts';
import { trainBase } from './train-base.ts';
import { trainGenerator } from './train-generator.ts';
import { translate } from './translate.ts';

const resultSchema = z.record(z.string(), z.json());

/**
 * Runs the whole method on one project: pairs, base, zoo and weight generator, then for one held-out concept
 * denoising, fine-tuning, translated images and the comparison. Each part writes to a folder inside this run's
 * folder, and a resumed run does not repeat finished parts.
 */
export const quickstart: StageFunction<'quickstart'> = async (context) => {
  const { project, training, run } = context;
  const [newConcept] = heldOutConcepts(project, training);
  if (newConcept === undefined) {
    throw new UserError(
      'no-concept-selected',
      `${training.path} holds out no concept (collect.holdOut), so there is no new concept to denoise weights for.`,
    );
  }
  const { name: concept } = newConcept;
  const input = sourceFolder(newConcept.pairs);
  const output = projectPaths(project.folder).translated(concept);
  // What the last part but one would be refused is better known before hours of training.
  await checkedTranslations(project, input, output);
  const parts: { title: string; name: Stage; stage: StageFunction; options: StageOptions }[] = [
    { title: 'Prepare pairs', name: 'prepare', stage: prepare, options: {} },
    { title: 'Train the base generator', name: 'train-base', stage: trainBase, options: {} },
    { title: 'Collect LoRA weights of the zoo', name: 'collect', stage: collect, options: {} },
    { title: 'Train the weight generator', name: 'train-generator', stage: trainGenerator, options: {} },
    { title: `Denoise weights for ${concept}`, name: 'denoise', stage: denoise, options: { concept } },
    { title: `Fine-tune ${concept}`, name: 'fine-tune', stage: fineTune, options: { concept } },
    {
      title: 'Translate images',
      name: 'translate',
      stage: translate,
      options: { concept, input, output, weights: 'fine-tuned' },
    },
    { title: 'Compare with other starts', name: 'evaluate', stage: evaluate, options: { concept } },
  ];
  const results: Record<string, JsonObject> = {};
  for (const [index, { title, name, stage, options }] of parts.entries()) {
    run.emit({ type: 'stage', stage: name, index, total: parts.length, title });
    const folder = join(run.folder, name);
    const resultPath = join(folder, RUN_FILES.result);
    const redone = 'the stage is then run again';
    const earlier = context.resume ? await readRunState(resultPath, resultSchema, redone) : undefined;
    if (earlier) {
      results[name] = earlier;
      continue;
    }
    await makeFolder(folder);
    const outcome = await stage(partContext(context, project, name, folder, options));
    if (outcome.status === 'stopped') return { status: 'stopped', result: results };
    results[name] = outcome.result;
    await writeWhole(resultPath, JSON.stringify(outcome.result, null, 2));
  }
  const folder = toProjectPath(project.folder, run.folder);
  return {
    status: 'succeeded',
    result: results,
    summary: [
      '',
      `In ${project.folder}:`,
      `  ${folder}/evaluate/comparison.svg   quality over training seconds, for every start`,
      `  ${folder}/evaluate/samples/         the same images from every start, before and after training`,
      `  weights/${concept}/                 denoised and fine-tuned weights, and generator.onnx`,
      `  translated/${concept}/              every image of the project, translated`,
      '',
      'To see them in the editor: install the extension (npm run package, then "Install from VSIX..."),',
      `open the folder ${project.folder}, and choose "Show Weight Statistics" or "Show Translated Images"`,
      'from the command palette.',
    ],
  };
};

/** Context of a part: its events go to this run, and the files that they name are in the part's folder. */
function partContext(
  context: StageContext,
  project: StageContext['project'],
  name: string,
  folder: string,
  options: StageOptions,
): StageContext {
  return {
    ...context,
    project,
    options,
    run: {
      folder,
      emit: (event) =>
        context.run.emit(
          event.type === 'sample' || event.type === 'checkpoint' || event.type === 'snapshot'
            ? { ...event, file: `${name}/${event.file}` }
            : event,
        ),
    },
  };
}
