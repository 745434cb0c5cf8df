import { delimiter } from 'node:path';
import { expect, test } from 'vitest';
import { resolveNodeRuntime } from '../../src/extension/engine/node-runtime.ts';
import { UserError } from '../../src/project/user-error.ts';

const host = {
  execPath: '/opt/editor/code',
  env: {
    PATH: '/bin',
    CUDA_VISIBLE_DEVICES: '1',
    NODE_OPTIONS: '--inspect',
    VSCODE_PID: '7',
    ELECTRON_RUN_AS_NODE: '0',
  },
};

test('without a setting, the editor’s own program runs as Node.js', () => {
  const runtime = resolveNodeRuntime('', host);
  expect(runtime.command).toBe('/opt/editor/code');
  expect(runtime.environment).toEqual({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '1', ELECTRON_RUN_AS_NODE: '1' });
});

test('the setting’s program is taken, without the editor’s variables', () => {
  const runtime = resolveNodeRuntime(process.execPath, host);
  expect(runtime.command).toBe(process.execPath);
  expect(runtime.environment).toEqual({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '1' });
  expect(runtime.reason).toContain('denoisedWeights.engine.node');
});

test('a setting that names no program says which setting, and what it may be', () => {
  expect(() => resolveNodeRuntime('/nowhere/node', host)).toThrow(UserError);
  expect(() => resolveNodeRuntime('/nowhere/node', host)).toThrow(
    /denoisedWeights\.engine\.node: "\/nowhere\/node" .*20\.12/,
  );
});

test('folders that links may lead to reach the engine, in place of those of the environment', () => {
  const named = { ...host, env: { ...host.env, DNW_OUTSIDE_FOLDERS: '/old' } };
  const folders = (outside: string[]) =>
    resolveNodeRuntime('', named, outside).environment.DNW_OUTSIDE_FOLDERS;
  expect(folders([])).toBe('/old');
  expect(folders(['/data', '/scratch/me'])).toBe(['/data', '/scratch/me'].join(delimiter));
});
