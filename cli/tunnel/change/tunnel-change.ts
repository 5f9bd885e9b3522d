/** The commits that open and close a tunnel. */

import { deviceCheck } from '../../../core/change/proposal-check.ts';
import {
  type AskedOpening,
  closingOf,
  isOpen,
  type LongTunnel,
  openingOf,
} from '../../../core/change/tunnel/opening.ts';
import { withTunnel } from '../../../core/change/tunnel/tunnel-text.ts';
import { formatDuration } from '../../../core/duration.ts';
import { TowlineError } from '../../../core/errors.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { Proposal } from '../../change/remote-main.ts';
import type { TrustWalk } from '../../trust/walk.ts';
import {
  allowWhenClosed,
  assertMayOpen,
  assertOperators,
  type DeviceAtMain,
  deviceAtMain,
} from './device-at-main.ts';

export interface TunnelProposal extends Proposal {
  readonly tunnel: LongTunnel;
}

/** What a look at main found, and what is to be done about it; nothing where all stands already. */
export interface Planned {
  readonly device: DeviceAtMain;
  readonly proposal: TunnelProposal | undefined;
  /** It was open before. */
  readonly stands: boolean;
}

const standingOf = ({ file, merged }: DeviceAtMain) => ({ own: file.tunnel, merged });

/** @throws TowlineError CLI_NO_SUCH_DEVICE, CLI_USAGE, TUNNEL_FILE; FleetProblems */
export async function planOpening(
  main: TrustWalk,
  id: string,
  asked: Omit<AskedOpening, 'untilMs'> & { readonly forMs?: number },
): Promise<Planned> {
  const device = await deviceAtMain(main, id);
  assertMayOpen(device);
  await assertOperators(main, asked.allow ?? []);
  const nowMs = Date.now();
  const { forMs, ...rest } = asked;
  const ask = forMs === undefined ? rest : { ...rest, untilMs: nowMs + forMs };
  const { maxDurationMs: maxMs } = device.merged;
  if (forMs !== undefined && forMs > maxMs) {
    const why = `\`tunnels.maxDuration\` of fleet.yaml is ${formatDuration(maxMs)}`;
    throw new TowlineError('CLI_USAGE', `--for ${formatDuration(forMs)} is too long: ${why}`);
  }
  const tunnel = openingOf(ask, standingOf(device), { nowMs, maxMs });
  const until = tunnel?.until ?? '';
  const why = tunnel?.reason === undefined ? '' : `: ${tunnel.reason}`;
  const proposal = proposed(device, tunnel, `Open the tunnel of ${id} until ${until}${why}`);
  return { device, proposal, stands: isOpen(standingOf(device), nowMs) };
}

/** @param fits whether what stands is what is to be closed */
export async function planClosing(
  main: TrustWalk,
  id: string,
  fits: (device: DeviceAtMain) => boolean = () => true,
): Promise<Planned> {
  const device = await deviceAtMain(main, id);
  const allow = fits(device) ? await allowWhenClosed(main, device) : undefined;
  const nowMs = Date.now();
  const tunnel = fits(device) ? closingOf(standingOf(device), allow, nowMs) : undefined;
  const proposal = proposed(device, tunnel, `Close the tunnel of ${id}`);
  return { device, proposal, stands: isOpen(standingOf(device), nowMs) };
}

function proposed(
  { id, path, text }: DeviceAtMain,
  tunnel: LongTunnel | undefined,
  message: string,
): TunnelProposal | undefined {
  if (tunnel === undefined) return undefined;
  const after = withTunnel(path, text, tunnel);
  return { files: new Map([[path, after]]), message, check: deviceCheck(id), tunnel };
}

/** For a person: until when, for whom. */
export function openingWords({ merged }: DeviceAtMain, tunnel: LongTunnel | undefined): string {
  const until = tunnel?.until ?? (merged.untilMs === undefined ? undefined : timeWord(merged.untilMs));
  const allow = tunnel === undefined ? merged.allow : tunnel.allow;
  const who = allow === undefined ? '' : `, for ${allow.join(', ')} alone`;
  return `${until === undefined ? 'until it is closed' : `until ${until}`}${who}`;
}
