/** The commits that open and close a tunnel. */
import { formatDuration } from '../../duration.ts';
import { TowlineError } from '../../errors.ts';
import { timeWord } from '../../time-word.ts';
import type { FilesAt } from '../changed-files.ts';
import type { Intent } from '../intent.ts';
import { deviceCheck, type ProposalCheck } from '../proposal-check.ts';
import {
  allowWhenClosed,
  assertMayOpen,
  assertOperators,
  type DeviceAtMain,
  deviceAtMain,
  type FileVersions,
} from './device-at.ts';
import { type AskedOpening, closingOf, isOpen, type LongTunnel, openingOf } from './opening.ts';
import { withTunnel } from './tunnel-text.ts';

export interface TunnelIntent extends Intent {
  readonly check: ProposalCheck;
  readonly tunnel: LongTunnel;
}

/** What a look at main found, and what is to be done about it; nothing where all stands already. */
export interface Planned {
  readonly device: DeviceAtMain;
  readonly proposal: TunnelIntent | undefined;
  /** It was open before. */
  readonly stands: boolean;
}

/** As a person asks for it: the end by how long from now. */
export type WantedOpening = Omit<AskedOpening, 'untilMs'> & { readonly forMs?: number };

const standingOf = ({ file, merged }: DeviceAtMain) => ({ own: file.tunnel, merged });

/** @throws TowlineError CLI_NO_SUCH_DEVICE, CLI_USAGE, TUNNEL_FILE; FleetProblems */
export async function intendOpening(
  at: FilesAt,
  id: string,
  { nowMs, ...asked }: WantedOpening & { readonly nowMs: number },
): Promise<Planned> {
  const device = await deviceAtMain(at, id);
  assertMayOpen(device);
  await assertOperators(at, asked.allow ?? []);
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

export interface Closing {
  readonly versions: FileVersions;
  readonly nowMs: number;
  /** Whether what stands is what is to be closed. */
  readonly fits?: (device: DeviceAtMain) => boolean;
}

/** @throws TowlineError CLI_NO_SUCH_DEVICE, TUNNEL_FILE; FleetProblems */
export async function intendClosing(
  at: FilesAt,
  id: string,
  { versions, nowMs, fits = () => true }: Closing,
): Promise<Planned> {
  const device = await deviceAtMain(at, id);
  const allow = fits(device) ? await allowWhenClosed(at, device, versions) : undefined;
  const tunnel = fits(device) ? closingOf(standingOf(device), allow, nowMs) : undefined;
  const proposal = proposed(device, tunnel, `Close the tunnel of ${id}`);
  return { device, proposal, stands: isOpen(standingOf(device), nowMs) };
}

function proposed(
  { id, path, text }: DeviceAtMain,
  tunnel: LongTunnel | undefined,
  message: string,
): TunnelIntent | undefined {
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
