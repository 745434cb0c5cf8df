import * as vscode from 'vscode';
import type * as z from 'zod';
import type { Services } from '../services.ts';
import { describeRunTool } from './describe-run.ts';
import { listConceptsTool } from './list-concepts.ts';
import { startRunTool } from './start-run.ts';
import { languageModelTool, type Tool } from './tool.ts';
import { validateProjectTool } from './validate-project.ts';
import { weightStatisticsTool } from './weight-statistics.ts';

/** The tools that agent mode can use; package.json says to models and people what they do. */
export function registerTools(context: vscode.ExtensionContext, services: Services): void {
  const register = <S extends z.ZodType>(tool: Tool<S>) =>
    context.subscriptions.push(vscode.lm.registerTool(tool.name, languageModelTool(tool, services.log)));
  register(listConceptsTool(services));
  register(validateProjectTool(services));
  register(describeRunTool(services));
  register(startRunTool(services));
  register(weightStatisticsTool(services));
}
