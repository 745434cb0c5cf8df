import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { CancellationToken } from 'vscode-jsonrpc';
import { takeImage } from '../../src/extension/panels/translate/own-images.ts';
import { ShownAreas } from '../../src/extension/panels/translate/shown-areas.ts';
import type { Services } from '../../src/extension/services.ts';
import { hashContent } from '../../src/project/disk/file-hash.ts';
import type { PictureAreaParams } from '../../src/protocol/serve.ts';
import { temporaryFolder } from '../temporary-folders.ts';

vi.mock('vscode', async () => {
  const { CancellationTokenSource } = await import('vscode-jsonrpc');
  const fake = await import('./fake-vscode.ts');
  const Uri = {
    parse: (text: string) => ({ scheme: text.split(':')[0], fsPath: text.replace(/^\w+:\/\//, '') }),
  };
  const workspace = {
    getWorkspaceFolder: ({ fsPath }: { fsPath: string }) => (fsPath.startsWith('/open/') ? {} : undefined),
  };
  return { ...fake, CancellationTokenSource, Uri, workspace };
});

describe('an image that is given to the view', () => {
  const chosen: string[] = [];
  const services = {
    engine: {
      opened: { has: (file: string) => chosen.includes(file), choose: (file: string) => chosen.push(file) },
    },
  } as unknown as Services;

  test('as bytes is kept in the project’s cache, whatever its name, and so are the last of its kind', async () => {
    const project = temporaryFolder();
    const data = Uint8Array.of(1, 2, 3);
    const given = await takeImage(services, project, { kind: 'bytes', name: '../../a.JPG', data });
    expect(given).toEqual({
      name: '../../a.JPG',
      file: join(project, '.dnw', 'dropped', `${hashContent(data)}.jpg`),
    });
    expect(readFileSync(given.file)).toEqual(Buffer.from(data));
    const odd = await takeImage(services, project, { kind: 'bytes', name: 'b.j/p g', data });
    expect(odd.file).toBe(join(dirname(given.file), hashContent(data)));

    const folder = dirname(given.file);
    writeFileSync(join(folder, 'of somebody else.jpg'), '');
    utimesSync(join(folder, 'of somebody else.jpg'), 0, 0);
    utimesSync(given.file, 1, 1);
    for (let i = 0; i < 31; i++)
      await takeImage(services, project, { kind: 'bytes', name: 'c.png', data: Uint8Array.of(9, i) });
    const left = readdirSync(folder);
    expect(left).toHaveLength(33);
    expect(left).toContain('of somebody else.jpg');
    expect(left).not.toContain(`${hashContent(data)}.jpg`);
  });

  test('by its address is taken out of the workspace alone', async () => {
    expect(await takeImage(services, '/p', { kind: 'uri', uri: 'file:///open/a.png' })).toEqual({
      name: 'a.png',
      file: '/open/a.png',
    });
    expect(chosen).toEqual(['/open/a.png']);
    for (const uri of ['file:///etc/a.png', 'https:///open/b.png'])
      await expect(takeImage(services, '/p', { kind: 'uri', uri })).rejects.toThrow(
        'is not in the workspace',
      );
  });
});

test('a part that is no longer looked at is given up, but not that of the other side', async () => {
  const tokens: CancellationToken[] = [];
  const answers: ((result: { image: string; isExact: boolean }) => void)[] = [];
  const request = (_method: string, _params: PictureAreaParams, token: CancellationToken) => {
    tokens.push(token);
    return new Promise((answer) => answers.push(answer));
  };
  const shown = new ShownAreas({ request } as never);
  const params = {} as PictureAreaParams;
  const asked = [
    shown.request('left', params),
    shown.request('right', params),
    shown.request('left', params),
  ];
  expect(tokens.map((token) => token.isCancellationRequested)).toEqual([true, false, false]);
  answers.forEach((answer, i) => {
    answer({ image: String(i), isExact: true });
  });
  expect((await Promise.all(asked)).map(({ image }) => image)).toEqual(['0', '1', '2']);
  const last = shown.request('left', params);
  expect(tokens.at(-1)!.isCancellationRequested).toBe(false);
  shown.dispose();
  expect(tokens.at(-1)!.isCancellationRequested).toBe(true);
  answers.at(-1)!({ image: '', isExact: true });
  await last;
});
