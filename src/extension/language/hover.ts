import type { Hover, Position } from 'vscode-languageserver';
import type { LoadedTraining } from '../../project/load.ts';
import { describeAllowed, type JsonSchema, schemaAt } from '../../project/schema/json-schema.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { formatKeyPath, type KeyPath, valueAt } from '../../project/yaml/key-path.ts';
import { inlineCode } from '../../protocol/inert-text.ts';
import { fromPosition, toRange } from './positions.ts';

/**
 * Describes a key or value: its description, the allowed values, the default, and the value in effect here.
 * @param training the resolved config, if the document is a training config without errors
 * @param preview additional Markdown to show for a path
 */
export async function hoverAt(
  document: YamlDocument,
  position: Position,
  schema: JsonSchema,
  training: LoadedTraining | undefined,
  preview: (path: KeyPath) => Promise<string | undefined>,
): Promise<Hover | undefined> {
  const { line, column } = fromPosition(position);
  const place = document.pathAt(line, column);
  const found = place && schemaAt(schema, place.path);
  if (!place || !found) return undefined;
  const { path, at } = place;
  const description = found.description ?? schemaAt(schema, path.slice(0, -1))?.description;
  const parts = [`**${inlineCode(formatKeyPath(path))}**`, ...(description ? [description] : [])];
  const option = at === 'value' ? describeOption(found, document.sourceOf(path)) : undefined;
  if (option) parts.push(option);
  const shown = await preview(path);
  if (shown) parts.push(shown);
  parts.push(facts(found, path, training));
  const range = toRange(at === 'key' ? document.keyRange(path) : document.valueRange(path));
  return { contents: { kind: 'markdown', value: parts.join('\n\n') }, range };
}

/** The description of an enum value, such as an effect. */
function describeOption(schema: JsonSchema, value: string): string | undefined {
  for (const form of [schema, ...(schema.anyOf ?? [])]) {
    const index = form.enum?.indexOf(value) ?? -1;
    const description = form.enumDescriptions?.[index];
    if (description) return `${inlineCode(value)}: ${description}`;
    const nested = form === schema ? undefined : describeOption(form, value);
    if (nested) return nested;
  }
  return undefined;
}

function facts(schema: JsonSchema, path: KeyPath, training: LoadedTraining | undefined): string {
  const facts = [`Allowed: ${describeAllowed(schema)}.`];
  if (schema.default !== undefined) facts.push(`Default: \`${JSON.stringify(schema.default)}\`.`);
  const value = training && valueAt(training.config, path);
  if (value !== undefined && typeof value !== 'object')
    facts.push(`Value here: ${inlineCode(String(value))}.`);
  for (const example of schema.examples ?? []) facts.push(`Example: \`${JSON.stringify(example)}\`.`);
  return facts.join('  \n');
}
