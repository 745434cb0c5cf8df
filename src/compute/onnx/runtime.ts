/** ONNX Runtime, loaded so that it reports nothing to anybody. Nothing else loads it. */
import { createRequire } from 'node:module';
import type * as Runtime from 'onnxruntime-node';

// Its library collects events on disk and sends them to its maker, unless this is set before the first session.
process.env.ORT_DISABLE_TELEMETRY = '1';

// Not imported: a bundler would run the import before the line above.
export const ort: typeof Runtime = createRequire(import.meta.url)('onnxruntime-node');
