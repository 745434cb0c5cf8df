import { getLanguageService, type LanguageService } from 'yaml-language-server';
import { conceptJsonSchema, type JsonSchema, trainingJsonSchema } from '../../project/schema/json-schema.ts';
import type { LanguageId } from './language-ids.ts';

export const SCHEMAS: Readonly<Record<LanguageId, JsonSchema>> = {
  'dnw-concept': conceptJsonSchema(),
  'dnw-training': trainingJsonSchema(),
};

const SCHEMA_URI = 'dnw:/schemas/';

/**
 * Red Hat's YAML language service as a library, for completion, outline, folding and formatting. Its server is not
 * started, so that none of its commands is registered a second time (docs/architecture.md).
 * @param languageOf the language of an open document, by URI
 */
export function createYamlService(languageOf: (uri: string) => LanguageId | undefined): LanguageService {
  const service = getLanguageService({
    // A comment in a file may name a schema on the network or on this disk: only ours are given out.
    schemaRequestService: async (uri) => {
      const id = uri.slice(SCHEMA_URI.length);
      if (uri.startsWith(SCHEMA_URI) && Object.hasOwn(SCHEMAS, id))
        return JSON.stringify(SCHEMAS[id as LanguageId]);
      throw new Error(`The schema ${uri} is not supported here.`);
    },
    workspaceContext: { resolveRelativePath: (relativePath) => relativePath },
  });
  service.configure({
    validate: false,
    hover: false,
    completion: true,
    format: true,
    // Offer optional keys one by one instead of inserting them all with their defaults.
    disableDefaultProperties: true,
    schemas: [],
  });
  service.registerCustomSchemaProvider(async (uri) => {
    const id = languageOf(uri);
    return id ? SCHEMA_URI + id : [];
  });
  return service;
}
