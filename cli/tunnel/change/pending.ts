/** A branch that asks for a tunnel: what it changes, who asks, who has approved it. */

import type { LongTunnel } from '../../../core/change/tunnel/opening.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import { maxYamlBytes } from '../../../core/fleet/limits.ts';
import { placeOf } from '../../../core/fleet/paths.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { longForm } from '../../../core/fleet/tunnel.ts';
import { fieldChange } from '../../../core/trust/policy/field-change.ts';
import { parseApprovalPath } from '../../../core/trust/step/approval-statement.ts';
import type { Branch } from '../../change/remote-main.ts';
import { branchChange } from '../../trust/approval-file.ts';
import type { TrustWalk } from '../../trust/walk.ts';

/** Where requests are pushed: `requests/<operator>/<device>-<time>`. */
export const requestsFolder = 'requests/';

export interface Pending extends Branch {
  /** Of a request, the operator whose branch it is. */
  readonly by?: string;
  readonly device: string;
  readonly path: string;
  /** The device's file as it is to be. */
  readonly text: string;
  readonly tunnel: LongTunnel;
  /** Principals, by the names of their files: whether they count, devices judge. */
  readonly approvedBy: readonly string[];
  /** Path → text. */
  readonly approvals: ReadonlyMap<string, string>;
}

const maxApprovals = 16;
const maxApprovalBytes = 64 * 1024;

/** @throws TowlineError TUNNEL_REQUEST where it is none, or has nothing to ask for any more */
export async function pendingOf(walk: TrustWalk, { branch, commit }: Branch): Promise<Pending> {
  const unfit = (why: string) => new TowlineError('TUNNEL_REQUEST', `${branch}: ${why}`);
  const { change, added } = await branchChange(walk, commit).catch((error: unknown) => {
    if (isTowlineError(error, 'CLI_USAGE')) throw unfit('it conflicts with main: ask anew');
    throw error;
  });
  const [first, second] = change;
  if (first === undefined) throw unfit('main has what it asks for');
  const place = placeOf(first.path);
  if (second !== undefined || typeof place !== 'object' || place.kind !== 'device')
    throw unfit(`it changes ${second?.path ?? first.path}`);
  const fields = await fieldChange(walk.reader(), first);
  if ('problem' in fields) throw unfit(fields.problem);
  const other = fields.pointers.find(([top]) => top !== 'tunnel');
  if (other !== undefined) throw unfit(`it changes /${other.join('/')}`);
  const bytes = await walk.reader().blob(first.newId, maxYamlBytes);
  const { file } = readFleetFile('device', first.path, bytes);
  if (file?.value.tunnel === undefined) throw unfit('it takes the tunnel away');
  const approvals = new Map<string, string>();
  for (const { path, newId } of added.slice(0, maxApprovals))
    approvals.set(path, Buffer.from(await walk.reader().blob(newId, maxApprovalBytes)).toString('utf8'));
  const principals = [...approvals.keys()].map(path => parseApprovalPath(path)?.principal);
  const by = branch.startsWith(requestsFolder) ? branch.split('/')[1] : undefined;
  return {
    ...{ branch, commit, device: place.name, path: first.path, approvals },
    ...{ text: Buffer.from(bytes).toString('utf8'), tunnel: longForm(file.value.tunnel) },
    approvedBy: principals.filter(name => name !== undefined),
    ...(by === undefined ? {} : { by }),
  };
}

/** Its time has not come to its end. */
export const isTimely = ({ tunnel }: Pending, nowMs: number): boolean =>
  tunnel.until === undefined || Date.parse(tunnel.until) > nowMs;
