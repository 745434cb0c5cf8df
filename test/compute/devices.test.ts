import { describe, expect, it } from 'vitest';
import { selectDevice, surveyDevices } from '../../src/compute/devices.ts';
import { UserError } from '../../src/project/user-error.ts';

describe('selecting a device', () => {
  it('takes the CPU by name', async () => {
    expect(await selectDevice('cpu', 3)).toEqual({
      device: 'cpu',
      executor: 'onnxruntime',
      threads: 3,
      reason: 'The config names it.',
      rejected: [],
    });
  });

  it('says which tfjs backend runs and why not the GPU one', async () => {
    const { executor, reason, rejected } = await selectDevice('tfjs', 1);
    expect(executor).toBe('tfjs');
    expect(reason).not.toBe('');
    for (const { device, reason: why } of rejected) {
      expect(device).toBe('@tensorflow/tfjs-node-gpu');
      expect(why).toMatch(/not installed/);
    }
  });

  it('accounts for every device that it passes over', async () => {
    const { device, rejected } = await selectDevice('auto', 1);
    const order = ['cuda', 'webgpu', 'cpu'];
    expect(rejected.map((entry) => entry.device)).toEqual(order.slice(0, order.indexOf(device)));
    for (const { reason } of rejected) expect(reason).not.toBe('');
  });

  it('gives the reason and the remedy where a named device cannot work', async () => {
    const elsewhere = process.platform === 'darwin' ? 'directml' : 'coreml';
    const attempt = selectDevice(elsewhere, 1);
    await expect(attempt).rejects.toBeInstanceOf(UserError);
    await expect(attempt).rejects.toThrow(
      new RegExp(`device ${elsewhere} does not work here: .*no such engine.*only`),
    );
  });

  it('surveys every device: those that do not work say why and what would help', async () => {
    const report = await selectDevice('auto', 1);
    const findings = await surveyDevices(report);
    expect(findings.map(({ device }) => device)).toEqual([
      'cuda',
      'webgpu',
      'directml',
      'coreml',
      'cpu',
      'tfjs',
    ]);
    expect(findings).toContainEqual({ device: report.device, usable: true, reason: report.reason });
    for (const { device, usable, reason, remedy } of findings) {
      expect(reason, device).not.toBe('');
      expect(remedy !== undefined, device).toBe(!usable);
    }
    const elsewhere = process.platform === 'darwin' ? 'directml' : 'coreml';
    expect(findings.find(({ device }) => device === elsewhere)).toMatchObject({
      usable: false,
      reason: expect.stringContaining('no such engine'),
    });
  });
});
