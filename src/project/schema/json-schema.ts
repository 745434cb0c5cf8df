import * as z from 'zod';
import { conceptSchema } from './concept-schema.ts';
import { EFFECT_NAMES, EFFECTS } from './effects.ts';
import { BASELINES, trainingSchema } from './training-schema.ts';

/** The part of JSON Schema (2020-12) that the two schemas use, with the editor's additions. */
export interface JsonSchema {
  type?: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  minProperties?: number;
  maxProperties?: number;
  pattern?: string;
  $schema?: string;
  /** One description per entry of `enum` (read by VS Code's and Red Hat's language services). */
  enumDescriptions?: string[];
  /** Complete values that completion offers. */
  defaultSnippets?: { label: string; description?: string; body: unknown }[];
}

/** Makes a value when it is first asked for: the extension starts without it. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function toJsonSchema(schema: z.ZodType, id: string): JsonSchema {
  const made = z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as JsonSchema & {
    $defs: Record<string, JsonSchema>;
  };
  const root: JsonSchema = { $schema: made.$schema, ...made.$defs[id] };
  // A section's default is an empty mapping, which tells nothing to someone who hovers over it.
  for (const node of everyNode(root)) if (node.properties) delete node.default;
  return root;
}

/** A place where the cursor stops in an inserted snippet, with its initial text. */
const placeholder = (index: number, text: string) => `\${${index}:${text}}`;

/** An effect's parameters with their defaults: `{ radius: 2, strength: 1 }`. */
function effectDefaults(name: keyof typeof EFFECTS): Record<string, unknown> {
  const parameters = Object.entries(EFFECTS[name].parse({}));
  // Snippets insert text verbatim, and an unquoted # begins a comment.
  return Object.fromEntries(
    parameters.map(([key, value]) => [key, typeof value === 'string' ? `"${value}"` : value]),
  );
}

function decorateConcept(schema: JsonSchema): JsonSchema {
  const names = schema.properties!;
  names.prompt!.examples = ['a pencil sketch of the scene', 'the same place under fresh snow'];
  names.tags!.examples = [['weather', 'texture']];
  names.pairs!.defaultSnippets = [
    {
      label: 'source images and a built-in effect',
      description: 'The edited images are made by effects.',
      body: { source: placeholder(1, '../images'), target: { effect: placeholder(2, 'snow') } },
    },
    {
      label: 'source and edited images in two folders',
      description: 'Each edited image has the same file name as its source.',
      body: { source: placeholder(1, '../images'), target: { folder: placeholder(2, '../edited') } },
    },
    {
      label: 'aligned images, both halves side by side',
      description: 'The Pix2pix layout.',
      body: { aligned: placeholder(1, '../pairs'), direction: placeholder(2, 'AtoB') },
    },
  ];
  for (const node of everyNode(schema)) {
    if (node.enum?.length === EFFECT_NAMES.length && node.enum[0] === EFFECT_NAMES[0]) {
      node.enumDescriptions = EFFECT_NAMES.map((name) => EFFECTS[name].description ?? '');
    }
    if (node.properties && EFFECT_NAMES[0]! in node.properties) {
      node.defaultSnippets = EFFECT_NAMES.map((name) => ({
        label: `${name} with parameters`,
        description: EFFECTS[name].description,
        body: { [name]: effectDefaults(name) },
      }));
    }
  }
  return schema;
}

function decorateTraining(schema: JsonSchema): JsonSchema {
  const start = schema.properties!.extends!;
  start.examples = ['preset:fast', 'preset:photo', 'preset:paper', '../shared.training.yaml'];
  start.defaultSnippets = [
    { label: 'preset:fast', description: 'Small and fast: takes minutes on a laptop.', body: 'preset:fast' },
    {
      label: 'preset:photo',
      description: 'Photographs at 256 x 256 on a CPU.',
      body: 'preset:photo',
    },
    {
      label: 'preset:paper',
      description: 'The published settings wherever they are known.',
      body: 'preset:paper',
    },
  ];
  schema.properties!.lora!.properties!.ranks!.examples = [{ downsample: 1, transformer: 4, upsample: 1 }];
  schema.properties!.collect!.properties!.holdOut!.examples = [['test']];
  // Zod leaves out the default of values that are rewritten when they are read, such as earlier names of baselines.
  schema.properties!.evaluate!.properties!.baselines!.default = [...BASELINES];
  return schema;
}

