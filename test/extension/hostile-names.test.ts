import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { HumanOutput } from '../../src/engine/event-output.ts';
import { createProgram } from '../../src/engine/program.ts';
import { inertItem } from '../../src/extension/inert-items.ts';
import { pairPreview } from '../../src/extension/language/pair-preview.ts';
import { DiskView } from '../../src/project/disk/disk-view.ts';
import { ImageSources } from '../../src/project/images/image-sources.ts';
import { runArguments } from '../../src/project/runs/run-launch.ts';
import { parseYaml } from '../../src/project/yaml/parse.ts';
import { inertLine, inertNotice, inertText, inlineCode } from '../../src/protocol/inert-text.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import * as fake from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

/** Names as another's files may have them: each would do something where it is shown. */
const HOSTILE = [
  '--help',
  'two\nlines',
  'carriage\rreturn',
  '\u001b[31mred\u001b]0;title\u0007',
  '\u009b31mred',
  'gnp.\u202eexe',
  '\u2066isolated\u2069',
  '\u200fmarked',
  'zero\u200bwidth',
  '<img src=x onerror=alert(1)>',
  '[click](command:workbench.action.quit)',
  '`code` ![x](https://example.invalid/x.png)',
  'tag\u{e0041}ged',
];
/** What moves the cursor, colors, turns or hides text. */
const EFFECT = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u{e0000}-\u{e007f}]/u;

test('texts without such characters stay as they are, others lose them, whatever they are', () => {
  for (const plain of ['Schnee über Köln', '雪', '👩‍🚀', 'a — b', 'نقش'])
    expect(inertLine(plain)).toBe(plain);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE), (random, hostile) => {
      const line = inertLine(random + hostile);
      expect(line).not.toMatch(EFFECT);
      expect(inertLine(line)).toBe(line);
      expect(inertText(random + hostile).replace(/[\n\t]/g, '')).not.toMatch(EFFECT);
      expect(inertNotice(random + hostile)).not.toMatch(/\]\(/);
    }),
  );
});

describe.each(HOSTILE)('%j is shown without an effect', (name) => {
  test('on the command line, in lines and in the bar', () => {
    for (const isTTY of [true, false]) {
      const written: string[] = [];
      const stream = { isTTY, columns: 200, write: (text: string) => written.push(text) };
      const output = new HumanOutput(stream as never, { NO_COLOR: '1', TERM: 'xterm' });
      const progress = { message: name, done: 1, total: 2, unit: 'steps', time: 0 } as const;
      output.event({ type: 'log', level: 'warning', message: name, time: 0 });
      output.event({ type: 'progress', ...progress });
      output.event({ type: 'artifact', kind: 'weights', file: name, time: 0 });
      output.event({ type: 'finished', status: 'failed', seconds: 1, error: name, time: 0 });
      const shown = written.join('');
      expect(shown.replaceAll('\r\u001b[2K', '').replaceAll('\n', '')).not.toMatch(EFFECT);
      expect(shown).toContain(inertLine(name).slice(0, 3));
    }
  });

  test('where the command line is refused', async () => {
    let written = '';
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
    const program = createProgram((() => {}) as never, () => {});
    await program.parseAsync(['node', 'dnw', 'validate', `--unknown${name}`]).catch(() => {});
    write.mockRestore();
    expect(written).toContain('unknown');
    expect(written.replaceAll('\n', '')).not.toMatch(EFFECT);
  });

  test('as the value of an argument, which it stays', () => {
    const args = runArguments({
      stage: 'denoise',
      project: '/p',
      runId: 'r',
      training: name,
      concept: name,
    } as never);
    expect(args).toContain(`--concept=${name}`);
    expect(args).not.toContain(name);
  });

  test('as an item of a tree', () => {
    const item = new fake.TreeItem(name) as unknown as Parameters<typeof inertItem>[0];
    item.description = name;
    item.tooltip = name;
    item.accessibilityInformation = { label: name };
    const { label, description, tooltip, accessibilityInformation } = inertItem(item);
    for (const shown of [label, description, accessibilityInformation?.label])
      expect(shown).toBe(inertLine(name));
    expect(tooltip).toBe(inertText(name));
    item.tooltip = new fake.MarkdownString(name) as never;
    expect((inertItem(item).tooltip as { value: string }).value).toBe(inertText(name));
  });

  test('as code in a hover, which it cannot end', () => {
    const code = inlineCode(name);
    const [fence] = code.match(/^`+/)!;
    const inner = code.slice(fence.length, -fence.length);
    expect(code.endsWith(fence)).toBe(true);
    expect(inner.split(/[^`]+/)).not.toContain(fence);
    expect(inner.trim()).toBe(inertLine(name).trim());
  });
});

test('a picture of any name is only a picture in a hover', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'images'));
  const name = 'a\u202e\n# [x](command:quit) <b> `y`.png';
  writeFileSync(join(folder, 'images', name.replaceAll('/', '')), '');
  const file = join(folder, 'a.concept.yaml');
  const document = parseYaml(file, 'prompt: a\npairs:\n  source: images\n  target: {effect: snow}\n');
  const shown = await pairPreview(
    document,
    ['pairs', 'source'],
    await ImageSources.of(folder, new DiskView()),
  );
  const alt = /!\[(.*)\]\(file:/.exec(shown!)![1]!;
  expect(alt).toBe('a\\\\u202e\\\\u000a# \\[x\\](command:quit) \\<b\\> \\`y\\`.png');
});

test('every notification goes through the one function for them', () => {
  const calls: string[] = [];
  for (const file of readdirSync('src/extension', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const source = readFileSync(join('src/extension', file), 'utf8');
    for (const [, argument] of source.matchAll(/show(?:Error|Warning|Information)Message\(\s*([^\s,(]+)/g)) {
      calls.push(argument!);
    }
  }
  expect(calls.length).toBeGreaterThan(4);
  expect(new Set(calls)).toEqual(new Set(['inertNotice']));
});
