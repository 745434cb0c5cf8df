import { dirname, sep } from 'node:path';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { DiskView } from '../../project/disk/disk-view.ts';
import {
  type ProjectFiles,
  readConcept,
  readProjectFiles,
  readTraining,
} from '../../project/files/project-files.ts';
import { ImageSources } from '../../project/images/image-sources.ts';
import { checkProject, type Problem, type Project } from '../../project/load.ts';
import { CONCEPT_SUFFIX, projectFolderOf, projectPaths, TRAINING_SUFFIX } from '../../project/paths.ts';
import { listedProblems } from '../../project/problem.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { inertText } from '../../protocol/inert-text.ts';
import { Refresher } from '../refresher.ts';
import type { DocumentCache } from './document-cache.ts';
import { pathOfUri, toRange, uriOfPath } from './positions.ts';

/** Shown before each message in the editor's list of problems. */
export const DIAGNOSTIC_SOURCE = 'Denoised Weights';
/** Delay after a keystroke before the edited text is checked against the last view of the disk. */
const TEXT_DEBOUNCE_MS = 30;
/** Delay after a change on disk, which rarely comes alone, before the disk is read again. */
const DISK_DEBOUNCE_MS = 150;
/** Delay after typing before the disk is read as well: not every editor watches every folder. */
const IDLE_MS = 2000;
/**
 * Nothing reports when a missing folder or image appears: while one is missing, the disk is polled at this interval.
 */
const RECHECK_MS = 4000;
/** Problems of image folders, which nothing reports once they are solved. */
const OF_FOLDERS: ReadonlySet<Problem['kind']> = new Set(['missing-path', 'no-images', 'no-permission']);

/** What a quick fix needs to know about a problem; carried in `Diagnostic.data`. */
export type ProblemData = Pick<Problem, 'kind' | 'key' | 'found' | 'replacements'>;

export interface DiagnosticsHost {
  openDocuments(): readonly TextDocument[];
  publish(uri: string, diagnostics: Diagnostic[]): void;
  /** The disk must be read again. */
  diskRead(): void;
  log(message: string): void;
  /** Address of the description of an error code; undefined if there is none. */
  troubleshooting?(code: string): string | undefined;
}

/** A project as last checked. */
export interface CheckedProject {
  readonly project: Project;
  readonly files: ProjectFiles;
  readonly sources: ImageSources;
}

/**
 * Checks the whole projects of the open documents and publishes the problems of each of their files. After a keystroke
 * nothing is read from disk, since only open documents have changed.
 */
export class ProjectDiagnostics {
  readonly #projects = new Map<string, CheckedProject>();
  /** The last published diagnostics as JSON, by URI. */
  readonly #published = new Map<string, string>();
  readonly #refresher = new Refresher(() => this.#begin());
  #running: Promise<void> | undefined;
  /** Requested but not yet begun. */
  #textChanged = false;
  #diskChanged = false;
  #timer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #recheckTimer: NodeJS.Timeout | undefined;
  readonly #host: DiagnosticsHost;
  readonly #cache: DocumentCache;

  constructor(host: DiagnosticsHost, cache: DocumentCache) {
    this.#host = host;
    this.#cache = cache;
  }

