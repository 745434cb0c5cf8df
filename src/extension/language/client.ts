import { type ExtensionContext, workspace } from 'vscode';
import {
  LanguageClient,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from 'vscode-languageclient/node';
import { LANGUAGE_IDS } from './language-ids.ts';

/** Id of the client: the setting `denoisedWeights.trace.server` goes by it. */
const CLIENT_ID = 'denoisedWeights';

/**
 * Starts the language server of the two YAML languages, in a process of its own.
 * @returns what stops it
 */
export async function startLanguageClient(context: ExtensionContext): Promise<{ dispose(): Promise<void> }> {
  const module = context.asAbsolutePath('dist/language-server.cjs');
  const server: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6019'] } },
  };
  const watcher = workspace.createFileSystemWatcher('**/*.{concept,training}.{yaml,yml}');
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGE_IDS.map((language) => ({ language })),
    synchronize: { fileEvents: watcher },
  };
  const client = new LanguageClient(CLIENT_ID, 'Denoised Weights Language', server, options);
  try {
    await client.start();
  } catch (error) {
    watcher.dispose();
    throw error;
  }
  return {
    dispose: async () => {
      watcher.dispose();
      await client.dispose();
    },
  };
}
