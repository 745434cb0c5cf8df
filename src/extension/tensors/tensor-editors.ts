import * as vscode from 'vscode';
import type { TensorsTarget } from '../../protocol/webview/tensors.ts';
import { COMMANDS, CUSTOM_EDITORS } from '../identifiers.ts';
import { showPage } from '../panels/show-page.ts';
import { registerCommand } from '../register-command.ts';
import type { Services } from '../services.ts';
import type { TensorDocument } from './tensor-document.ts';

/** Read-only editors for safetensors files of any origin. */
export class TensorEditors implements vscode.CustomReadonlyEditorProvider<TensorDocument> {
  private readonly documents = new Map<string, TensorDocument>();
  private readonly opened = new vscode.EventEmitter<TensorDocument>();
  /** Fires when a document has been opened and its header has been read. */
  readonly onDidOpen = this.opened.event;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly services: Services,
  ) {}

  async openCustomDocument(uri: vscode.Uri): Promise<TensorDocument> {
    const key = uri.toString();
    const { TensorDocument } = await import('./tensor-document.ts');
    const document = new TensorDocument(this.services, uri, () => this.documents.delete(key));
    this.documents.set(key, document);
    await document.read();
    this.opened.fire(document);
    return document;
  }

  async resolveCustomEditor(document: TensorDocument, panel: vscode.WebviewPanel): Promise<void> {
    const { PanelConnection } = await import('../panels/panel-connection.ts');
    const { tensorsView } = await import('../../protocol/webview/tensors.ts');
    const connection = new PanelConnection(panel, this.services.log);
    const target: TensorsTarget = { file: document.uri.fsPath };
    connection.onConnect(tensorsView.connect, target, () => document.state);
    connection.closeWithPanel(
      document.onDidChangeState((state) => connection.notify(tensorsView.stateChanged, state)),
      document.onDidUpdate((update) => connection.notify(tensorsView.updated, update)),
    );
    connection.onRequest(tensorsView.histogram, ({ tensor, bins }) => document.histogram(tensor, bins));
    connection.onRequest(tensorsView.scan, () => void document.scan());
    connection.onRequest(tensorsView.compare, async () => {
      const second = await chooseSecond(document.uri);
      if (second !== undefined) void document.compare(second);
    });
    connection.onRequest(tensorsView.endComparison, () => document.endComparison());
    connection.onAction(() => undefined);
    showPage(panel, this.extension, 'tensors', document.uri.path.split('/').at(-1)!);
  }

  /** The open document of a file. */
  documentOf(uri: vscode.Uri): TensorDocument | undefined {
    return this.documents.get(uri.toString());
  }

  /** Opens the first file and compares it with the second. */
  async compare(first: vscode.Uri, second: vscode.Uri): Promise<void> {
    await vscode.commands.executeCommand('vscode.openWith', first, CUSTOM_EDITORS.tensors);
    await this.documentOf(first)?.compare(second);
  }
}

export function registerTensorEditors(context: vscode.ExtensionContext, services: Services): TensorEditors {
  const editors = new TensorEditors(context.extensionUri, services);
  context.subscriptions.push(
    vscode.window.registerCustomEditorProvider(CUSTOM_EDITORS.tensors, editors, {
      supportsMultipleEditorsPerDocument: true,
    }),
  );
  registerCommand(context, services.log, COMMANDS.compareTensors, async (target, selected) => {
    const first = target instanceof vscode.Uri ? target : activeTensorFile();
    if (first === undefined) return;
    const second = otherOf(first, selected) ?? (await chooseSecond(first));
    if (second !== undefined) await editors.compare(first, second);
  });
  return editors;
}

function activeTensorFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === CUSTOM_EDITORS.tensors
    ? input.uri
    : undefined;
}

/** Among two files selected in the explorer, the one that the command was not called on. */
function otherOf(first: vscode.Uri, selected: unknown): vscode.Uri | undefined {
  if (!Array.isArray(selected) || selected.length !== 2) return undefined;
  return selected.find((uri) => uri instanceof vscode.Uri && uri.toString() !== first.toString());
}

async function chooseSecond(first: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Select a file to compare {0} with', first.path.split('/').at(-1)!),
    defaultUri: vscode.Uri.joinPath(first, '..'),
    filters: { Safetensors: ['safetensors'] },
  });
  return chosen?.[0];
}
