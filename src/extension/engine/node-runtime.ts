import { accessSync, constants } from 'node:fs';
import { delimiter } from 'node:path';
import { OUTSIDE_FOLDERS } from '../../project/disk/leading-out.ts';
import { UserError } from '../../project/user-error.ts';
import { SETTINGS, SETTINGS_SECTION } from '../identifiers.ts';

/** How to start a Node.js program. */
export interface NodeRuntime {
  command: string;
  environment: NodeJS.ProcessEnv;
  /** The reason for choosing this program, for the log. */
  reason: string;
}

/** Variables of the editor that would change how a Node.js child behaves. */
const EDITOR_VARIABLE = /^(VSCODE_.*|NODE_OPTIONS|ELECTRON_.*)$/;

/**
 * The Node.js that runs the engine: the one in the setting, or else the editor's own.
 * @param setting value of `denoisedWeights.engine.node`; empty for the editor's own
 * @param host the extension host's `process.execPath` and environment
 * @param outsideFolders value of `denoisedWeights.outsideFolders`; if empty, the environment decides
 * @throws UserError if the setting names a program that cannot be executed
 */
export function resolveNodeRuntime(
  setting: string,
  host: { execPath: string; env: NodeJS.ProcessEnv },
  outsideFolders: readonly string[] = [],
): NodeRuntime {
  const environment = Object.fromEntries(
    Object.entries(host.env).filter(([name]) => !EDITOR_VARIABLE.test(name)),
  );
  if (outsideFolders.length > 0) environment[OUTSIDE_FOLDERS] = outsideFolders.join(delimiter);
  const key = `${SETTINGS_SECTION}.${SETTINGS.engineNode}`;
  if (setting !== '') {
    try {
      accessSync(setting, constants.X_OK);
    } catch {
      throw new UserError(
        'no-engine',
        `Setting ${key}: "${setting}" is not an executable program. Enter the absolute path of a Node.js program (20.12 or newer), or leave the setting empty to use the editor's own.`,
      );
    }
    return { command: setting, environment, reason: `setting ${key}` };
  }
  // On the desktop the extension host's program is Electron, which this variable turns into plain Node.js.
  return {
    command: host.execPath,
    environment: { ...environment, ELECTRON_RUN_AS_NODE: '1' },
    reason: "the editor's own Node.js",
  };
}
