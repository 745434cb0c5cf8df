#!/usr/bin/env node
import { main } from './main.ts';

await main(process.argv, async () => (await import('../pipeline/stages.ts')).STAGE_FUNCTIONS);
