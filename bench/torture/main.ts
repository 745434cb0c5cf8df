/**
 * Campaigns against the program: npm run torture -- --help
 * Kills, full disks, read-only folders, damaged files and malformed messages (docs/reliability.md). What is drawn depends
 * on the seed alone. Ends with a table, and with status 1 if anything was found.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damageCampaign } from './damage.ts';
import { fullDiskCampaign } from './disk-full.ts';
import { requireEngine } from './engine.ts';
import { type Options, readOptions } from './forms.ts';
import { killsCampaign } from './kills.ts';
import { readOnlyCampaign } from './read-only.ts';
import { makeReference, type StageReference } from './reference.ts';
import { summaryTable, type Tally, verdict } from './tally.ts';
import { workersCampaign } from './workers.ts';
import { suiteCases } from './yaml-subject.ts';

/** Faults of a campaign that are listed; more are nearly always of the same kind. */
const LISTED = 20;

const say = (line: string) => console.log(line);

function sayFaults({ faults }: Tally): void {
  for (const fault of faults.slice(0, LISTED)) say(`  ${fault}`);
  const more = faults.length - LISTED;
  if (more > 0) say(`  and ${more} more`);
}

async function run({ form, seed, campaigns, jobs, onlyStages }: Options): Promise<Tally[]> {
  requireEngine();
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'dnw-torture-'));
  say(`seed ${seed}, in ${scratch}`);
  const wants = (name: Options['campaigns'][number]) => campaigns.includes(name);
  const tallies: Tally[] = [];
  const done = (tally: Tally) => {
    tallies.push(tally);
    sayFaults(tally);
  };
  const damage = async (subject: string, inputs: number) =>
    done(await damageCampaign({ subject, inputs, seed, scratch, say }));

  if (wants('mutations')) {
    await damage('yaml', form.yaml);
    await damage('safetensors', form.safetensors);
    await damage('pictures', form.pictures);
    await damage('run-folders', form.runFolders);
    await damage('messages', form.messages);
  }
  if (wants('yaml-suite')) await damage('yaml-suite', (await suiteCases()).length);
  let references: StageReference[] = [];
  if (wants('kills') || wants('disk-full') || wants('read-only')) {
    references = await makeReference(scratch, say);
  }
  const { fullPerStage: perStage, calls, mountedPerStage, kills } = form;
  const chosen = references.filter(
    ({ entry }) => onlyStages.length === 0 || onlyStages.includes(entry.stage),
  );
  if (wants('disk-full')) {
    done(await fullDiskCampaign(chosen, { scratch, seed, perStage, calls, mountedPerStage, jobs, say }));
  }
  if (wants('read-only')) done(await readOnlyCampaign(chosen, { scratch, seed, say }));
  if (wants('kills')) done(await killsCampaign(references, { scratch, seed, kills, jobs, say }));
  if (wants('workers')) done(await workersCampaign({ scratch, seed, kills: form.workerKills, say }));
  const failed = tallies.some((tally) => verdict(tally) === 'FAILED');
  // What a fault has left is for looking into.
  if (failed) say(`The folders of what failed are kept in ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
  return tallies;
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (typeof options === 'string') return say(options);
  const begun = performance.now();
  const tallies = await run(options);
  say(`\n${summaryTable(tallies)}`);
  // Again: by now, what was said of them is far above.
  for (const tally of tallies) sayFaults(tally);
  say(`\nseed ${options.seed}, ${Math.round((performance.now() - begun) / 1000)} s`);
  if (tallies.some((tally) => verdict(tally) === 'FAILED')) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
