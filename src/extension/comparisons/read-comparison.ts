import * as vscode from 'vscode';
import { readText } from '../../project/disk/regular-file.ts';
import { UserError } from '../../project/user-error.ts';
import type { SavedComparison } from '../../protocol/comparison.ts';
import { comparisonFile, type Evaluation } from '../runs/evaluations.ts';
import { parseComparison } from './parse-comparison.ts';

/**
 * Reads the measurements of an evaluation.
 * @throws UserError that names the file if it is missing, damaged or not a comparison
 */
export async function readComparison(evaluation: Evaluation): Promise<SavedComparison> {
  const file = comparisonFile(evaluation);
  const again = vscode.l10n.t('Evaluate the concept again.');
  let text: string;
  try {
    text = await readText(file, again);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? vscode.l10n.t('{0} is missing.', file) : message;
    throw new UserError('damaged-file', `${reason} ${again}`);
  }
  const parsed = parseComparison(text, evaluation.run.record.stage);
  if ('comparison' in parsed) return parsed.comparison;
  const reason =
    parsed.problem.kind === 'damaged'
      ? vscode.l10n.t('{0} is damaged: {1}.', file, parsed.problem.detail)
      : vscode.l10n.t(
          '{0} does not contain a comparison that this version can show: {1}.',
          file,
          parsed.problem.detail,
        );
  throw new UserError('damaged-file', `${reason} ${again}`);
}
