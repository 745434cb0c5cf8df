import type * as z from 'zod';
import { safeParse } from '../../protocol/safe-parse.ts';
import { nearestNames } from '../nearest.ts';
import { byPosition, type Problem, type ProblemText } from '../problem.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { formatKeyPath, type KeyPath, valueAt } from '../yaml/key-path.ts';
import { numberMeant } from '../yaml/quoting.ts';
import { scalarLike } from '../yaml/scalar-text.ts';
import { describeAllowed, type JsonSchema, schemaAt } from './json-schema.ts';
import { synonymsOf } from './synonyms.ts';

type Issue = z.core.$ZodIssue;

/** A path in the document, with its value and schema. */
interface Place {
  path: KeyPath;
  schema: JsonSchema | undefined;
  value: unknown;
  /** True if the file would not be valid without the path. */
  required?: boolean;
}

/**
 * Checks a document's value against a schema and reports every mistake at its key or value.
 * @param schema determines what is valid
 * @param jsonSchema the same schema in the form that `describeAllowed` needs
 */
export function checkSchema<S extends z.ZodType>(
  document: YamlDocument,
  schema: S,
  jsonSchema: JsonSchema,
): { value?: z.output<S>; problems: Problem[] } {
  if (document.value === undefined) return { problems: [] };
  const result = safeParse(schema, document.value);
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => issueProblems(document, issue, [], jsonSchema));
  return { problems: withoutMisspelled(problems).sort(byPosition) };
}

/** Problems without missing keys that were only misspelled: a misspelled key is one mistake, not two. */
function withoutMisspelled(problems: readonly Problem[]): Problem[] {
  const parent = (key: string) => key.slice(0, Math.max(0, key.lastIndexOf('.') + 1));
  const meant = new Set(
    problems
      .filter(({ kind, replacements }) => kind === 'unknown-key' && replacements.length > 0)
      .map(({ key, replacements }) => parent(key) + replacements[0]),
  );
  return problems.filter(({ kind, key }) => kind !== 'missing-key' || !meant.has(key));
}

const asKeyPath = (path: readonly PropertyKey[]) =>
  path.map((part) => (typeof part === 'symbol' ? String(part) : part)) as KeyPath;

function issueProblems(document: YamlDocument, issue: Issue, base: KeyPath, root: JsonSchema): Problem[] {
  const within = asKeyPath(issue.path);
  const path = [...base, ...within];
  const place: Place = {
    path,
    schema: schemaAt(root, within),
    value: valueAt(document.value, path),
    required:
      path.length === 0 || schemaAt(root, within.slice(0, -1))?.required?.includes(String(within.at(-1))),
  };
  switch (issue.code) {
    case 'invalid_union':
      return unionProblems(document, issue, place);
    case 'unrecognized_keys':
      return unknownKeys(document, place, issue.keys);
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.flatMap((inner) => issueProblems(document, inner, path, place.schema ?? {}));
    case 'invalid_type':
      return place.value === undefined ? [missingKey(document, place)] : [invalidValue(document, place)];
    case 'invalid_format':
    case 'custom':
      return [invalidValue(document, place, issue.message)];
    default:
      return [invalidValue(document, place)];
  }
}

/**
 * The mistakes in the form that the user meant. Forms of another type (such as a list, if the value is a mapping) are set
 * aside; of the others, it is the form with the fewest unknown and missing keys. If two forms fit equally well, the mistake
 * is the choice itself.
 */
function unionProblems(
  document: YamlDocument,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  place: Place,
): Problem[] {
  const { path, value } = place;
  if (value === undefined) return [missingKey(document, place)];
  const forms = issue.errors.map((issues, i) => ({ issues, schema: place.schema?.anyOf?.[i] ?? {} }));
  const fitting = forms.filter(({ issues }) => !issues.some((inner) => isOfAnotherType(inner, value)));
  // One name where a list of names is meant.
  const takesNames = forms.some((form) => isListOfTexts(form.schema));
  const namesInText = place.schema && listMeant(value, place.schema) !== undefined;
  if (namesInText && !takesNames) return [invalidValue(document, place, 'one name, or a list of names')];
  if (fitting.length === 0 || (takesNames && typeof value === 'string'))
    return [invalidValue(document, place)];
  const ranked = fitting
    .map((form) => ({ ...form, misfit: misfit(form.issues, value) }))
    .sort((a, b) => a.misfit.unknown - b.misfit.unknown || a.misfit.missing - b.misfit.missing);
  const [best, second] = ranked;
  const isTie =
    second !== undefined &&
    best!.misfit.unknown === second.misfit.unknown &&
    best!.misfit.missing === second.misfit.missing &&
    best!.misfit.unknown + best!.misfit.missing > 0;
  if (isTie) return [undecidedForm(document, place, ranked)];
  return best!.issues.flatMap((inner) => issueProblems(document, inner, path, best!.schema));
}

