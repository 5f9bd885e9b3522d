/** A tunnel that is opened for one visit, and closed again when nobody else is in. */
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { DeviceAtMain } from '../../core/change/tunnel/device-at.ts';
import type { LongTunnel } from '../../core/change/tunnel/opening.ts';
import type { Planned } from '../../core/change/tunnel/tunnel-intent.ts';
import { TowlineError } from '../../core/errors.ts';
import { timeWord } from '../../core/time-word.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { RemoteMain } from '../change/remote-main.ts';
import type { SshAddress } from '../desk/gateway-session.ts';
import type { TrustWalk } from '../trust/walk.ts';
import { planClosing, planOpening } from '../tunnel/change/tunnel-change.ts';
import { askTunnels } from '../tunnel/word/gateway-word.ts';

export interface OwnOpening {
  readonly device: DeviceAtMain;
  /** That opened it; undefined: it was open. */
  readonly commit: ObjectId | undefined;
  /** What was written. */
  readonly tunnel: LongTunnel | undefined;
  readonly until: string | undefined;
}

export interface Visit {
  readonly device: string;
  readonly mayOpen: boolean;
  readonly asked: Parameters<typeof planOpening>[2];
}

/** @throws TowlineError as the verb `tunnel open`; CLI_USAGE where it is closed and may not be opened */
export async function openFor(
  main: RemoteMain,
  { device, mayOpen, asked }: Visit,
  signal: AbortSignal,
): Promise<OwnOpening> {
  let planned: Planned | undefined;
  const plan = async (look: TrustWalk) => {
    planned = await planOpening(look, device, asked);
    if (planned.proposal !== undefined && !planned.stands && !mayOpen)
      throw new TowlineError('CLI_USAGE', `${device} is closed, and --no-open`);
    return planned.proposal;
  };
  const commit = await main.change(plan, signal).catch(async (error: unknown) => {
    // What was being pushed when it was stopped may have got there.
    if (signal.aborted && planned?.stands === false)
      await close(main, device, planned.proposal?.tunnel, AbortSignal.timeout(takeBackMs));
    throw error;
  });
  if (planned === undefined) throw new TowlineError('CLI_NO_SUCH_DEVICE', `there is no device "${device}"`);
  const { device: found, proposal, stands } = planned;
  const { untilMs } = found.merged;
  return {
    device: found,
    // Somebody else's opening is not ours to close, also where it was made longer.
    commit: stands ? undefined : commit,
    tunnel: proposal?.tunnel,
    until: proposal?.tunnel.until ?? (untilMs === undefined ? undefined : timeWord(untilMs)),
  };
}

/** The gateway has seen us go by then, milliseconds. */
const goneMs = 3000;
const lookMs = 300;
/** All of it together: after that it ends by its time. */
const takeBackMs = 60_000;

export interface Leaving {
  readonly main: RemoteMain;
  readonly address: SshAddress;
  readonly repo: string;
  readonly opening: OwnOpening;
}

/** @returns what is to be said of it. @throws TowlineError where it could not be closed */
export async function takeBack({ main, address, repo, opening }: Leaving): Promise<string> {
  const { device, tunnel, until } = opening;
  const signal = AbortSignal.timeout(takeBackMs);
  const others = await whoIsIn({ repo, address, device: device.id }, signal);
  if (others.length > 0)
    return `${device.id} stays open until ${until ?? 'it is closed'}: ${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} in`;
  const commit = await close(main, device.id, tunnel, signal);
  return commit === undefined
    ? `${device.id} is left as somebody else has set it meanwhile`
    : `closed ${device.id}: ${commit.slice(0, 12)}`;
}

/** Where it is as we left it. */
async function close(
  main: RemoteMain,
  device: string,
  tunnel: LongTunnel | undefined,
  signal: AbortSignal,
): Promise<ObjectId | undefined> {
  const asWeLeftIt = ({ file }: DeviceAtMain) => isDeepStrictEqual(file.tunnel, tunnel);
  return await main.change(async look => (await planClosing(look, device, asWeLeftIt)).proposal, signal);
}

/** Those who are still in when we have gone. A gateway that does not answer knows of nobody. */
async function whoIsIn(
  { repo, address, device }: { readonly repo: string; readonly address: SshAddress; readonly device: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const endMs = performance.now() + goneMs;
  for (;;) {
    const [word] = await askTunnels({ repo, address, devices: [device] }, signal).catch(() => []);
    const people = [...new Set(word?.people.map(({ operator }) => operator))];
    if (people.length === 0 || performance.now() > endMs) return people;
    await delay(lookMs, undefined, { signal });
  }
}
