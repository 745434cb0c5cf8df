import type * as vscode from 'vscode';
import { TOOLS } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { describeRunTool } from './describe-run.ts';
import { listConceptsTool } from './list-concepts.ts';
import { startRunTool } from './start-run.ts';
import { languageModelTool } from './tool.ts';
import { validateProjectTool } from './validate-project.ts';
import { weightStatisticsTool } from './weight-statistics.ts';

export type ToolName = (typeof TOOLS)[keyof typeof TOOLS];

/** Every tool, as VS Code calls it. */
export function languageModelTools(services: Services): Record<ToolName, vscode.LanguageModelTool<unknown>> {
  const { log } = services;
  return {
    [TOOLS.listConcepts]: languageModelTool(listConceptsTool(services), log),
    [TOOLS.validateProject]: languageModelTool(validateProjectTool(services), log),
    [TOOLS.describeRun]: languageModelTool(describeRunTool(services), log),
    [TOOLS.startRun]: languageModelTool(startRunTool(services), log),
    [TOOLS.weightStatistics]: languageModelTool(weightStatisticsTool(services), log),
  };
}
