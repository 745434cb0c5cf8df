import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { COMMANDS, SETTINGS, SETTINGS_SECTION } from '../../src/extension/identifiers.ts';
import { activateExtension, workspaceProject } from './extension-under-test.ts';

describe('activation', () => {
  it('loads the workspace’s project', async () => {
    const project = workspaceProject(await activateExtension());
    assert.ok(project.trainings.length > 0);
    assert.ok(project.concepts.length > 0);
  });

  it('registers every command of package.json', async () => {
    await activateExtension();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = Object.values(COMMANDS).filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('finds every setting with the type of its default', () => {
    const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    const types = Object.values(SETTINGS).map((key) => [key, typeof configuration.get(key)]);
    assert.deepEqual(types, [
      ['device', 'string'],
      ['threads', 'number'],
      ['engine.node', 'string'],
      ['engine.idleMinutes', 'number'],
      ['notifications', 'string'],
    ]);
  });
});