/** True for an issue that says that the union's own value has another type than the form: list, text or mapping. */
function isOfAnotherType(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_type') return true;
  // All fixed values of the schemas are text, and a list or a mapping was not meant to be text.
  if (issue.code === 'invalid_value') return typeof value === 'object';
  if (issue.code !== 'invalid_union') return false;
  return issue.errors.every((issues) => issues.some((inner) => isOfAnotherType(inner, value)));
}

function misfit(issues: readonly Issue[], value: unknown): { unknown: number; missing: number } {
  let unknown = 0;
  let missing = 0;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) unknown += issue.keys.length;
    if (issue.path.length === 1 && valueAt(value, asKeyPath(issue.path)) === undefined) missing++;
  }
  return { unknown, missing };
}

function undecidedForm(document: YamlDocument, place: Place, forms: { schema: JsonSchema }[]): Problem {
  const { path, value } = place;
  const keys = forms.map(({ schema }) => (schema.required ?? []).map((key) => `\`${key}\``).join(' with '));
  const given = Object.keys(value as object);
  const known = new Set(forms.flatMap(({ schema }) => Object.keys(schema.properties ?? {})));
  const stray = given.find((key) => !known.has(key));
  if (stray !== undefined) {
    const schema: JsonSchema = { properties: Object.fromEntries([...known].map((key) => [key, {}])) };
    return unknownKeys(document, { ...place, schema }, [stray])[0]!;
  }
  const both = given.length > 0;
  return document.problem(path, 'key', {
    kind: both ? 'invalid-value' : 'missing-key',
    message: `${label(path)} must have either ${keys.join(' or ')}${both ? ', not both' : ''}.`,
    remedy: both ? 'Keep one of them.' : 'Add one of them.',
    found: document.sourceOf(path),
    allowed: `either ${keys.join(' or ')}`,
  });
}

const label = (path: KeyPath) => (path.length === 0 ? 'The file' : `\`${formatKeyPath(path)}\``);

function unknownKeys(document: YamlDocument, place: Place, strays: readonly string[]): Problem[] {
  const where = place.path.length === 0 ? 'at the top level' : `in \`${formatKeyPath(place.path)}\``;
  const forms = formsBySharedKeys(place);
  return strays.map((key) => {
    const keys = knownKeys(forms, key);
    const near = nearestNames(key, keys);
    const text: ProblemText = {
      kind: 'unknown-key',
      message: `Unknown key \`${key}\` ${where}.`,
      remedy: near.length > 0 ? `Did you mean \`${near[0]}\`?` : `Known keys here: ${keys.join(', ')}.`,
      found: key,
      allowed: keys.join(', '),
      replacements: near,
    };
    const list = strays.length < MOST_PARTS ? listAcrossKeys(place, key) : undefined;
    if (list !== undefined) Object.assign(text, { remedy: `Did you mean ${list}?`, replacements: [] });
    if (key === '<<') text.remedy = 'YAML merge keys are not part of YAML 1.2; use `extends` instead.';
    return document.problem([...place.path, key], 'key', text);
  });
}

/** The list that is meant where { effect: fog, negative } makes a key of `negative`. */
function listAcrossKeys({ schema, value }: Place, stray: string): string | undefined {
  const entries = Object.entries(value as object);
  const at = entries.findIndex(([key]) => key === stray);
  const first = entries.findLastIndex(([, one], index) => index < at && one !== null);
  const [key, text] = entries[first] ?? [];
  if (key === undefined || typeof text !== 'string' || entries[at]![1] !== null) return undefined;
  const names = [text, ...entries.slice(first + 1, at + 1).map(([name]) => name)].join(', ');
  for (const properties of objectForms(schema)) {
    const list = Object.hasOwn(properties, key) ? listMeant(names, properties[key]!) : undefined;
    if (list !== undefined) return `${key}: ${list}`;
  }
  return undefined;
}

interface SharedForm {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Number of keys of the value that belong to the form. */
  readonly shared: number;
}

function formsBySharedKeys({ schema, value }: Place): SharedForm[] {
  const given = Object.keys(value as object);
  return objectForms(schema).map((properties) => ({
    properties,
    shared: given.filter((key) => Object.hasOwn(properties, key)).length,
  }));
}

/** Keys that are allowed in the place of `stray`: those of the form that most of the other keys belong to. */
function knownKeys(forms: readonly SharedForm[], stray: string): string[] {
  const others = forms.filter(({ properties }) => !Object.hasOwn(properties, stray));
  const most = Math.max(...others.map(({ shared }) => shared));
  return [
    ...new Set(
      others.filter(({ shared }) => shared === most).flatMap(({ properties }) => Object.keys(properties)),
    ),
  ];
}

function objectForms(schema: JsonSchema | undefined): Record<string, JsonSchema>[] {
  if (!schema) return [];
  return [...(schema.properties ? [schema.properties] : []), ...(schema.anyOf ?? []).flatMap(objectForms)];
}

