import * as vscode from 'vscode';
import type { SavedTranslation, SaveTranslationRequest } from '../../../protocol/webview/translate.ts';
import type { Services } from '../../services.ts';

/**
 * Asks where to save a translation, suggesting the project's folder, and has the engine write it there.
 * @returns undefined if the user dismissed the dialog, or canceled the work
 * @throws if the file cannot be written, or must not be
 */
export async function saveTranslation(
  { engine }: Services,
  project: string,
  { name, ...request }: SaveTranslationRequest,
): Promise<SavedTranslation | undefined> {
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(project), name),
    filters: { PNG: ['png'], JPEG: ['jpg', 'jpeg'], WebP: ['webp'] },
  });
  if (uri === undefined) return undefined;
  const output = uri.fsPath;
  await engine.opened.choose(output);
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Translating {0}', name),
      cancellable: true,
    },
    async (progress, token) => {
      let before = 0;
      try {
        const { width, height } = await engine.requests.request(
          'saveTranslation',
          { project, ...request, output },
          token,
          ({ done }) => {
            progress.report({ increment: 100 * (done - before) });
            before = done;
          },
        );
        return { file: output, width, height };
      } catch (error) {
        if (token.isCancellationRequested) return undefined;
        throw error;
      }
    },
  );
}
