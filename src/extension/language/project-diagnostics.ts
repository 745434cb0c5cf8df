import { dirname, sep } from 'node:path';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { loadProject, type Problem, type Project } from '../../project/load.ts';
import { CONCEPT_SUFFIX, projectFolderOf, projectPaths, TRAINING_SUFFIX } from '../../project/paths.ts';
import { readConcept, readTraining } from '../../project/project-files.ts';
import { Refresher } from '../refresher.ts';
import type { DocumentCache } from './document-cache.ts';
import { pathOfUri, toRange, uriOfPath } from './positions.ts';

/** Shown before each message in the editor's list of problems. */
export const DIAGNOSTIC_SOURCE = 'Denoised Weights';
/** Rest after a keystroke before the project is checked. */
const DEBOUNCE_MS = 150;
/** Nobody tells when a missing folder or image appears; while one is missing it is looked for this often. */
const RECHECK_MS = 4000;

/** What a quick fix needs to know of a problem; travels in `Diagnostic.data`. */
export type ProblemData = Pick<Problem, 'code' | 'key' | 'found' | 'replacements'>;

export interface DiagnosticsHost {
  openDocuments(): readonly TextDocument[];
  publish(uri: string, diagnostics: Diagnostic[]): void;
  log(message: string): void;
}

/** Checks the projects of the open documents, whole, and publishes what is wrong in each of their files. */
export class ProjectDiagnostics {
  readonly #projects = new Map<string, Project>();
  /** What was last published, by URI, as JSON. */
  readonly #published = new Map<string, string>();
  readonly #refresher = new Refresher(() => this.#check());
  #timer: NodeJS.Timeout | undefined;
  #recheckTimer: NodeJS.Timeout | undefined;
  readonly #host: DiagnosticsHost;
  readonly #cache: DocumentCache;

  constructor(host: DiagnosticsHost, cache: DocumentCache) {
    this.#host = host;
    this.#cache = cache;
  }

  /** Asks for a check soon; checks asked for meanwhile are done with it. */
  schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#checkNow(), DEBOUNCE_MS);
  }

  /** The project that an open document belongs to, as last checked; checked now where it has not been. */
  async projectOf(document: TextDocument): Promise<Project | undefined> {
    const folder = folderOf(document);
    if (folder === undefined) return undefined;
    if (!this.#projects.has(folder)) await this.#refresher.request();
    return this.#projects.get(folder);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#recheckTimer);
  }

  #checkNow(): void {
    this.#refresher
      .request()
      .catch((error: unknown) => this.#host.log(`Checking failed: ${describe(error)}`));
  }

  async #check(): Promise<void> {
    const open = this.#host.openDocuments();
    const folders = new Set(open.flatMap((document) => folderOf(document) ?? []));
    for (const folder of this.#projects.keys()) if (!folders.has(folder)) this.#projects.delete(folder);

    const problems: Problem[] = [];
    const openPaths = open.flatMap(({ uri }) => pathOfUri(uri) ?? []);
    for (const folder of folders) {
      const project = await loadProject(folder, this.#cache.read, openPaths);
      this.#projects.set(folder, project);
      problems.push(...project.problems);
    }
    for (const document of open) {
      if (!isPartOfProject(document)) problems.push(...(await this.#checkAlone(document)));
    }
    this.#publish(open, problems);
    clearTimeout(this.#recheckTimer);
    if (problems.some(({ code }) => code === 'missing-path' || code === 'no-images')) {
      this.#recheckTimer = setTimeout(() => this.#checkNow(), RECHECK_MS);
    }
  }

  /** A document that no project holds, such as an unsaved one: without the checks between files. */
  async #checkAlone(document: TextDocument): Promise<readonly Problem[]> {
    const parsed = this.#cache.parsed(document);
    const read = (path: string) => (path === parsed.file ? Promise.resolve(parsed) : this.#cache.read(path));
    const file = await (document.languageId === 'dnw-concept' ? readConcept : readTraining)(
      parsed.file,
      read,
    );
    return file.problems.filter((problem) => problem.file === parsed.file);
  }

  #publish(open: readonly TextDocument[], problems: readonly Problem[]): void {
    // The editor's own spelling of an open document's URI, which may differ from ours in its escapes.
    const openUris = new Map(open.map(({ uri }) => [pathOfUri(uri) ?? uri, uri]));
    const found = new Map<string, Map<string, Diagnostic>>();
    for (const problem of problems) {
      const uri = openUris.get(problem.file) ?? uriOfPath(problem.file);
      const diagnostic = toDiagnostic(problem);
      const ofFile = found.get(uri) ?? new Map<string, Diagnostic>();
      // A parent config that several projects extend is checked with each of them.
      ofFile.set(JSON.stringify(diagnostic), diagnostic);
      found.set(uri, ofFile);
    }
    for (const uri of new Set([...this.#published.keys(), ...found.keys(), ...openUris.values()])) {
      const diagnostics = [...(found.get(uri)?.values() ?? [])];
      const text = JSON.stringify(diagnostics);
      if (this.#published.get(uri) === text) continue;
      if (diagnostics.length > 0 || openUris.has(pathOfUri(uri) ?? uri)) this.#published.set(uri, text);
      else this.#published.delete(uri);
      this.#host.publish(uri, diagnostics);
    }
  }
}

const describe = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

function folderOf(document: TextDocument): string | undefined {
  const path = pathOfUri(document.uri);
  return path === undefined ? undefined : projectFolderOf(path);
}

/** True where `loadProject` reads the file: a concept below `concepts/`, a training config in the project folder. */
function isPartOfProject(document: TextDocument): boolean {
  const path = pathOfUri(document.uri);
  if (path === undefined) return false;
  const folder = projectFolderOf(path);
  if (CONCEPT_SUFFIX.test(path)) return path.startsWith(projectPaths(folder).concepts + sep);
  return TRAINING_SUFFIX.test(path) && dirname(path) === folder;
}

function toDiagnostic(problem: Problem): Diagnostic {
  const { code, key, found, replacements, message, remedy, severity } = problem;
  const data: ProblemData = { code, key, found, replacements };
  return {
    range: toRange(problem),
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: DIAGNOSTIC_SOURCE,
    code,
    message: remedy === '' ? message : `${message} ${remedy}`,
    data,
  };
}
