function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run these tests with \`npm test -- host e2e\`, which sets it`);
  return value;
}

/** Where scripts/test.mjs put the programs that these tests run. */
export const locations = {
  /** npm starts every script in the repository's root. */
  repository: () => process.cwd(),
  /** The VS Code server's script, and the Node.js that runs it and the extension host. */
  server: () => fromEnvironment('DNW_TEST_SERVER'),
  serverNode: () => fromEnvironment('DNW_TEST_SERVER_NODE'),
  /** The packaged extension. */
  vsix: () => fromEnvironment('DNW_TEST_VSIX'),
};
