import * as vscode from 'vscode';
import { type Stage, stageEntry } from '../protocol/stages.ts';
import { SETTINGS, SETTINGS_SECTION } from './identifiers.ts';

type SettingKey = (typeof SETTINGS)[keyof typeof SETTINGS];

/** The value of a setting; package.json declares its type, range and default. */
export function setting<T>(key: SettingKey): T {
  const value = vscode.workspace.getConfiguration(SETTINGS_SECTION).get<T>(key);
  if (value === undefined) throw new Error(`package.json declares no default for ${SETTINGS_SECTION}.${key}`);
  return value;
}

/** The device and threads, if the settings override the training config. */
export function deviceOverrides(): { device?: string; threads?: number } {
  const device = setting<string>(SETTINGS.device);
  const threads = setting<number>(SETTINGS.threads);
  return { ...(device !== 'auto' && { device }), ...(threads !== 0 && { threads }) };
}

/** The number of processes that share a new run, if it can have several and the settings want them. */
export function workersFor({ stage, concept }: { stage: Stage; concept?: string }): { workers?: number } {
  const workers = setting<number>(SETTINGS.workers);
  const canShare = 'workers' in stageEntry(stage).options;
  return canShare && concept === undefined && workers > 1 ? { workers } : {};
}
