import { sep } from 'node:path';

const QUOTES = '“”„‟‘’‚«»';
const IN_QUOTES = new RegExp(`^[${QUOTES}](.*?)[${QUOTES}]?$`);

/** Why a path that names nothing is not read as it was meant. */
export interface MistakenPath {
  /** Sentences that say what is wrong and what to do. */
  readonly remedy: string;
  /** The path that was meant, if that is clear. */
  readonly meant?: string;
}

/** A mistake in how a path is written, rather than in which file it names; undefined if none is known. */
export function mistakenPath(written: string): MistakenPath | undefined {
  const [, unquoted] = IN_QUOTES.exec(written) ?? [];
  if (unquoted) {
    return {
      remedy: `Typographic quotes count as part of the name. Use straight quotes or none: "${unquoted}".`,
      meant: unquoted,
    };
  }
  if (/^~(?:[\\/]|$)/.test(written)) {
    return { remedy: 'A ~ is not expanded. Write out the path of your home folder.' };
  }
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(written)) {
    return {
      remedy: 'Only files are read, not web addresses. Download it, and give its path on this machine.',
    };
  }
  if (sep === '/' && written.includes('\\')) {
    const meant = written.replace(/\\+/g, '/');
    return { remedy: `A \\ does not separate folders here. Write "${meant}".`, meant };
  }
  return undefined;
}

const DENIED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM']);

/** What to do if the system does not let a path be read; undefined if the system's code says something else. */
export function permissionRemedy(code: unknown): string | undefined {
  return DENIED.has(code)
    ? 'Check the permissions: it and the folders above it have to be readable.'
    : undefined;
}
