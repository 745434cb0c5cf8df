import * as vscode from 'vscode';
import type { DevicesResult } from '../../protocol/serve.ts';

export interface DeviceItem extends vscode.QuickPickItem {
  /** A value of the setting; absent for separators. */
  readonly device?: string;
  readonly usable: boolean;
}

/**
 * The choices: first the devices that work here, then those that do not, with the reason.
 * @param present the current value of the setting
 */
export function deviceItems({ considered, selected }: DevicesResult, present: string): DeviceItem[] {
  const item = (device: string, usable: boolean, description: string, detail?: string): DeviceItem => ({
    label: `${device === present ? '$(check)' : usable ? '$(chip)' : '$(circle-slash)'} ${device}`,
    description,
    ...(detail !== undefined && { detail }),
    device,
    usable,
  });
  const heading = (label: string): DeviceItem => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
    usable: false,
  });
  const works = considered.filter(({ usable }) => usable);
  const fails = considered.filter(({ usable }) => !usable);
  const automatic = vscode.l10n.t('the device from the training config; by default {0}', selected.device);
  return [
    heading(vscode.l10n.t('works on this machine')),
    item('auto', true, automatic),
    ...works.map(({ device, reason }) => item(device, true, reason)),
    ...(fails.length > 0 ? [heading(vscode.l10n.t('does not work on this machine'))] : []),
    ...fails.map(({ device, reason, remedy }) => item(device, false, reason, remedy)),
  ];
}
