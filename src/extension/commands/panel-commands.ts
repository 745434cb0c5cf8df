import * as vscode from 'vscode';
import { COMMANDS, PANEL_COMMANDS, PANELS, type PanelName } from '../identifiers.ts';
import type { AllPanels } from '../panels/all-panels.ts';
import type { KeptState, PanelCommand } from '../panels/panels.ts';
import { registerCommand } from '../register-command.ts';
import type { Services } from '../services.ts';

/** Opens the panels and restores them after a reload. Their code is loaded when the first one opens. */
export function registerPanels(context: vscode.ExtensionContext, services: Services): void {
  let loading: Promise<AllPanels> | undefined;
  const panels = () => {
    loading ??= import('../panels/all-panels.ts').then(({ createPanels }) => createPanels(context, services));
    return loading;
  };
  for (const view of Object.keys(PANELS) as PanelName[]) {
    context.subscriptions.push(
      vscode.window.registerWebviewPanelSerializer(PANELS[view], {
        deserializeWebviewPanel: async (panel, kept: KeptState) => (await panels())[view].revive(panel, kept),
      }),
    );
  }
  for (const [command, view] of Object.entries(PANEL_COMMANDS) as [PanelCommand, PanelName][]) {
    registerCommand(context, services.log, COMMANDS[command], async (target, selected) =>
      (await panels())[view].run(command, target, selected),
    );
  }
}
