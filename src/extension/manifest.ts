/**
 * The parts of package.json and package.nls.json that are derived from the code; scripts/write-manifest.mjs writes
 * them.
 */
import * as z from 'zod';
import type { Need, StageMenu } from '../protocol/stage-entry.ts';
import { ENGLISH, type NamedCommand, STAGE_COMMANDS, stageEntry } from '../protocol/stages.ts';
import { COMMANDS, CONCEPT_LANGUAGE, CONTEXT_KEYS, TRAINING_LANGUAGE, TREES } from './identifiers.ts';
import { TOOL_INPUTS } from './tools/tool-inputs.ts';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

/** The derived part of package.json, and what identifies its entries. */
interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly languageModelTools: readonly { readonly name: string; readonly inputSchema: unknown }[];
  };
}

/** package.json with the commands and menus of all stages, each before the others, and the schemas of all tools. */
export function derivedManifest<M extends Manifest>(manifest: M): M {
  const { commands, menus, languageModelTools } = manifest.contributes;
  const stageIds = new Set<string>(STAGE_COMMANDS.map(({ id }) => COMMANDS[id]));
  const others = <T extends { readonly command: string }>(items: readonly T[]) =>
    items.filter(({ command }) => !stageIds.has(command));
  const items = (menu: string) => STAGE_COMMANDS.flatMap((command) => menuItems(menu, command));
  return {
    ...manifest,
    contributes: {
      ...manifest.contributes,
      commands: [...STAGE_COMMANDS.map(contribution), ...others(commands)],
      menus: Object.fromEntries(
        Object.entries(menus).map(([menu, present]) => [menu, [...items(menu), ...others(present)]]),
      ),
      languageModelTools: languageModelTools.map((tool) => ({ ...tool, inputSchema: schemaOf(tool.name) })),
    },
  };
}

/** package.nls.json with the titles of the commands of all stages, before all other texts. */
export function derivedStrings(strings: Readonly<Record<string, string>>): Record<string, string> {
  const titles = STAGE_COMMANDS.map(({ id, title }) => [titleKey(id), title(ENGLISH)] as const);
  return { ...Object.fromEntries(titles), ...strings, ...Object.fromEntries(titles) };
}

const titleKey = (id: string) => `command.${id}`;

function contribution(command: NamedCommand) {
  const { id, icon } = command;
  return {
    command: COMMANDS[id],
    title: `%${titleKey(id)}%`,
    category: '%category%',
    icon: `$(${icon})`,
    enablement: enablement(command),
  };
}

/** Context keys that enable a command once what it needs exists. */
const NEED_KEYS: Readonly<Record<Need, string>> = {
  concepts: CONTEXT_KEYS.hasConcepts,
  base: CONTEXT_KEYS.hasBase,
  zoo: CONTEXT_KEYS.hasMembers,
  weightGenerator: CONTEXT_KEYS.hasWeightGenerator,
  denoised: CONTEXT_KEYS.hasDenoised,
};

function ready({ stage }: NamedCommand): string[] {
  const { needs } = stageEntry(stage);
  return needs ? [NEED_KEYS[needs]] : [];
}

const allOf = (clauses: readonly string[]) => clauses.join(' && ');

function enablement(command: NamedCommand): string {
  return allOf([...ready(command), 'isWorkspaceTrusted']);
}

function menuItems(menu: string, command: NamedCommand): MenuItem[] {
  const id = COMMANDS[command.id];
  if (menu === 'commandPalette') return [{ command: id, when: enablement(command) }];
  return command.menus
    .filter((place) => menuOf(place) === menu)
    .map((place) => ({ command: id, when: allOf(clauses(place, command)), group: place.group }));
}

function menuOf(place: StageMenu): string {
  if ('view' in place) return 'view/title';
  return 'node' in place ? 'view/item/context' : 'editor/title';
}

const LANGUAGES = { concept: CONCEPT_LANGUAGE, training: TRAINING_LANGUAGE };

function clauses(place: StageMenu, command: NamedCommand): string[] {
  if ('view' in place) return [`view == ${TREES[place.view]}`, CONTEXT_KEYS.hasProject];
  if ('editor' in place) return [`resourceLangId == ${LANGUAGES[place.editor]}`];
  const { node, is, single, whenReady } = place;
  return [
    `view == ${TREES[node]}`,
    typeof is === 'string' ? `viewItem == ${is}` : `viewItem =~ ${is}`,
    ...(whenReady ? ready(command) : []),
    ...(single ? ['!listMultiSelection'] : []),
  ];
}

/**
 * The input schema of a tool.
 * @throws Error if the code has no tool of that name
 */
function schemaOf(name: string): unknown {
  const input = Object.entries(TOOL_INPUTS).find(([tool]) => tool === name)?.[1];
  if (input === undefined)
    throw new Error(`package.json has a tool ${name}, which src/extension/tools has not`);
  const { $schema, ...schema } = z.toJSONSchema(input, { io: 'input' });
  return schema;
}