  /** Reports that an open document has changed: it is checked soon, together with other requests. */
  textChanged(): void {
    this.#textChanged = true;
    this.#checkAfter(this.#diskChanged ? DISK_DEBOUNCE_MS : TEXT_DEBOUNCE_MS);
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.diskChanged(), IDLE_MS);
  }

  /** Reports that files on disk have changed. */
  diskChanged(): void {
    this.#diskChanged = true;
    this.#checkAfter(DISK_DEBOUNCE_MS);
  }

  /** The project that an open document belongs to, with the text that the editor shows now. */
  async checked(document: TextDocument): Promise<CheckedProject | undefined> {
    const folder = folderOf(document);
    if (folder === undefined) return undefined;
    // A check in progress is newer and is not yet among the projects.
    if (this.#textChanged || !this.#projects.has(folder)) await this.#refresher.request();
    else await this.#running;
    return this.#projects.get(folder);
  }

  /** As `checked`, with the disk as it is now. */
  async checkedFromDisk(document: TextDocument): Promise<CheckedProject | undefined> {
    const folder = folderOf(document);
    if (folder === undefined) return undefined;
    this.#diskChanged = true;
    await this.#refresher.request();
    return this.#projects.get(folder);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#recheckTimer);
  }

  #checkAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#checkNow(), milliseconds);
  }

  #checkNow(): void {
    this.#refresher
      .request()
      .catch((error: unknown) => this.#host.log(`The check failed: ${describe(error)}`));
  }

  #begin(): Promise<void> {
    const running = this.#check().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #check(): Promise<void> {
    const fromDisk = this.#diskChanged;
    this.#diskChanged = false;
    this.#textChanged = false;
    const open = this.#host.openDocuments();
    const texts = this.#cache.open();
    const folders = new Set(open.flatMap((document) => folderOf(document) ?? []));
    for (const folder of this.#projects.keys()) if (!folders.has(folder)) this.#projects.delete(folder);

    const problems: Problem[] = [];
    for (const folder of folders) {
      const known = fromDisk ? undefined : this.#projects.get(folder)?.sources.view;
      const view = known ?? new DiskView(this.#cache.readClosed);
      const files = await readProjectFiles(folder, view, texts);
      const project = await checkProject(files, view);
      this.#projects.set(folder, { project, files, sources: await ImageSources.of(folder, view) });
      problems.push(...project.problems);
    }
    for (const document of open) {
      if (!isPartOfProject(document)) problems.push(...(await this.#checkAlone(document, texts)));
    }
    this.#publish(open, problems);
    if (fromDisk) this.#host.diskRead();
    clearTimeout(this.#recheckTimer);
    if (problems.some(({ kind }) => OF_FOLDERS.has(kind))) {
      this.#recheckTimer = setTimeout(() => this.diskChanged(), RECHECK_MS);
    }
  }

  /** Checks a document that belongs to no project, such as an unsaved one, without the checks across files. */
  async #checkAlone(
    document: TextDocument,
    texts: ReadonlyMap<string, YamlDocument>,
  ): Promise<readonly Problem[]> {
    const parsed = this.#cache.parsed(document);
    const read = async (path: string) =>
      path === parsed.file ? parsed : (texts.get(path) ?? this.#cache.readClosed(path));
    const file = await (document.languageId === 'dnw-concept' ? readConcept : readTraining)(
      parsed.file,
      read,
    );
    return listedProblems(file.problems.filter((problem) => problem.file === parsed.file));
  }

  #publish(open: readonly TextDocument[], problems: readonly Problem[]): void {
    // The editor's own spelling of an open document's URI, which may differ from ours in its escapes.
    const openUris = new Map(open.map(({ uri }) => [pathOfUri(uri) ?? uri, uri]));
    const found = new Map<string, Map<string, Diagnostic>>();
    for (const problem of problems) {
      const uri = openUris.get(problem.file) ?? uriOfPath(problem.file);
      const diagnostic = toDiagnostic(problem, this.#host.troubleshooting?.(problem.code));
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

/** Whether `loadProject` reads the file: a concept below `concepts/`, or a training config in the project folder. */
function isPartOfProject(document: TextDocument): boolean {
  const path = pathOfUri(document.uri);
  if (path === undefined) return false;
  const folder = projectFolderOf(path);
  if (CONCEPT_SUFFIX.test(path)) return path.startsWith(projectPaths(folder).concepts + sep);
  return TRAINING_SUFFIX.test(path) && dirname(path) === folder;
}

/** @param href where the problem's code is described */
function toDiagnostic(problem: Problem, href: string | undefined): Diagnostic {
  const { kind, code, key, found, replacements, message, remedy, severity } = problem;
  const data: ProblemData = { kind, key, found, replacements };
  return {
    range: toRange(problem),
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: DIAGNOSTIC_SOURCE,
    code,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    message: inertText(remedy === '' ? message : `${message} ${remedy}`),
    data,
  };
}
