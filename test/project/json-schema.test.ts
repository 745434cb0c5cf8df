import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { stringify } from 'yaml';
import { getLanguageService } from 'yaml-language-server';
import { withNames } from '../../scripts/grammar.mjs';
import { EFFECT_NAMES, EFFECTS } from '../../src/project/schema/effects.ts';
import {
  conceptJsonSchema,
  grammarNames,
  type JsonSchema,
  trainingJsonSchema,
} from '../../src/project/schema/json-schema.ts';
import { PRESETS } from '../../src/project/schema/presets.ts';

const SYNTAXES = new URL('../../syntaxes/', import.meta.url);

/** The library caches parsed texts by URI. */
let documents = 0;

/** What Red Hat's validator, which reads JSON Schema on its own, finds wrong in a text. */
async function foreignProblems(schema: JsonSchema, text: string): Promise<string[]> {
  const uri = 'dnw:/schema';
  const service = getLanguageService({
    schemaRequestService: async () => JSON.stringify(schema),
    workspaceContext: { resolveRelativePath: (path) => path },
  });
  service.configure({ validate: true, schemas: [] });
  service.registerCustomSchemaProvider(async () => uri);
  const found = await service.doValidation(
    TextDocument.create(`file:///${++documents}.yaml`, 'yaml', 1, text),
    false,
  );
  return found.map(({ message }) => message);
}

function* keysOf(schema: JsonSchema): Generator<[string, JsonSchema]> {
  for (const form of schema.anyOf ?? []) yield* keysOf(form);
  if (schema.items) yield* keysOf(schema.items);
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    yield [key, value];
    yield* keysOf(value);
  }
}

const syntax = async (name: string) => JSON.parse(await readFile(new URL(name, SYNTAXES), 'utf8'));

describe('the JSON Schemas', () => {
  it.each(Object.keys(PRESETS))('accept preset:%s', async (name) => {
    expect(await foreignProblems(trainingJsonSchema(), stringify(PRESETS[name]))).toEqual([]);
  });

  it('accept every effect, by name and with its defaults', async () => {
    const steps = EFFECT_NAMES.flatMap((name) => [name, { [name]: EFFECTS[name].parse({}) }]);
    const concept = { prompt: 'x', pairs: { source: 'a', target: { effect: steps } } };
    expect(await foreignProblems(conceptJsonSchema(), stringify(concept))).toEqual([]);
  });

  it('accept the other layouts', async () => {
    const aligned = 'prompt: x\ntags: [a]\npairs: { aligned: pairs, direction: BtoA }\n';
    const folders = 'name: x\nprompt: x\npairs: { source: a, target: { folder: b } }\n';
    expect(await foreignProblems(conceptJsonSchema(), aligned)).toEqual([]);
    expect(await foreignProblems(conceptJsonSchema(), folders)).toEqual([]);
  });

  it('refuse what the program refuses', async () => {
    expect(await foreignProblems(trainingJsonSchema(), 'image: { size: 100 }\n')).not.toEqual([]);
    expect(await foreignProblems(trainingJsonSchema(), 'imige: {}\n')).not.toEqual([]);
    const twoEffects = 'prompt: x\npairs: { source: a, target: { effect: { snow: {}, fog: {} } } }\n';
    expect(await foreignProblems(conceptJsonSchema(), twoEffects)).not.toEqual([]);
  });

  it.each([
    ['concept', conceptJsonSchema()],
    ['training', trainingJsonSchema()],
  ])('describe every key of a %s file', (_kind, schema) => {
    const effects: readonly string[] = EFFECT_NAMES;
    const silent = [...keysOf(schema)].filter(
      ([key, { description }]) => !description && !effects.includes(key),
    );
    expect(silent).toEqual([]);
  });
});

describe('the files that are made from the schemas', () => {
  it.each([
    ['dnw-concept', conceptJsonSchema()],
    ['dnw-training', trainingJsonSchema()],
  ])('syntaxes/%s.schema.json is current (else: node scripts/write-schemas.mjs)', async (name, schema) => {
    expect(await syntax(`${name}.schema.json`)).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each(Object.entries(grammarNames()))(
    'syntaxes/%s.tmLanguage.json names what the schema does (else: node scripts/write-schemas.mjs)',
    async (language, names) => {
      const grammar = await syntax(`${language}.tmLanguage.json`);
      expect(grammar).toEqual(withNames(grammar, names));
      const text = JSON.stringify(grammar);
      for (const scope of Object.keys(names)) expect(text).toContain(`"name":"${scope}","match"`);
    },
  );

  it('the grammar of concept files knows an effect wherever one can stand', async () => {
    const grammar = await syntax('dnw-concept.tmLanguage.json');
    const rules = JSON.stringify(grammar).match(/"match":"[^"]*"/g)!;
    const about = (name: string) => rules.filter((rule) => new RegExp(`\\b${name}\\b`).test(rule)).length;
    // A key with parameters, an entry of a list in one line, of one in several, and the only effect.
    expect(EFFECT_NAMES.map(about)).toEqual(EFFECT_NAMES.map(() => 4));
  });

  it.each([
    ['dnw-concept', conceptJsonSchema()],
    ['dnw-training', trainingJsonSchema()],
  ])('the grammar of %s knows every key', async (name, schema) => {
    const words = new Set(JSON.stringify(await syntax(`${name}.tmLanguage.json`)).match(/\w+/g));
    const missing = [...keysOf(schema)].map(([key]) => key).filter((key) => !words.has(key));
    expect([...new Set(missing)]).toEqual([]);
  });
});
