/** Maximum number of paths that a text gives for each reason. */
const MAX_NAMED = 3;

/** Entries of folders that systems, editors and servers write next to the user's own. Names are compared without case. */
const OF_OTHERS: ReadonlyMap<string, string> = new Map([
  ...['@eaDir', '#recycle', '#snapshot', '@Recycle', '@Recently-Snapshot', '@tmp'].map(
    (name) => [name, 'it belongs to a file server'] as const,
  ),
  ...['Thumbs.db', 'ehthumbs.db', 'desktop.ini', '$RECYCLE.BIN', 'System Volume Information'].map(
    (name) => [name, 'it belongs to Windows'] as const,
  ),
  ...['__MACOSX', 'Icon\r', 'Network Trash Folder', 'Temporary Items'].map(
    (name) => [name, 'it belongs to macOS'] as const,
  ),
  ...['__pycache__', 'node_modules', 'lost+found'].map(
    (name) => [name, 'it belongs to another program'] as const,
  ),
]);
const BY_FOLDED_NAME = new Map([...OF_OTHERS].map(([name, reason]) => [name.toLowerCase(), reason]));

/** An entry that was not taken, and the reason in words that follow a colon. */
export interface PassedOver {
  /** Absolute path. */
  readonly file: string;
  readonly reason: string;
}

/**
 * Why whatever scans a folder passes over an entry with this name; undefined if it takes it. This is the only list of what
 * scanning ignores, for files and folders alike: names that begin with a dot (hidden files, `._photo.jpg` of macOS,
 * `.ipynb_checkpoints`, `.#x.yaml` of editors) and names that systems and servers use. A path that the user wrote is
 * never passed over.
 */
export function whyPassedOver(name: string): string | undefined {
  if (name.startsWith('.')) return 'hidden: its name begins with a dot';
  return BY_FOLDED_NAME.get(name.toLowerCase());
}

/** The names that scanning takes, in their order. */
export function namesTaken(names: readonly string[]): string[] {
  return names.filter((name) => whyPassedOver(name) === undefined);
}

/** What was passed over and why, in words that end a sentence; undefined if nothing was. */
export function passedOverText(entries: readonly PassedOver[]): string | undefined {
  const byReason = new Map<string, string[]>();
  for (const { file, reason } of entries) {
    const files = byReason.get(reason);
    if (files) files.push(file);
    else byReason.set(reason, [file]);
  }
  const texts = [...byReason].map(([reason, files]) => {
    const more = files.length - MAX_NAMED;
    return `${files.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''} (${reason})`;
  });
  return texts.length > 0 ? texts.join('; ') : undefined;
}
