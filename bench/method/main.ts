/** Measures the whole method against its references: npm run bench -- method [--quick] */
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { ablate } from './ablate.ts';
import {
  collectAlternatives,
  collectCases,
  collectGenerators,
  collectTiming,
  collectZoos,
} from './collect.ts';
import { Crew } from './crew.ts';
import { readOptions } from './options.ts';
import { planFor } from './plan.ts';
import { writeProject } from './project.ts';
import { sweepFineTuning, sweepReference } from './sweep.ts';
import { writeReport } from './write-report.ts';

const options = readOptions();
const plan = planFor(options);
const { output, project } = plan;
mkdirSync(output, { recursive: true });
await writeProject(project, plan.scale, options.photographs && resolve(options.photographs));
const program = join(import.meta.dirname, 'worker.mjs');
const crew = new Crew(join(output, 'units'), [program, project, join(output, 'runs'), '1'], options.jobs);

const zoos = await collectZoos(crew, plan);
const generators = await collectGenerators(crew, plan);
const reference = await sweepReference(crew, plan);
const fineTuning = await sweepFineTuning(crew, plan);
const { ours } = fineTuning;
const cases = await collectCases(crew, plan, fineTuning, reference);
const alternatives = await collectAlternatives(crew, plan);
const ablations = plan.ablations ? await ablate(crew, plan, ours, cases) : [];
const milliseconds = await collectTiming(crew, plan, ours, reference);
crew.dispose();

const { standard, tuned, muon } = reference;
await writeReport(
  {
    scale: plan.label,
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown processor',
    seeds: plan.seeds,
    distances: plan.distances,
    concepts: plan.concepts.map(({ name, prompt, role, distance }) => ({ name, prompt, role, distance })),
    cases,
    settings: { ours, fresh: fineTuning.fresh, standard, tuned, muon },
    sweeps: { ...fineTuning.sweeps, ...reference.sweeps },
    milliseconds,
    zoos,
    generators,
    alternatives,
    ablations,
  },
  output,
  options.docs,
);
