const vscode = require('vscode');

/** Asks for a tool and its input as one JSON object, calls it, and shows its answer or its error. */
async function call() {
  const { tool, input } = JSON.parse(await vscode.window.showInputBox({ prompt: 'Tool and input as JSON' }));
  try {
    const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
    void vscode.window.showInformationMessage(`Answer: ${content.map(({ value }) => value).join('')}`);
  } catch (error) {
    void vscode.window.showInformationMessage(`No answer: ${error.message}`);
  }
}

exports.activate = ({ subscriptions }) =>
  subscriptions.push(vscode.commands.registerCommand('toolCaller.call', call));
