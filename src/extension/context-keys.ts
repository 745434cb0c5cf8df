import * as vscode from 'vscode';
import { CONTEXT_KEYS } from './identifiers.ts';
import { isActive } from './runs/run-state.ts';
import type { Services } from './services.ts';

/** Keeps the keys that menus, views and command enablement in package.json go by. */
export function registerContextKeys(context: vscode.ExtensionContext, services: Services): void {
  const { projects, runs, artifacts } = services;
  const set = (key: keyof typeof CONTEXT_KEYS, value: boolean) =>
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS[key], value);
  context.subscriptions.push(
    projects.onDidChange((all) => {
      set('loaded', true);
      set('hasProject', all.length > 0);
      set(
        'hasConcepts',
        all.some(
          ({ concepts, problems }) => concepts.length > 0 || problems.some((p) => p.severity === 'error'),
        ),
      );
    }),
    runs.onDidChange(() => {
      set('hasRuns', runs.runs.length > 0);
      set('hasSeveralRuns', runs.runs.length > 1);
      set('hasActiveRun', runs.runs.some(isActive));
    }),
    artifacts.onDidChange(() => {
      const all = projects.projects.map(({ folder }) => artifacts.of(folder));
      set(
        'hasZoo',
        all.some(({ bases, zoo, weightGenerators }) => bases.size + zoo.length + weightGenerators.size > 0),
      );
    }),
  );
}
