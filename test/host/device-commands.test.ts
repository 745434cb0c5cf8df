import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { COMMANDS, SETTINGS, SETTINGS_SECTION } from '../../src/extension/identifiers.ts';
import { answering, failure, modalWarning, quickPick } from './answers.ts';
import { activateExtension } from './extension-under-test.ts';
import { changeSetting } from './settings.ts';

interface DeviceItem extends vscode.QuickPickItem {
  readonly device?: string;
}

describe('where to compute', () => {
  before(async () => {
    await activateExtension();
  });

  afterEach(async () => {
    for (const key of [SETTINGS.device, SETTINGS.threads, SETTINGS.engineNode]) {
      await changeSetting(key, undefined);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const device = () => vscode.workspace.getConfiguration(SETTINGS_SECTION).get(SETTINGS.device);

  async function report(): Promise<string> {
    await answering([], COMMANDS.showDeviceReport);
    return vscode.window.activeTextEditor!.document.getText();
  }

  it('is reported with every device and the versions, under the settings', async () => {
    await changeSetting(SETTINGS.device, 'cpu');
    await changeSetting(SETTINGS.threads, 2);
    const text = await report();
    assert.match(text, /^# Device report\n/);
    assert.match(text, /Selected device: \*\*cpu\*\* \(onnxruntime, 2 threads\): /);
    assert.match(text, /^\| cpu \| ✓ \| /m);
    // Of another system than any that the tests run on.
    assert.match(text, /^\| directml \| — \| .+ \|$/m);
    assert.ok(
      text.includes(`- editor: ${vscode.env.appName} ${vscode.version}, Node.js ${process.versions.node}`),
      text,
    );
    const { scheme } = vscode.window.activeTextEditor!.document.uri;
    assert.ok(!['file', 'untitled'].includes(scheme), scheme);
  });

  it('is chosen from what works, and from what does not only after a warning', async () => {
    const choose = (wanted: string) =>
      quickPick<DeviceItem>((items) => items.find((item) => item.device === wanted));
    await answering(
      [
        quickPick<DeviceItem>((items, { placeHolder }) => {
          assert.match(placeHolder!, /current: auto/);
          const place = (label: RegExp) => items.findIndex((item) => label.test(item.label));
          const [works, cpu, fails, directml] = [
            /^works on this machine$/,
            /cpu$/,
            /^does not work on this machine$/,
            /directml$/,
          ].map(place) as [number, number, number, number];
          assert.ok(
            works === 0 && cpu > works && fails > cpu && directml > fails,
            `${items.map((i) => i.label)}`,
          );
          return items[cpu];
        }),
      ],
      COMMANDS.selectDevice,
    );
    assert.equal(device(), 'cpu');

    const warning = (says: (button: string) => string | undefined) =>
      modalWarning((message, { detail }, button) => {
        assert.match(message, /^directml does not work on this machine/);
        assert.ok(detail);
        return says(button);
      });
    await answering([choose('directml'), warning(() => undefined)], COMMANDS.selectDevice);
    assert.equal(device(), 'cpu');
    await answering([choose('directml'), warning((button) => button)], COMMANDS.selectDevice);
    assert.equal(device(), 'directml');

    // It is no dead end: the report says why, and another can be chosen.
    await answering([failure((message) => assert.match(message, /directml/))], COMMANDS.showDeviceReport);
    await answering([choose('auto')], COMMANDS.selectDevice);
    assert.equal(device(), 'auto');
  });

  it('stays as it is where nothing is chosen', async () => {
    await answering([quickPick(() => undefined)], COMMANDS.selectDevice);
    assert.equal(device(), 'auto');
  });

  it('is asked of another engine process once the engine was restarted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    try {
      const started = join(folder, 'started');
      const node = join(folder, 'node');
      writeFileSync(node, `#!/bin/sh\necho $$ >> "${started}"\nexec "${process.execPath}" "$@"\n`, {
        mode: 0o755,
      });
      await changeSetting(SETTINGS.engineNode, node);
      const processes = () => readFileSync(started, 'utf8').trim().split('\n').map(Number);
      await report();
      await report();
      assert.equal(processes().length, 1);
      await answering([], COMMANDS.restartEngine);
      assert.match(await report(), /^# Device report\n/);
      assert.equal(processes().length, 2);
      await ended(processes()[0]!);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Resolves once a process is there no more; nothing but looking tells of one that is another's child. */
async function ended(pid: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      try {
        process.kill(pid, 0);
      } catch {
        clearInterval(timer);
        resolve();
      }
    }, 20);
  });
}
