import type { Command } from 'commander';
import type { DeviceName } from '../../compute/types.ts';
import { inertText } from '../../protocol/inert-text.ts';
import { commandOptions } from './options.ts';

/** `dnw devices`: the device that training would use on this machine, and why. */
export function addDevicesCommand(program: Command): void {
  program
    .command('devices')
    .summary('show which device training would use, and why')
    .description('Shows the device that training would use on this machine, and why the others are not used.')
    .addOption(commandOptions.device().default('auto'))
    .addOption(commandOptions.threads().default(0))
    .addOption(commandOptions.json('print one JSON object'))
    .addHelpText('after', '\nExamples:\n  $ dnw devices\n  $ dnw devices --device webgpu --json')
    .action(async (options: { device: DeviceName; threads: number; json?: boolean }) => {
      // Imported on demand because it loads native code.
      const { listDevices } = await import('../device-listing.ts');
      const listing = await listDevices(options.device, options.threads);
      if (options.json) {
        process.stdout.write(`${JSON.stringify(listing)}\n`);
        return;
      }
      const { selected, considered, versions } = listing;
      const lines = [
        `${selected.device} (${selected.executor}, ${selected.threads} threads): ${selected.reason}`,
        ...considered.filter(({ usable }) => !usable).map(({ device, reason }) => `not ${device}: ${reason}`),
        ...Object.entries(versions).map(([name, of]) => `${name} ${of}`),
      ];
      process.stdout.write(inertText(`${lines.join('\n')}\n`));
    });
}
