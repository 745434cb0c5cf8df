import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json';
import strings from '../../package.nls.json';
import {
  COMMANDS,
  CONCEPT_LANGUAGE,
  CONTEXT_KEYS,
  CUSTOM_EDITORS,
  PANEL_COMMANDS,
  PANELS,
  SETTINGS,
  SETTINGS_SECTION,
  TRAINING_LANGUAGE,
  TREES,
} from '../../src/extension/identifiers.ts';
import { derivedManifest, derivedStrings } from '../../src/extension/manifest.ts';
import { trainingSchema } from '../../src/project/schema/training-schema.ts';

const { contributes } = manifest;
const root = join(import.meta.dirname, '../..');
const sorted = (names: Iterable<string>) => [...names].sort();

test('package.json and package.nls.json are current (else: node scripts/write-manifest.mjs)', () => {
  expect(manifest).toEqual(JSON.parse(JSON.stringify(derivedManifest(manifest))));
  expect(strings).toEqual(derivedStrings(strings));
});

/** Every string anywhere in the manifest. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

test('package.json declares exactly the commands that the code has', () => {
  expect(sorted(contributes.commands.map(({ command }) => command)), 'commands of package.json').toEqual(
    sorted(Object.values(COMMANDS)),
  );
});

test('package.json declares exactly the trees that the code fills', () => {
  expect(sorted(contributes.views.denoisedWeights.map(({ id }) => id))).toEqual(sorted(Object.values(TREES)));
});

test('every panel and custom editor has a page, and every page one of them', () => {
  const pages = readdirSync(join(root, 'webview')).filter((name) =>
    existsSync(join(root, 'webview', name, 'main.tsx')),
  );
  const views = Object.keys({ ...PANELS, ...CUSTOM_EDITORS });
  expect(sorted(views), 'PANELS of src/extension/identifiers.ts, and webview/<view>/main.tsx').toEqual(
    sorted(pages),
  );
});

test('package.json has the activation event that brings a panel back after a reload', () => {
  const events = manifest.activationEvents.filter((event) => event.startsWith('onWebviewPanel:'));
  expect(sorted(events), 'activationEvents of package.json').toEqual(
    sorted(Object.values(PANELS).map((type) => `onWebviewPanel:${type}`)),
  );
});

test('every panel is opened by a command', () => {
  const opened = new Set<string>(Object.values(PANEL_COMMANDS));
  const unopened = Object.keys(PANELS).filter((view) => !opened.has(view));
  expect(unopened, 'PANEL_COMMANDS of src/extension/identifiers.ts').toEqual([]);
});

test('package.json declares exactly the custom editors that the code has', () => {
  expect(sorted(contributes.customEditors.map(({ viewType }) => viewType))).toEqual(
    sorted(Object.values(CUSTOM_EDITORS)),
  );
});

test('package.json declares every setting that the code reads, with a default', () => {
  const properties: Record<string, { default: unknown }> = contributes.configuration.properties;
  for (const key of Object.values(SETTINGS)) {
    expect(properties[`${SETTINGS_SECTION}.${key}`]).toHaveProperty('default');
  }
});

test('settings that choose what is executed are restricted in untrusted workspaces', () => {
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  expect(restricted).toContain(`${SETTINGS_SECTION}.${SETTINGS.engineNode}`);
});

test('the device setting offers the devices of the training schema', () => {
  expect(contributes.configuration.properties['denoisedWeights.device'].enum).toEqual(
    trainingSchema.shape.device.unwrap().options,
  );
});

test('every when clause goes by context keys that the code sets', () => {
  const clauses = JSON.stringify([
    contributes.menus,
    contributes.viewsWelcome,
    contributes.commands,
    contributes.languageModelTools.map(({ when }) => when),
  ]);
  const keys = new Set<string>(Object.values(CONTEXT_KEYS));
  const ids = new Set<string>([...Object.values(COMMANDS), ...Object.values(TREES)]);
  const named = [...clauses.matchAll(/denoisedWeights\.\w+/g)].map(([name]) => name);
  const unknown = named.filter((name) => !keys.has(name) && !ids.has(name) && !name.endsWith('.start'));
  expect(unknown).toEqual([]);
  expect(sorted(keys).filter((key) => !named.includes(key))).toEqual([]);
});

test('the palette offers a command exactly while it is enabled, a tree’s action as well', () => {
  const shown = new Map(contributes.menus.commandPalette.map(({ command, when }) => [command, when]));
  // It takes the file of the active editor, which the palette alone cannot check.
  shown.set(COMMANDS.compareTensors, 'isWorkspaceTrusted');
  for (const { command, enablement } of contributes.commands as { command: string; enablement?: string }[]) {
    expect([command, shown.get(command)], 'menus.commandPalette of package.json').toEqual([
      command,
      enablement,
    ]);
  }
});

test('what several selected nodes cannot do at once is not offered for them', () => {
  const single = [
    COMMANDS.openRun,
    COMMANDS.reveal,
    COMMANDS.translateImages,
    COMMANDS.exportWeights,
    COMMANDS.describeTraining,
  ];
  const items = contributes.menus['view/item/context'].filter(
    ({ command, group }) => single.some((id) => id === command) && !group.startsWith('inline'),
  );
  expect(items.length).toBeGreaterThanOrEqual(single.length);
  for (const { when } of items) expect(when).toContain('!listMultiSelection');
});

test('menus, welcome views and walkthrough name commands that exist', () => {
  const commands = new Set<string>(Object.values(COMMANDS));
  const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
  const inTexts = texts(strings).flatMap((text) => [...text.matchAll(/command:(denoisedWeights\.\w+)/g)]);
  const inSteps = texts(contributes.walkthroughs).flatMap((text) => [...text.matchAll(/onCommand:(.*)/g)]);
  const named = [...inMenus, ...[...inTexts, ...inSteps].map(([, command]) => command)];
  expect(named.filter((command) => command === undefined || !commands.has(command))).toEqual([]);
});

test('every text of the manifest has its string, and every string is used', () => {
  const used = texts(manifest).flatMap((text) => /^%(.+)%$/.exec(text)?.[1] ?? []);
  expect(sorted(Object.keys(strings)), 'package.nls.json').toEqual(sorted(new Set(used)));
});

test('the files that the manifest names exist', () => {
  const files = texts(contributes).filter((text) => /^(\.\/)?(media|syntaxes)\//.test(text));
  expect(files.length).toBeGreaterThan(0);
  expect([manifest.icon, ...files].filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('the languages of the code lenses are those that package.json declares', () => {
  expect(sorted(contributes.languages.map(({ id }) => id))).toEqual(
    sorted([CONCEPT_LANGUAGE, TRAINING_LANGUAGE]),
  );
});

test('walkthrough pictures take every colour from the theme or are drawn without text', () => {
  for (const { media } of contributes.walkthroughs[0]!.steps) {
    const picture = readFileSync(join(root, media.svg), 'utf8');
    for (const [text] of picture.matchAll(/<text[^>]*>/g)) expect(text).toMatch(/fill="var\(--vscode-/);
  }
});
