import * as vscode from 'vscode';
import { conceptTarget } from '../../../protocol/webview/choices.ts';
import { type WeightsTarget, weightsView } from '../../../protocol/webview/weights.ts';
import { warmEngine } from '../../engine/warm-engine.ts';
import type { Services } from '../../services.ts';
import { chooseConceptTarget } from '../../targets/choose-concept.ts';
import { followChoices } from '../follow-choices.ts';
import type { PanelConnection } from '../panel-connection.ts';
import type { PanelKind } from '../panels.ts';
import { weightsChoices } from '../weights-choices.ts';

export function weightsPanelKind(services: Services): PanelKind<'weights', WeightsTarget> {
  return {
    view: 'weights',
    commands: { showWeightStatistics: (target) => chooseConceptTarget(services, target) },
    title: ({ concept }) =>
      concept === undefined ? vscode.l10n.t('Weights') : vscode.l10n.t('Weights: {0}', concept),
    key: ({ project, concept }) => JSON.stringify([project, concept]),
    pictureFolders: () => [],
    target: conceptTarget,
    attach: (connection, target) => attach(services, connection, target),
  };
}

function attach(services: Services, connection: PanelConnection, target: WeightsTarget): void {
  const { project } = target;
  warmEngine(services, target, 'statistics');
  followChoices(services, connection, weightsView, target, () =>
    weightsChoices(services, project, 'statistics'),
  );
  const engine = services.engine.requests;
  connection.onRequest(weightsView.statistics, (request) =>
    engine.request('statistics', { project, ...request }),
  );
  connection.onRequest(weightsView.blockHistogram, (request) =>
    engine.request('blockHistogram', { project, ...request }),
  );
  connection.onRequest(weightsView.trajectory, (request) =>
    engine.request('trajectory', { project, ...request }),
  );
}
