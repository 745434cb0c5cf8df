/** What the editor tells the language server at its start; another editor may leave it out. */
export interface InitializationOptions {
  /** URI of docs/troubleshooting.md, which problems link to. */
  readonly troubleshooting?: string;
}
