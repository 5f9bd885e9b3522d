/** `towline pin`, `unpin`: a device keeps a release of its own, which no rollout moves. */
import type { Command } from 'commander';
import { verbFor } from '../../core/change/device-edits.ts';
import { type Pin, pinEdits, releaseBeneath, unpinEdits, untilOf } from '../../core/change/pin.ts';
import { reasonOption } from '../../core/change/typed-text.ts';
import { someOf } from '../../core/some-of.ts';
import { changeDevices } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { selectorOption } from '../desk/selector-option.ts';

interface PinOptions extends ChangeOptions {
  readonly until?: string;
  readonly reason?: string;
}

async function pin(
  [device, app, release]: readonly [device: string, app: string, release: string | undefined],
  { until, reason, ...options }: PinOptions,
  signal: AbortSignal,
): Promise<void> {
  const why = {
    ...(until === undefined ? {} : { until: untilOf(until, Date.now()) }),
    ...(reason === undefined ? {} : { reason: reasonOption(reason) }),
  };
  let pinned: Pin | undefined;
  const nowMs = Date.now();
  const edits = pinEdits({ device, app, release, ...why, nowMs }, pin => {
    pinned = pin;
  });
  const { made } = await changeDevices({ ...edits, options, verb: `pin-${app}` }, signal);
  const end = why.until === undefined ? 'until `towline unpin`' : `until ${why.until}`;
  sayMade(made, {
    json: options.json === true,
    done: `${device} keeps ${app} ${pinned?.release} ${end}`,
    already: `${device} has that pin already: ${app} ${pinned?.release}`,
    fields: { device, app, pin: pinned },
  });
}

interface UnpinOptions extends ChangeOptions {
  readonly selector?: string;
}

async function unpin(
  words: readonly string[],
  { selector, ...options }: UnpinOptions,
  signal: AbortSignal,
): Promise<void> {
  const app = words.at(-1) ?? '';
  const devices = words.slice(0, -1);
  const { made, chosen, passedOver, changed, fleet } = await changeDevices(
    { ...unpinEdits({ devices, selector, app, nowMs: Date.now() }), options, verb: `unpin-${app}` },
    signal,
  );
  const after = changed.map(id => ({ device: id, release: releaseBeneath(fleet, id, app) }));
  sayMade(made, {
    json: options.json === true,
    done: `${someOf(changed)} ${verbFor(changed, 'has', 'have')} ${app} as groups and the fleet give it`,
    already: `nothing pins ${app} on ${someOf(chosen)}`,
    fields: { app, devices: after, passedOver },
    notes: [
      ...after.map(({ device, release }) => `${device}: ${app} ${release}`),
      ...passedOver.map(id => `${id} keeps its own: nobody else gives it a release of ${app}`),
    ],
  });
}

export function registerPin(command: Command, stop: Stop): void {
  command
    .argument('<device>', 'id of the device')
    .argument('<app>', 'name of the app')
    .argument('[release]', 'which it keeps (default: the one that it is to have now)')
    .option('--until <time>', 'when the pin ends: an instant, a date, or how long from now, such as 14d')
    .option('--reason <text>', 'why: it stands in the file, and wherever pins are listed');
  changeOptions(command)
    .addHelpText(
      'after',
      examples([
        ['towline pin pump-4 hello --until 14d --reason "INC-42"', 'it keeps what it has, for two weeks'],
        ['towline pin pump-4 hello 1.0.0', 'an older one, until it is unpinned'],
      ]),
    )
    .action((device: string, app: string, release: string | undefined, options: PinOptions) =>
      pin([device, app, release], options, stop()),
    );
}

export function registerUnpin(command: Command, stop: Stop): void {
  command.argument('<words...>', 'ids of devices, and the app').addOption(selectorOption());
  changeOptions(command)
    .addHelpText(
      'after',
      examples([
        ['towline unpin pump-4 hello', 'it goes with the others again'],
        ['towline unpin -l all hello --yes', 'nobody keeps a release of their own'],
      ]),
    )
    .action((words: string[], options: UnpinOptions) => unpin(words, options, stop()));
}
