import { Disposable, type Event, type ExtensionContext, Uri } from 'vscode';
import {
  DidChangeWatchedFilesNotification,
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from 'vscode-languageclient/node';
import { TROUBLESHOOTING_FILE } from '../../protocol/troubleshooting.ts';
import type { InitializationOptions } from './initialization-options.ts';
import { LANGUAGE_IDS } from './language-ids.ts';
import { ShownDiagnostics } from './shown-diagnostics.ts';

/** Id of the client, from which its library derives the setting `denoisedWeights.trace.server`. */
const CLIENT_ID = 'denoisedWeights';

/**
 * Starts the language server of the two YAML languages, in a process of its own.
 * @param configsChanged configs on disk have changed
 * @returns a disposable that stops the server
 */
export async function startLanguageClient(
  context: ExtensionContext,
  configsChanged: Event<void>,
): Promise<{ dispose(): Promise<void> }> {
  const module = context.asAbsolutePath('dist/language-server.cjs');
  const server: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6019'] } },
  };
  const diagnostics = new ShownDiagnostics();
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGE_IDS.map((language) => ({ language })),
    initializationOptions: {
      troubleshooting: Uri.file(context.asAbsolutePath(TROUBLESHOOTING_FILE)).toString(),
    } satisfies InitializationOptions,
    middleware: {
      handleDiagnostics: (uri, found, next) => next(uri, diagnostics.of(uri, found)),
    },
  };
  const client = new LanguageClient(CLIENT_ID, 'Denoised Weights Language', server, options);
  await client.start();
  // Whichever file changed, the server rereads the projects of the open documents.
  const following = Disposable.from(
    configsChanged(() => client.sendNotification(DidChangeWatchedFilesNotification.type, { changes: [] })),
    diagnostics.follow(client.diagnostics!),
  );
  return {
    dispose: async () => {
      following.dispose();
      await client.dispose();
    },
  };
}
