import { basename, extname } from 'node:path';
import * as vscode from 'vscode';
import { readRegular } from '../../../project/disk/regular-file.ts';
import { sourceFolder } from '../../../project/files/pair-source.ts';
import type { Project } from '../../../project/load.ts';
import type { TranslateParams } from '../../../protocol/serve.ts';
import { conceptTarget } from '../../../protocol/webview/choices.ts';
import {
  type ImageChoice,
  type TranslateImage,
  type TranslateRequest,
  type TranslateTarget,
  type Translation,
  translateView,
} from '../../../protocol/webview/translate.ts';
import { warmEngine } from '../../engine/warm-engine.ts';
import type { Services } from '../../services.ts';
import { chooseConceptTarget } from '../../targets/choose-concept.ts';
import { followChoices } from '../follow-choices.ts';
import type { PanelConnection } from '../panel-connection.ts';
import type { PanelKind } from '../panels.ts';
import { saveFile } from '../save-file.ts';
import { weightsChoices } from '../weights-choices.ts';

const IMAGE_TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  tif: 'image/tiff',
  tiff: 'image/tiff',
};

/** The largest image that the page is sent, in bytes. */
const MOST_IMAGE_BYTES = 512 * 2 ** 20;

export function translatePanelKind(services: Services): PanelKind<'translate', TranslateTarget> {
  return {
    view: 'translate',
    commands: { showTranslatedImages: (target) => chooseConceptTarget(services, target) },
    title: ({ concept }) =>
      concept === undefined ? vscode.l10n.t('Translate') : vscode.l10n.t('Translate: {0}', concept),
    key: ({ project, concept }) => JSON.stringify([project, concept]),
    pictureFolders: ({ project }) => [project, ...sourceFolders(services.projects.get(project))],
    target: conceptTarget,
    attach: (connection, target) => attach(services, connection, target),
  };
}

/** The folders of the concepts' source images; for a glob, the folder before its first wildcard. */
function sourceFolders(project: Project | undefined): string[] {
  return [...new Set((project?.concepts ?? []).map(({ pairs }) => sourceFolder(pairs)))];
}

function attach(services: Services, connection: PanelConnection, target: TranslateTarget): void {
  const { project } = target;
  const engine = services.engine.requests;
  warmEngine(services, target, 'translation');
  const { webview } = connection.panel;
  followChoices(services, connection, translateView, target, () =>
    weightsChoices(services, project, 'translation'),
  );
  connection.onRequest(translateView.testImages, async (request) => {
    const { testImages } = await engine.request('translations', { project, ...request });
    return testImages.map((file) => ({
      name: basename(file),
      file,
      uri: webview.asWebviewUri(vscode.Uri.file(file)).toString(),
    }));
  });
  connection.onRequest(translateView.translate, (request) => translate(services, project, request));
  connection.onRequest(translateView.denoise, async (request) => {
    const { file, seconds, device } = await engine.request('denoise', { project, ...request });
    return { weights: file, seconds, device };
  });
  connection.onRequest(translateView.chooseImage, () => chooseImage(services));
  connection.onRequest(translateView.save, (request) => saveFile(project, request));
}

async function translate(
  services: Services,
  project: string,
  request: TranslateRequest,
): Promise<Translation> {
  const params = { ...request, project, image: await engineImage(services, request.image) };
  const result = await services.engine.requests.request('translate', params);
  const { source, translated, target, ...rest } = result;
  return {
    ...rest,
    source: decode(source),
    translated: decode(translated),
    ...(target !== undefined && { target: decode(target) }),
  };
}

async function engineImage(services: Services, image: TranslateImage): Promise<TranslateParams['image']> {
  switch (image.kind) {
    case 'file':
      return { file: image.file };
    case 'uri':
      return { file: await droppedFile(services, vscode.Uri.parse(image.uri, true)) };
    case 'bytes':
      return { name: image.name, base64: Buffer.from(image.data).toString('base64') };
  }
}

function decode(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/**
 * A file that was dropped from the editor's explorer, which shows only the workspace.
 * @throws for any other file, which the page cannot have been given
 */
async function droppedFile({ engine: { opened } }: Services, uri: vscode.Uri): Promise<string> {
  const file = uri.fsPath;
  if (!opened.has(file)) {
    if (uri.scheme !== 'file' || vscode.workspace.getWorkspaceFolder(uri) === undefined) {
      throw new Error(
        vscode.l10n.t('{0} is not in the workspace. Add it with the button for images.', basename(file)),
      );
    }
    await opened.choose(file);
  }
  return file;
}

async function chooseImage({ engine }: Services): Promise<ImageChoice | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select an image to translate'),
      filters: { [vscode.l10n.t('Images')]: Object.keys(IMAGE_TYPES) },
    })) ?? [];
  if (uri === undefined) return undefined;
  const file = uri.fsPath;
  await engine.opened.choose(file);
  // It may be in a folder that the page must not read.
  const type = IMAGE_TYPES[extname(file).slice(1).toLowerCase()] ?? 'application/octet-stream';
  const data = (await readRegular(file, MOST_IMAGE_BYTES, vscode.l10n.t('Select an image.'))).toString(
    'base64',
  );
  return { name: basename(file), file, uri: `data:${type};base64,${data}` };
}