function missingKey(document: YamlDocument, { path, schema }: Place): Problem {
  const key = path.at(-1);
  const allowed = schema ? describeAllowed(schema) : '';
  return document.problem(path, 'key', {
    kind: 'missing-key',
    message: `${label(path)} is missing.`,
    remedy: `Add \`${key}:\`${schema?.description ? ` ${schema.description}` : '.'}`,
    allowed,
  });
}

function invalidValue(document: YamlDocument, place: Place, allowedInWords?: string): Problem {
  const { path, schema, value } = place;
  const allowed = allowedInWords ?? (schema ? describeAllowed(schema) : '');
  const found = document.sourceOf(path);
  const quoted = acceptsText(schema) && isPlain(value) ? document.quotedAt(path) : undefined;
  const replacements = quoted
    ? value === null
      ? []
      : [quoted.quoted]
    : schema
      ? nearestValues(value, schema)
      : [];
  const state = value === null ? 'has no value' : `is ${found}`;
  return document.problem(path, 'value', {
    kind: 'invalid-value',
    message: `${label(path)} ${state}; allowed: ${allowed}.`,
    remedy: quoted
      ? `Quote the text: ${quoted.key}: ${quoted.quoted}`
      : replacements.length > 0
        ? `Did you mean ${inWords(replacements.slice(0, synonyms(value, schema).length || 1))}?`
        : `Use an allowed value${place.required ? '' : ', or remove the key'}.`,
    found,
    allowed,
    replacements,
  });
}

/** Whether any text is allowed. */
const acceptsText = (schema: JsonSchema | undefined) =>
  schema?.type === 'string' && schema.enum === undefined;

const isListOfTexts = ({ type, items }: JsonSchema) => type === 'array' && acceptsText(items);

/** Whether YAML read something else than text, from text on one line. */
const isPlain = (value: unknown) => value === null || typeof value === 'number' || typeof value === 'boolean';

const inWords = (values: readonly string[]) =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/**
 * The list that is meant by a text such as `fog, negative` where a list may stand. If only certain names are allowed in
 * it, each part has to be, or to be similar to, one of them.
 */
function listMeant(value: unknown, schema: JsonSchema): string | undefined {
  if (typeof value !== 'string' || !value.includes(',')) return undefined;
  const parts = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length < 2 || parts.length > MOST_PARTS) return undefined;
  const { type, items } = schema;
  if (type !== 'array' || !items) {
    return schema.anyOf?.map((form) => listMeant(value, form)).find((list) => list !== undefined);
  }
  const names = namesIn(items);
  if (!acceptsText(items) && names.length === 0) return undefined;
  const meant = acceptsText(items)
    ? parts
    : parts.map((part) => (names.includes(part) ? part : nearestNames(part, names)[0]));
  if (!meant.every((name) => name !== undefined)) return undefined;
  return `[${meant.map((name) => scalarLike('', name)).join(', ')}]`;
}

/** Longer texts are not lists of names. */
const MOST_PARTS = 32;

const namesIn = ({ enum: names = [], anyOf = [] }: JsonSchema): string[] => [
  ...names.map(String),
  ...anyOf.flatMap(namesIn),
];

const synonyms = (value: unknown, schema: JsonSchema | undefined) =>
  typeof value === 'string' ? synonymsOf(value, (schema?.enum ?? []).map(String)) : [];

const TRUE_WORDS = new Set(['yes', 'on', 'true', 'y', '1']);
const FALSE_WORDS = new Set(['no', 'off', 'false', 'n', '0']);

/** Allowed values that are similar to the given one, as YAML text. */
function nearestValues(value: unknown, schema: JsonSchema): string[] {
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
  if (text === '') return [];
  const list = listMeant(value, schema);
  if (list !== undefined) return [list];
  const near = (schema.anyOf ?? []).flatMap((form) => nearestValues(value, form));
  const meant = synonyms(value, schema);
  if (meant.length > 0) return meant;
  if (schema.enum) near.push(...nearestNames(text, schema.enum.map(String)));
  if (schema.const !== undefined) near.push(...nearestNames(text, [String(schema.const)]));
  if (isListOfTexts(schema)) near.push(`[${scalarLike('', text)}]`);
  if (schema.type === 'boolean') {
    if (TRUE_WORDS.has(text.toLowerCase())) near.push('true');
    if (FALSE_WORDS.has(text.toLowerCase())) near.push('false');
  }
  if (schema.type === 'integer' || schema.type === 'number')
    near.push(...nearestNumbers(Number(numberMeant(text) ?? value), schema));
  return [...new Set(near)];
}

function nearestNumbers(value: number, schema: JsonSchema): string[] {
  if (Number.isNaN(value)) return [];
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const step = schema.multipleOf ?? (schema.type === 'integer' ? 1 : undefined);
  const clamped = Math.min(Math.max(value, minimum), maximum);
  if (step === undefined) return [`${clamped}`];
  const candidates = [Math.floor(clamped / step) * step, Math.ceil(clamped / step) * step];
  return [...new Set(candidates)]
    .filter((candidate) => candidate >= minimum && candidate <= maximum)
    .sort((a, b) => Math.abs(a - value) - Math.abs(b - value))
    .map(String);
}
