import { ensureChromium } from '../setup/chromium.mjs';
import { ensureWorkbench } from '../setup/workbench.mjs';

/** @type {Promise<Record<string, string>> | undefined} */
let environment;

/**
 * Sets up what drives a real workbench, once per process.
 * @returns environment variables with the locations, for test/workbench/locations.ts
 */
export function workbenchEnvironment() {
  environment ??= setUp();
  return environment;
}

async function setUp() {
  const { node, server } = await ensureWorkbench();
  return { CHROMIUM: await ensureChromium(), DNW_TEST_SERVER: server, DNW_TEST_SERVER_NODE: node };
}

/** @type {Promise<string> | undefined} */
let packed;

/** The same with the packaged extension to install, built once per process. */
export async function packedWorkbenchEnvironment() {
  const env = await workbenchEnvironment();
  // Imported only now because packaging needs the dependencies.
  const { packageExtension } = await import('../package.mjs');
  packed ??= packageExtension('linux-x64');
  return { ...env, DNW_TEST_VSIX: await packed };
}
