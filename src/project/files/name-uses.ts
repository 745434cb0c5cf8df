import { formOf, NameSet } from '../names.ts';
import { CONCEPT_SUFFIX, nameFromFile } from '../paths.ts';
import { NAME_LISTS, type NameKind, nameKindsAt } from '../schema/name-places.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { type KeyPath, valueAt } from '../yaml/key-path.ts';
import type { ProjectFiles } from './project-files.ts';

/** A place where a file names a concept or a tag. */
export interface NameUse {
  document: YamlDocument;
  path: KeyPath;
  name: string;
  /** What the name may refer to: in `collect.holdOut`, a concept or a tag. */
  kinds: readonly NameKind[];
}

/** Every name in a file, in the order of `NAME_LISTS`. */
function namesIn(document: YamlDocument): NameUse[] {
  const uses: NameUse[] = [];
  const add = (path: KeyPath, name: unknown) => {
    if (typeof name === 'string') uses.push({ document, path, name, kinds: nameKindsAt(path) });
  };
  if (CONCEPT_SUFFIX.test(document.file)) add(['name'], valueAt(document.value, ['name']));
  for (const list of NAME_LISTS) {
    const entries = valueAt(document.value, list);
    if (!Array.isArray(entries)) continue;
    for (const [i, entry] of entries.entries()) add([...list, i], entry);
  }
  return uses;
}

/** The name of a file's concept, by default from the file's name. It works for files with mistakes too. */
export function conceptNameOf(document: YamlDocument): string {
  const name = valueAt(document.value, ['name']);
  return typeof name === 'string' ? name : nameFromFile(document.file);
}

/** A concept or a tag of a project, or both if a place may name either. */
export interface NamedThing {
  name: string;
  kinds: readonly NameKind[];
}

/** All documents of a project: its concepts, its configs, and the files that those extend. */
export function projectDocuments(files: ProjectFiles): YamlDocument[] {
  const documents = [
    ...files.concepts.map(({ document }) => document),
    ...files.trainings.flatMap(({ chain }) => chain),
  ];
  return [...new Map(documents.map((document) => [document.file, document])).values()];
}

/** The files of the concept with this name; more than one only by mistake. */
export function conceptDocuments(files: ProjectFiles, name: string): YamlDocument[] {
  return files.concepts
    .map(({ document }) => document)
    .filter((document) => formOf(conceptNameOf(document)) === formOf(name));
}

/** Every tag that a concept of the project has. */
export function projectTags(files: ProjectFiles): Set<string> {
  return new Set(
    files.concepts
      .flatMap(({ document }) => namesIn(document))
      .flatMap(({ name, kinds }) => (kinds.includes('tag') ? name : [])),
  );
}

/** What a name at a place refers to in this project. If it may be either kind, those that exist. */
export function namedThing(files: ProjectFiles, name: string, kinds: readonly NameKind[]): NamedThing {
  if (kinds.length < 2) return { name, kinds };
  const known = kinds.filter((kind) =>
    kind === 'concept' ? conceptDocuments(files, name).length > 0 : new NameSet(projectTags(files)).has(name),
  );
  return { name, kinds: known.length > 0 ? known : kinds };
}

/** Every place in the project that names the thing. */
export function usesOf(files: ProjectFiles, { name, kinds }: NamedThing): NameUse[] {
  return projectDocuments(files)
    .flatMap(namesIn)
    .filter((use) => formOf(use.name) === formOf(name) && use.kinds.some((kind) => kinds.includes(kind)));
}
