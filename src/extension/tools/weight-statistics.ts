import * as vscode from 'vscode';
import type { LoadedConcept, Project } from '../../project/load.ts';
import { UserError } from '../../project/user-error.ts';
import type { WeightsChoice } from '../../protocol/statistics.ts';
import { TOOLS } from '../identifiers.ts';
import { denoisedFirst, weightsOf } from '../panels/weights-choices.ts';
import type { Services } from '../services.ts';
import { refuseUntrusted } from '../trust.ts';
import { statisticsText } from './statistics-text.ts';
import { type Tool, throwIfCancelled, workspaceFolders } from './tool.ts';
import { chooseConcept, chooseProject, chooseTraining, listed } from './tool-choices.ts';
import { type WeightStatisticsInput, weightStatisticsInput } from './tool-inputs.ts';

/** The fewest histogram bins that the engine accepts: the model is not sent a histogram. */
const BINS = 4;

/** Tool that compares a concept's weights with the zoo's, layer by layer. */
export function weightStatisticsTool(services: Services): Tool<typeof weightStatisticsInput> {
  const { projects, artifacts, engine } = services;
  return {
    name: TOOLS.weightStatistics,
    input: weightStatisticsInput,
    prepare: ({ concept }) => {
      refuseUntrusted();
      return { invocationMessage: vscode.l10n.t('Measuring the weights of {0}', concept) };
    },
    answer: async (input, token) => {
      refuseUntrusted();
      await projects.refresh();
      throwIfCancelled(token);
      const project = chooseProject(projects.projects, input.project, workspaceFolders());
      const training = chooseTraining(project, input.training);
      const concept = chooseConcept(project, input.concept);
      await artifacts.refresh();
      throwIfCancelled(token);
      const weights = chooseWeights(services, project, concept, input.weights);
      const statistics = await engine.requests.request(
        'statistics',
        {
          project: project.folder,
          training: training.name,
          concept: concept.name,
          weights: weights.file,
          bins: BINS,
        },
        token,
      );
      const { layer } = input;
      const layers = statistics.layers.filter(({ name }) => layer === undefined || name.includes(layer));
      if (layers.length === 0) {
        const names = statistics.layers.map(({ name }) => name);
        throw new UserError(
          'unknown-name',
          `layer "${layer}": no layer name contains it. Available: ${listed(names)}.`,
        );
      }
      return statisticsText(statistics, layers);
    },
  };
}

function chooseWeights(
  services: Services,
  project: Project,
  concept: LoadedConcept,
  wanted: WeightStatisticsInput['weights'],
): WeightsChoice {
  const choices = denoisedFirst(weightsOf(project, concept, services));
  const found = choices.find(({ kind }) => wanted === undefined || kind === wanted);
  if (found !== undefined) return found;
  const kinds = [...new Set(choices.map(({ kind }) => kind))];
  const which = wanted === undefined ? 'no weights' : `no ${wanted} weights`;
  throw new UserError(
    'stage-needed',
    `Concept ${concept.name} has ${which}. Available: ${listed(kinds)}. Create them with dnw_startRun: denoise, fine-tune, or collect for a zoo member.`,
  );
}
