/** `towline agents choose`: which of the listed versions the fleet, a group or a device runs. */
import type { Command } from 'commander';
import { type IntendedAgent, intendAgent } from '../../core/change/agent-choice.ts';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { untilOf } from '../../core/change/pin.ts';
import type { TargetOptions } from '../../core/change/targets.ts';
import { reasonOption } from '../../core/change/typed-text.ts';
import { TowlineError } from '../../core/errors.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { placeName, targetOptions } from '../change/targets.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';

interface ChooseOptions extends ChangeOptions, TargetOptions {
  readonly none?: boolean;
  readonly until?: string;
  readonly reason?: string;
}

async function choose(version: string | undefined, options: ChooseOptions, signal: AbortSignal) {
  if ((version === undefined) !== (options.none === true))
    throw new TowlineError('CLI_USAGE', 'which version? One that `towline agents list` has, or --none');
  const { until, reason } = options;
  const nowMs = Date.now();
  const pin = {
    ...(until === undefined ? {} : { until: untilOf(until, nowMs) }),
    ...(reason === undefined ? {} : { reason: reasonOption(reason) }),
  };
  const looks: IntendedAgent[] = [];
  const intend = async (at: FilesAt) => {
    const found = await intendAgent({ version, targets: options, pin, nowMs }, at, placeName(options));
    looks.push(found);
    return found.intent;
  };
  const made = await makeChange({ options, name: `agent-${version ?? 'none'}`, intend }, signal);
  const { targets, devices = [] } = looks.at(-1) ?? {};
  const words = targets?.words ?? '';
  const count = devices.length === 1 ? 'one device changes' : `${devices.length} devices change`;
  const what = version === undefined ? 'no agent is chosen' : `agent ${version} is chosen`;
  sayMade(made, {
    json: options.json === true,
    done: `${what} for ${words}: ${count}`,
    already: `that is so already: ${what} for ${words}`,
    fields: { version: version ?? null, devices },
    notes:
      targets?.kind === 'device' && version !== undefined
        ? ['In a device’s own file it is a pin: no rollout moves it (`--none` takes it away).']
        : [],
  });
}

export function registerAgentsChoose(agents: Command, stop: Stop): void {
  const command = agents
    .command('choose')
    .description('Say which version devices run, of those that root has listed: `agent:` in their files.')
    .argument('[version]', 'one that is listed: `towline agents list` shows them')
    .option('--none', 'take `agent:` out: wider files say it, else the device’s own packages')
    .option('--until <time>', 'of a device: when its pin ends: an instant, a date, or how long, such as 14d')
    .option('--reason <text>', 'of a device: why it has a version of its own');
  changeOptions(targetOptions(command))
    .addHelpText(
      'after',
      examples([
        ['towline agents choose 0.2.0 --group canary', 'those go ahead'],
        ['towline agents choose 0.2.0 --fleet --dry-run', 'what would change'],
        [
          'towline agents choose 0.1.0 --device pump-4 --until 14d --reason "INC-42"',
          'it goes back, and stays',
        ],
        ['towline agents choose --none --device pump-4', 'it goes with the others again'],
      ]),
    )
    .action((version: string | undefined, options: ChooseOptions) => choose(version, options, stop()));
}
