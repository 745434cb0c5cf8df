import type * as vscode from 'vscode';
import type { PanelName } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { comparePanelKind } from './compare/compare-panel.ts';
import { Panels } from './panels.ts';
import { runPanelKind } from './run/run-panel.ts';
import { translatePanelKind } from './translate/translate-panel.ts';
import { weightsPanelKind } from './weights/weights-panel.ts';

/** The open panels, by their view. */
export type AllPanels = ReturnType<typeof createPanels>;

export function createPanels({ extensionUri, subscriptions }: vscode.ExtensionContext, services: Services) {
  const panels = {
    run: new Panels(extensionUri, runPanelKind(services), services.log),
    weights: new Panels(extensionUri, weightsPanelKind(services), services.log),
    translate: new Panels(extensionUri, translatePanelKind(services), services.log),
    compare: new Panels(extensionUri, comparePanelKind(services), services.log),
  } satisfies Record<PanelName, unknown>;
  subscriptions.push(...Object.values(panels));
  return panels;
}
