import { type Document, isScalar, LineCounter, parseDocument } from 'yaml';
import { byPosition, makeProblem, type ProblemText } from '../problem.ts';
import { commaNumbers } from './comma-numbers.ts';
import { rejectedDocument, YamlDocument } from './document.ts';
import { findExcess, MAX_ALIASES, MAX_FILE_BYTES } from './limits.ts';
import { toRange } from './source-text.ts';
import { syntaxProblems } from './syntax-text.ts';
import { treeProblems } from './tree-problems.ts';

/**
 * Parses YAML text, such as an unsaved editor document. No content makes it throw, and hostile content takes little time:
 * depth and aliases are counted before the tree is built, and equal keys are found without comparing all pairs.
 * @param file absolute path, for the problems
 */
export function parseYaml(file: string, text: string): YamlDocument {
  const rejected = refuse(file, text);
  if (rejected) return rejected;

  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Comparing each key with all others takes quadratic time; `treeProblems` finds equal keys with a set.
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'error',
  });
  if (lines.lineStarts.length === 0) lines.addNewLine(0);
  const problems = syntaxProblems(file, text, lines, [...document.errors, ...document.warnings]);
  const sound = document.errors.every((error) => error.code === 'MULTIPLE_DOCS');
  // The broken tree still has positions, which completion and hover need.
  if (!sound) return new YamlDocument(file, text, lines, { document, problems: problems.sort(byPosition) });

  const tree = [...commaNumbers(document, text), ...treeProblems(document, text)];
  problems.push(
    ...tree.map(({ range, ...problem }) => makeProblem(file, toRange(lines, ...range), problem.key, problem)),
  );
  const ofWholeFile = (problem: ProblemText) =>
    problems.push(makeProblem(file, toRange(lines, 0, 0), '', problem));
  if (isEmpty(document)) {
    ofWholeFile({
      kind: 'syntax',
      message: 'The file is empty.',
      remedy: 'Begin with a key; completion (Ctrl+Space) lists the keys and templates.',
    });
  }
  const convertible = document.contents !== null && !tree.some((problem) => problem.fatal);
  let value: unknown;
  if (convertible) {
    try {
      value = document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      // The library's guard against aliases that multiply each other.
      if (!(error instanceof ReferenceError)) throw error;
      ofWholeFile({
        kind: 'too-large',
        message: `The aliases (*name) repeat content more than ${MAX_ALIASES} times.`,
        remedy: 'Write out the values.',
      });
    }
  }
  return new YamlDocument(file, text, lines, {
    document,
    value: value ?? undefined,
    problems: problems.sort(byPosition),
  });
}

/** The document of a text that must not be given to the parser; undefined for any other text. */
function refuse(file: string, text: string): YamlDocument | undefined {
  if (text.length > MAX_FILE_BYTES) {
    return rejectedDocument(file, '', 0, 0, {
      kind: 'too-large',
      message: `The file has ${text.length} characters; at most ${MAX_FILE_BYTES} are read.`,
      remedy: 'Remove everything that is not configuration, or split the file.',
    });
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    return rejectedDocument(file, text, nul, nul + 1, {
      kind: 'encoding',
      message: 'The text contains a NUL character.',
      remedy: 'This may be a binary file; remove the character if it is not.',
    });
  }
  const excess = findExcess(text);
  if (!excess) return undefined;
  return rejectedDocument(file, text, excess.offset, excess.offset + excess.length, excess.problem);
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}
