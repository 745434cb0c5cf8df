import * as vscode from 'vscode';
import { CONTEXT_KEYS } from './identifiers.ts';
import { isActive, isResumable } from './runs/run-state.ts';
import type { Services } from './services.ts';

/** Sets the context keys that menus, views and command enablement in package.json use. */
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
      set(
        'hasEndedRun',
        runs.runs.some((run) => !isActive(run)),
      );
      set('hasResumableRun', runs.runs.some(isResumable));
    }),
    artifacts.onDidChange(() => {
      const all = projects.projects.map(({ folder }) => artifacts.of(folder));
      const some = (made: (of: (typeof all)[number]) => number) => all.some((of) => made(of) > 0);
      set(
        'hasZoo',
        some(({ bases, zoo, weightGenerators }) => bases.size + zoo.length + weightGenerators.size),
      );
      set(
        'hasBase',
        some(({ bases }) => bases.size),
      );
      set(
        'hasMembers',
        some(({ zoo }) => zoo.length),
      );
      set(
        'hasWeightGenerator',
        some(({ weightGenerators }) => weightGenerators.size),
      );
      set(
        'hasDenoised',
        some(({ denoised }) => denoised.size),
      );
    }),
  );
}