/** Every node of a schema, the root first. */
function* everyNode(schema: JsonSchema): Generator<JsonSchema> {
  yield schema;
  const children = [
    ...(schema.anyOf ?? []),
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  for (const child of children) yield* everyNode(child);
}

/** JSON Schema of `*.concept.yaml`, for completion, hover and messages. */
export const conceptJsonSchema = once(() => decorateConcept(toJsonSchema(conceptSchema, 'dnw-concept')));
/** JSON Schema of `*.training.yaml`. */
export const trainingJsonSchema = once(() => decorateTraining(toJsonSchema(trainingSchema, 'dnw-training')));

/** The names that the grammars of both kinds of files highlight, by grammar and by the scope that a rule assigns. */
export function grammarNames(): Record<'dnw-concept' | 'dnw-training', Record<string, readonly string[]>> {
  const keysOf = (nodes: readonly JsonSchema[]) => [
    ...new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {}))),
  ];
  const effects: readonly string[] = EFFECT_NAMES;
  const training = [...everyNode(trainingJsonSchema())];
  const sections = keysOf(
    training.map(({ properties = {} }) => ({
      properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value.properties)),
    })),
  );
  return {
    'dnw-concept': {
      'support.function.effect.dnw-concept': effects,
      'support.type.property-name.dnw-concept': keysOf([...everyNode(conceptJsonSchema())]).filter(
        (key) => !effects.includes(key),
      ),
    },
    'dnw-training': {
      'entity.name.section.dnw-training': sections,
      'support.type.property-name.dnw-training': keysOf(training).filter(
        (key) => key !== 'extends' && !sections.includes(key),
      ),
      'support.constant.dnw-training': [
        ...new Set(training.flatMap((node) => [...(node.enum ?? []), node.const ?? []]).flat()),
      ].map(String),
    },
  };
}

/** The allowed values in words: "a whole number from 16 to 1024, a multiple of 8". */
export function describeAllowed(schema: JsonSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(describeAllowed))].join(', or ');
  if (schema.enum) return schema.enum.length === 1 ? `${schema.enum[0]}` : `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return `${schema.const}`;
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
      const range = schema.minimum !== undefined ? ` from ${schema.minimum} to ${schema.maximum}` : '';
      return `${kind}${range}${schema.multipleOf === undefined ? '' : `, a multiple of ${schema.multipleOf}`}`;
    }
    case 'boolean':
      return 'true or false';
    case 'string':
      return schema.maxLength === undefined ? 'text' : `text of at most ${schema.maxLength} characters`;
    case 'array':
      return `a list (${schema.items ? describeAllowed(schema.items) : 'anything'}, each)`;
    case 'object':
      return schema.properties
        ? `a mapping with the keys ${Object.keys(schema.properties).join(', ')}`
        : 'a mapping of names to values';
    default:
      return 'something else';
  }
}

/** The schema of the value at a path. Of several forms that a value may take, the first one that has the path. */
export function schemaAt(schema: JsonSchema, path: readonly (string | number)[]): JsonSchema | undefined {
  const [part, ...rest] = path;
  if (part === undefined) return schema;
  for (const form of schema.anyOf ?? []) {
    const found = schemaAt(form, path);
    if (found) return found;
  }
  const child =
    typeof part === 'number'
      ? schema.items
      : (schema.properties?.[part] ??
        (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined));
  return child && schemaAt(child, rest);
}
