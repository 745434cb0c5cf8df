import * as vscode from 'vscode';
import { trainingSchema } from '../../project/training-schema.ts';
import type { DevicesResult } from '../../protocol/serve.ts';
import { registerCommand } from '../commands/register-command.ts';
import { COMMANDS, SETTINGS, SETTINGS_SECTION } from '../identifiers.ts';
import type { Services } from '../services.ts';
import { setting } from '../settings.ts';

export function registerDeviceCommands(context: vscode.ExtensionContext, services: Services): void {
  const { log, engine } = services;
  registerCommand(context, log, COMMANDS.selectDevice, () => selectDevice(services));
  registerCommand(context, log, COMMANDS.showDeviceReport, () => showDeviceReport(services));
  registerCommand(context, log, COMMANDS.restartEngine, () => engine.requests.stop());
  registerCommand(context, log, COMMANDS.showOutput, () => log.show());
}

interface DeviceItem extends vscode.QuickPickItem {
  device: string;
}

/** Chooses the device for this workspace; the reasons for and against each come as the engine finds them. */
async function selectDevice(services: Services): Promise<void> {
  const present = setting<string>(SETTINGS.device);
  const chosen = await vscode.window.showQuickPick(deviceItems(services, present), {
    placeHolder: vscode.l10n.t('Where to compute (now: {0})', present),
    matchOnDescription: true,
  });
  if (chosen === undefined) return;
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration(SETTINGS_SECTION).update(SETTINGS.device, chosen.device, target);
}

async function deviceItems(services: Services, present: string): Promise<DeviceItem[]> {
  const { considered, selected } = await report(services);
  const reasons = new Map(considered.map(({ device, usable, reason }) => [device, { usable, reason }]));
  return trainingSchema.shape.device.unwrap().options.map((device) => {
    const found = reasons.get(device);
    const automatic = vscode.l10n.t('what the training config says; else {0}', selected.device);
    const icon = device === 'auto' || found?.usable ? '$(check)' : '$(circle-slash)';
    return {
      label: `${icon} ${device}`,
      description: device === 'auto' ? automatic : found?.reason,
      picked: device === present,
      device,
    };
  });
}

async function showDeviceReport(services: Services): Promise<void> {
  const content = deviceReportText(
    await report(services),
    `${vscode.env.appName} ${vscode.version}, Node.js ${process.versions.node}`,
  );
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: true });
}

function report({ engine }: Services): Thenable<DevicesResult> {
  const options = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Looking at the devices'),
  };
  return vscode.window.withProgress(options, () =>
    engine.requests.request('devices', {
      device: setting(SETTINGS.device),
      threads: setting(SETTINGS.threads),
    }),
  );
}

function deviceReportText({ selected, considered, versions }: DevicesResult, host: string): string {
  const { device, executor, threads, reason } = selected;
  return [
    `# ${vscode.l10n.t('Device report')}`,
    '',
    vscode.l10n.t('Computes on **{0}** ({1}, {2} threads): {3}', device, executor, threads, reason),
    '',
    `| ${vscode.l10n.t('device')} | ${vscode.l10n.t('usable')} | ${vscode.l10n.t('why')} |`,
    '| --- | --- | --- |',
    ...considered.map(
      (row) => `| ${row.device} | ${row.usable ? '✓' : '—'} | ${row.reason.replaceAll('|', '\\|')} |`,
    ),
    '',
    ...Object.entries({ ...versions, editor: host }).map(([name, version]) => `- ${name}: ${version}`),
    '',
  ].join('\n');
}
