// A suite whose third test blocks its process for good.
import { eventsVariable, writeEvent } from '../../../scripts/test/events.mjs';

const report = (event) => writeEvent(process.env[eventsVariable], { file: 'colors.test.ts', ...event });
report({ type: 'planned', tests: 4 });
report({ type: 'started', title: 'red' });
report({ type: 'passed', title: 'red', ms: 12 });
report({ type: 'started', title: 'green' });
report({ type: 'failed', title: 'green', ms: 3, error: 'Error: it is yellow' });
report({ type: 'started', title: 'blue' });
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
