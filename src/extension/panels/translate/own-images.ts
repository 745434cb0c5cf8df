import { readdir, rm, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { hashContent } from '../../../project/disk/file-hash.ts';
import { makeFolder } from '../../../project/disk/folders.ts';
import { IMAGE_EXTENSIONS } from '../../../project/disk/image-files.ts';
import { writeWhole } from '../../../project/disk/write-whole.ts';
import { projectPaths } from '../../../project/paths.ts';
import type { GivenImage, ImageChoice } from '../../../protocol/webview/translate.ts';
import type { Services } from '../../services.ts';

/** Asks for an image file with the editor's dialog; undefined if the user chose none. */
export async function chooseImage({ engine }: Services): Promise<ImageChoice | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select an image to translate'),
      filters: { [vscode.l10n.t('Images')]: [...IMAGE_EXTENSIONS] },
    })) ?? [];
  if (uri === undefined) return undefined;
  const file = uri.fsPath;
  await engine.opened.choose(file);
  return { name: basename(file), file };
}

/**
 * Takes an image that was dropped or pasted.
 * @throws for a file that the page cannot have been given
 */
export async function takeImage(
  services: Services,
  project: string,
  image: GivenImage,
): Promise<ImageChoice> {
  if (image.kind === 'uri') return droppedFile(services, vscode.Uri.parse(image.uri, true));
  return { name: image.name, file: await keptFile(project, image) };
}

/** A file that was dropped from the editor's explorer, which shows only the workspace. */
async function droppedFile({ engine: { opened } }: Services, uri: vscode.Uri): Promise<ImageChoice> {
  const file = uri.fsPath;
  const name = basename(file);
  if (!opened.has(file)) {
    if (uri.scheme !== 'file' || vscode.workspace.getWorkspaceFolder(uri) === undefined) {
      throw new Error(vscode.l10n.t('{0} is not in the workspace. Add it with the button for images.', name));
    }
    await opened.choose(file);
  }
  return { name, file };
}

/** A file of bytes that come from a browser: in the project's cache, so that its parts can be read again and again. */
async function keptFile(
  project: string,
  { name, data }: Extract<GivenImage, { kind: 'bytes' }>,
): Promise<string> {
  const folder = join(projectPaths(project).cache, 'dropped');
  const extension = extname(name).toLowerCase();
  const file = join(folder, hashContent(data) + (/^\.[a-z0-9]{1,5}$/.test(extension) ? extension : ''));
  await makeFolder(folder);
  await writeWhole(file, data);
  await forgetOldest(folder);
  return file;
}

/** Number of dropped images that a project's cache keeps. */
const MOST_KEPT = 32;
/** The names that `keptFile` gives: wherever a link may lead, nothing else is removed. */
const KEPT_NAME = /^[0-9a-f]{64}(\.[a-z0-9]{1,5})?$/;

async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => KEPT_NAME.test(name));
  const files = names.map((name) => join(folder, name));
  const dated = await Promise.all(files.map(async (file) => ({ file, time: (await stat(file)).mtimeMs })));
  const old = dated.sort((a, b) => b.time - a.time).slice(MOST_KEPT);
  await Promise.all(old.map(({ file }) => rm(file, { force: true })));
}
