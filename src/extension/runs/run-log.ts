import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { RUN_FILES } from '../../protocol/run.ts';
import type { Run } from './run-state.ts';

/** Opens the engine's log of a run, or its events if it was started from a terminal, which shows the log instead. */
export async function showRunLog(run: Run): Promise<void> {
  const log = join(run.folder, RUN_FILES.log);
  const file = existsSync(log) ? log : join(run.folder, RUN_FILES.events);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
}
