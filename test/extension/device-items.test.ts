import { expect, test, vi } from 'vitest';
import { deviceItems } from '../../src/extension/engine/device-items.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const found = {
  selected: { device: 'cpu', executor: 'onnxruntime', threads: 2, reason: 'No GPU engine works here.' },
  considered: [
    { device: 'cuda', usable: false, reason: 'the library is not installed', remedy: 'Install it.' },
    { device: 'cpu', usable: true, reason: 'No GPU engine works here.' },
  ],
  versions: {},
};

test('devices that do not work come last, with the reason and what would help', () => {
  expect(deviceItems(found, 'cuda')).toEqual([
    expect.objectContaining({ label: 'works on this machine' }),
    expect.objectContaining({
      device: 'auto',
      description: 'the device from the training config; by default cpu',
    }),
    expect.objectContaining({ label: '$(chip) cpu', usable: true, description: 'No GPU engine works here.' }),
    expect.objectContaining({ label: 'does not work on this machine' }),
    expect.objectContaining({
      label: '$(check) cuda',
      usable: false,
      description: 'the library is not installed',
      detail: 'Install it.',
    }),
  ]);
});
