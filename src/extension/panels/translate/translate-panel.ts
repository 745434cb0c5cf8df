import { basename } from 'node:path';
import * as vscode from 'vscode';
import { conceptTarget } from '../../../protocol/webview/choices.ts';
import { type TranslateTarget, translateView } from '../../../protocol/webview/translate.ts';
import { warmEngine } from '../../engine/warm-engine.ts';
import type { Services } from '../../services.ts';
import { chooseConceptTarget } from '../../targets/choose-concept.ts';
import { followChoices } from '../follow-choices.ts';
import type { PanelConnection } from '../panel-connection.ts';
import type { PanelKind } from '../panels.ts';
import { saveFile } from '../save-file.ts';
import { weightsChoices } from '../weights-choices.ts';
import { chooseImage, takeImage } from './own-images.ts';
import { saveTranslation } from './save-translation.ts';
import { ShownAreas } from './shown-areas.ts';

/** Longer side of the small copies of images, in pixels: twice as large as they are shown, for dense screens. */
const THUMBNAIL_SIDE = 96;

export function translatePanelKind(services: Services): PanelKind<'translate', TranslateTarget> {
  return {
    view: 'translate',
    commands: { showTranslatedImages: (target) => chooseConceptTarget(services, target) },
    title: ({ concept }) =>
      concept === undefined ? vscode.l10n.t('Translate') : vscode.l10n.t('Translate: {0}', concept),
    key: ({ project, concept }) => JSON.stringify([project, concept]),
    // The engine reads them: large ones never reach the page whole.
    pictureFolders: () => [],
    target: conceptTarget,
    attach: (connection, target) => attach(services, connection, target),
  };
}

function attach(services: Services, connection: PanelConnection, target: TranslateTarget): void {
  const { project } = target;
  const engine = services.engine.requests;
  warmEngine(services, target, 'translation');
  followChoices(services, connection, translateView, target, () =>
    weightsChoices(services, project, 'translation'),
  );
  connection.onRequest(translateView.testImages, async (request) => {
    const { testImages } = await engine.request('translations', { project, ...request });
    return testImages.map((file) => ({ name: basename(file), file }));
  });
  connection.onRequest(translateView.thumbnail, async (request) => {
    const { image } = await engine.request('thumbnail', { project, ...request, side: THUMBNAIL_SIDE });
    return decode(image);
  });
  connection.onRequest(translateView.translate, async (request) => {
    const result = await engine.request('translate', { project, ...request });
    const { source, translated, target, ...rest } = result;
    return {
      ...rest,
      source: decode(source),
      translated: decode(translated),
      ...(target !== undefined && { target: decode(target) }),
    };
  });
  const shown = new ShownAreas(services.engine.requests);
  connection.closeWithPanel(shown);
  connection.onRequest(translateView.area, async ({ side, ...request }) => {
    const { image, isExact } = await shown.request(side, { project, ...request });
    return { image: decode(image), isExact };
  });
  connection.onRequest(translateView.denoise, async (request) => {
    const { file, seconds, device } = await engine.request('denoise', { project, ...request });
    return { weights: file, seconds, device };
  });
  connection.onRequest(translateView.chooseImage, () => chooseImage(services));
  connection.onRequest(translateView.giveImage, (image) => takeImage(services, project, image));
  connection.onRequest(translateView.saveTranslation, (request) =>
    saveTranslation(services, project, request),
  );
  connection.onRequest(translateView.save, (request) => saveFile(project, request));
}

function decode(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
