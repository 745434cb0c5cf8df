import * as vscode from 'vscode';
import { inertNotice } from '../../protocol/inert-text.ts';
import type { DevicesResult } from '../../protocol/serve.ts';
import { type DeviceItem, deviceItems } from '../engine/device-items.ts';
import { COMMANDS, SETTINGS, SETTINGS_SECTION } from '../identifiers.ts';
import type { ReadOnlyDocuments } from '../read-only-documents.ts';
import { registerCommand } from '../register-command.ts';
import type { Services } from '../services.ts';
import { setting } from '../settings.ts';

export function registerDeviceCommands(
  context: vscode.ExtensionContext,
  services: Services,
  documents: ReadOnlyDocuments,
): void {
  const { log, engine } = services;
  registerCommand(context, log, COMMANDS.selectDevice, () => selectDevice(services));
  registerCommand(context, log, COMMANDS.showDeviceReport, () => showDeviceReport(services, documents));
  registerCommand(context, log, COMMANDS.restartEngine, () => engine.requests.stop());
  registerCommand(context, log, COMMANDS.showOutput, () => log.show());
}

/** Selects the device for this workspace. Devices that do not work here are listed with the reason and a remedy. */
async function selectDevice(services: Services): Promise<void> {
  const present = setting<string>(SETTINGS.device);
  const chosen = await vscode.window.showQuickPick<DeviceItem>(
    // Not the setting's device: if that one does not work, this command is the way to change it.
    Promise.resolve(report(services, 'auto')).then((found) => deviceItems(found, present)),
    {
      placeHolder: vscode.l10n.t('Select the device to compute on (current: {0})', present),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (chosen?.device === undefined) return;
  if (!chosen.usable && !(await wantsAnyway(chosen))) return;
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration(SETTINGS_SECTION).update(SETTINGS.device, chosen.device, target);
}

async function wantsAnyway({ device, description, detail }: DeviceItem): Promise<boolean> {
  const anyway = vscode.l10n.t('Select Anyway');
  const chosen = await vscode.window.showWarningMessage(
    inertNotice(vscode.l10n.t('{0} does not work on this machine, so every run would fail.', device ?? '')),
    { modal: true, detail: [description, detail].filter(Boolean).join('\n') },
    anyway,
  );
  return chosen === anyway;
}

async function showDeviceReport(services: Services, documents: ReadOnlyDocuments): Promise<void> {
  const text = deviceReportText(
    await report(services, setting(SETTINGS.device)),
    `${vscode.env.appName} ${vscode.version}, Node.js ${process.versions.node}`,
  );
  await documents.show(`${vscode.l10n.t('Device report')}.md`, text);
}

/** @throws UserError if a device is named and does not work, with the reason and the remedy */
function report({ engine }: Services, device: string): Thenable<DevicesResult> {
  const options = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Checking devices'),
  };
  return vscode.window.withProgress(options, () =>
    engine.requests.request('devices', { device, threads: setting(SETTINGS.threads) }),
  );
}

function deviceReportText({ selected, considered, versions }: DevicesResult, host: string): string {
  const { device, executor, threads, reason } = selected;
  return [
    `# ${vscode.l10n.t('Device report')}`,
    '',
    vscode.l10n.t('Selected device: **{0}** ({1}, {2} threads): {3}', device, executor, threads, reason),
    '',
    `| ${vscode.l10n.t('Device')} | ${vscode.l10n.t('Usable')} | ${vscode.l10n.t('Reason')} |`,
    '| --- | --- | --- |',
    ...considered.map(
      (row) => `| ${row.device} | ${row.usable ? '✓' : '—'} | ${row.reason.replaceAll('|', '\\|')} |`,
    ),
    '',
    ...Object.entries({ ...versions, editor: host }).map(([name, version]) => `- ${name}: ${version}`),
    '',
  ].join('\n');
}
