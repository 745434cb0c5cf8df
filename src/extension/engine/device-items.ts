import * as vscode from 'vscode';
import type { DevicesResult } from '../../protocol/serve.ts';

export interface DeviceItem extends vscode.QuickPickItem {
  /** A value of the setting; absent for the headings. */
  readonly device?: string;
  readonly usable: boolean;
}

/**
 * What to choose from: first what works here, then what does not and why.
 * @param present the setting's value
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
  const automatic = vscode.l10n.t('what the training config says; else {0}', selected.device);
  return [
    heading(vscode.l10n.t('works here')),
    item('auto', true, automatic),
    ...works.map(({ device, reason }) => item(device, true, reason)),
    ...(fails.length > 0 ? [heading(vscode.l10n.t('does not work here'))] : []),
    ...fails.map(({ device, reason, remedy }) => item(device, false, reason, remedy)),
  ];
}
