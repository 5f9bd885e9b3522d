/** How verbs wait for a tunnel, and what they say of it. */

import type { DeviceAtMain } from '../../../core/change/tunnel/device-at.ts';
import { durationOption } from '../../../core/change/typed-text.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import { remembered } from '../../desk/remembered.ts';
import type { WaitOptions } from '../change/options.ts';
import { type Arrival, arrival, assertAsked, type Watched } from './arrival.ts';
import { gatewayAddress } from './gateway-word.ts';

export type Waiting = Pick<Watched, 'repo' | 'address' | 'longestMs'> & { readonly telemetry?: string };

/** Asked before anything is pushed. @throws TowlineError CLI_USAGE */
export async function waitingOf(options: WaitOptions, remote: string): Promise<Waiting> {
  const { repo, wait, waitFor } = options;
  const longestMs = durationOption('--wait-for', waitFor);
  const telemetry = options.telemetry ?? (await remembered(repo, 'telemetry'));
  const address = await gatewayAddress(options, remote);
  if (wait) assertAsked({ address, device: telemetry === undefined ? undefined : noDevice });
  return { repo, address, longestMs, ...(telemetry === undefined ? {} : { telemetry }) };
}

const noDevice = { place: '', device: '', fleet: '', sshKey: undefined };

export interface Wanted {
  readonly device: DeviceAtMain;
  readonly state: 'open' | 'closed';
  readonly until?: string | undefined;
  readonly commit: ObjectId;
}

export async function waitFor(
  { telemetry, ...waiting }: Waiting,
  { device, state, until, commit }: Wanted,
  progress: (words: string) => void,
  signal: AbortSignal,
): Promise<Arrival> {
  const { id, file, layers } = device;
  const fleet = layers.fleet.value.name;
  const question =
    telemetry === undefined ? undefined : { place: telemetry, device: id, fleet, sshKey: file.keys?.ssh };
  const awaited = { device: id, state, commit, ...(until === undefined ? {} : { until }) };
  return await arrival({ ...waiting, awaited, device: question, progress }, signal);
}
