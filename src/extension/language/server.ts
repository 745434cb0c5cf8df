// The language server's process: src/extension/language/client.ts starts it (node IPC); any editor can with --stdio.
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serveLanguages } from './language-server.ts';

serveLanguages(createConnection(ProposedFeatures.all));
