import * as vscode from 'vscode';
import { type SETTINGS, SETTINGS_SECTION } from '../../src/extension/identifiers.ts';

/** Changes a setting of the extension for the workspace; undefined puts its default back. */
export function changeSetting(key: (typeof SETTINGS)[keyof typeof SETTINGS], value: unknown): Thenable<void> {
  return vscode.workspace
    .getConfiguration(SETTINGS_SECTION)
    .update(key, value, vscode.ConfigurationTarget.Workspace);
}
