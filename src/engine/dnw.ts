#!/usr/bin/env node
import { main } from './main.ts';

await main(process.argv, async () => (await import('../pipeline/stages/all-stages.ts')).ALL_STAGES);
