import { ensureChromium } from '../setup/chromium.mjs';
import { ensureWorkbench } from '../setup/workbench.mjs';

/** Sets up what drives a real workbench and says where it is, as test/workbench/locations.ts reads it. */
export async function workbenchEnvironment() {
  const { node, server } = await ensureWorkbench();
  return { CHROMIUM: await ensureChromium(), DNW_TEST_SERVER: server, DNW_TEST_SERVER_NODE: node };
}

/** @type {Promise<string> | undefined} */
let packed;

/** The same with the extension packed, once a process, to be installed into it. */
export async function packedWorkbenchEnvironment() {
  const env = await workbenchEnvironment();
  // Only now: packing needs the dependencies.
  const { packageExtension } = await import('../package.mjs');
  packed ??= packageExtension('linux-x64');
  return { ...env, DNW_TEST_VSIX: await packed };
}
