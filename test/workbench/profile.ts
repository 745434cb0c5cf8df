import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A quiet workbench: nothing that opens by itself, nothing that asks the network. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  // A webview that loads late takes the focus, which would close the list that a test chooses from.
  'workbench.quickOpen.closeOnFocusLost': false,
  'editor.cursorBlinking': 'solid',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'files.autoSave': 'off',
};

export type Settings = Record<string, unknown>;

/** The folders of one fresh installation of the server. */
export interface Profile {
  serverData: string;
  userData: string;
  extensions: string;
  log: string;
  remove(): void;
}

const settingsFile = (userData: string) => join(userData, 'User', 'settings.json');

export function createProfile(settings: Settings = {}): Profile {
  // A short path: the server's sockets lie below it.
  const root = mkdtempSync(join(tmpdir(), 'code-'));
  const userData = join(root, 'data');
  const extensions = join(root, 'ext');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(extensions);
  writeFileSync(settingsFile(userData), JSON.stringify({ ...quietSettings, ...settings }));
  return {
    serverData: join(root, 'server'),
    userData,
    extensions,
    log: join(root, 'server.log'),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}
