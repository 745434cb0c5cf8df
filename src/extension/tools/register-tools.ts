import * as vscode from 'vscode';
import { TOOLS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import type { ToolName } from './language-model-tools.ts';

/**
 * Registers the tools that agent mode can use; package.json describes them to models and people. Their code is loaded
 * by the first call.
 */
export function registerTools(context: vscode.ExtensionContext, services: Services): void {
  let loading: Promise<Record<ToolName, vscode.LanguageModelTool<unknown>>> | undefined;
  const load = async (name: ToolName) => {
    loading ??= import('./language-model-tools.ts').then(({ languageModelTools }) =>
      languageModelTools(services),
    );
    return (await loading)[name];
  };
  for (const name of Object.values(TOOLS)) {
    const tool: vscode.LanguageModelTool<unknown> = {
      prepareInvocation: async (options, token) => (await load(name)).prepareInvocation?.(options, token),
      invoke: async (options, token) => (await load(name)).invoke(options, token),
    };
    context.subscriptions.push(vscode.lm.registerTool(name, tool));
  }
}
