import { CST, Lexer } from 'yaml';
import type { ProblemText } from '../problem.ts';

/**
 * The largest file that is read, in bytes. Configs have a few kilobytes; a list of 3,000 concept names still fits. The YAML
 * parser's time grows faster than the text; at this size, the worst text takes a fraction of a second.
 */
export const MAX_FILE_BYTES = 64 * 1024;
/** The deepest nesting of lists and mappings; the schemas need 7. */
export const MAX_DEPTH = 32;
/** The largest number of aliases (`*name`) in one file, and the factor by which they may multiply its content. */
export const MAX_ALIASES = 100;

/** The token at which a text exceeds a limit. */
interface Excess {
  offset: number;
  length: number;
  problem: ProblemText;
}

/**
 * Finds the place at which a text is nested too deep or has too many aliases. It only looks at the tokens: building a tree
 * of hostile depth would exhaust the stack.
 */
export function findExcess(text: string): Excess | undefined {
  let offset = 0;
  let flowDepth = 0;
  let indicatorsInLine = 0;
  let aliases = 0;
  let scalarFollows = false;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    const isMarker = token === CST.SCALAR || token === CST.DOCUMENT || token === CST.FLOW_END;
    if (token === CST.SCALAR) {
      scalarFollows = true;
      continue;
    }
    if (isMarker) continue;
    if (scalarFollows) {
      scalarFollows = false;
      offset += token.length;
      continue;
    }
    if (type === 'flow-map-start' || type === 'flow-seq-start') flowDepth++;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') flowDepth--;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind')
      indicatorsInLine++;
    else if (type === 'newline') indicatorsInLine = 0;
    else if (type === 'alias') aliases++;
    if (flowDepth > MAX_DEPTH || (flowDepth === 0 && indicatorsInLine > MAX_DEPTH)) {
      return { offset, length: token.length, problem: TOO_DEEP };
    }
    if (aliases > MAX_ALIASES) {
      const problem: ProblemText = {
        kind: 'too-large',
        message: `There are more than ${MAX_ALIASES} aliases (*name).`,
        remedy: 'Write out the values.',
      };
      return { offset, length: token.length, problem };
    }
    offset += token.length;
  }
  return undefined;
}

export const TOO_DEEP: ProblemText = {
  kind: 'too-large',
  message: `Lists and mappings are nested more than ${MAX_DEPTH} deep.`,
  remedy: 'No key needs to be nested that deep; remove brackets or indentation.',
};
