/** What the trusted commit says of this gateway: whether its key is pinned there, and where devices look for it. */

import type { Problem } from '../../core/errors.ts';
import { readAt } from '../../core/fleet/load-device.ts';
import { fleetPath } from '../../core/fleet/paths.ts';
import type { Check, Finding } from '../../core/io/doctor/finding.ts';
import { nameCheck } from '../../core/io/doctor/machine-checks.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { parseAddress } from '../../core/io/https/pinned-connection.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { readTrusted, trustedFileIn } from '../fleet/trusted-file.ts';
import type { DoctorSettings } from './doctor-settings.ts';

export const pinCheck = (settings: DoctorSettings, ownPin: string | undefined): Check => ({
  id: 'gateway.pin',
  look: signal => pinned(settings, ownPin, signal),
});

async function pinned(
  { stateDirectory, fleetGit, anchor, fleet }: DoctorSettings,
  ownPin: string | undefined,
  signal: AbortSignal,
): Promise<Finding[]> {
  const id = 'gateway.pin';
  const trusted = await readTrusted(trustedFileIn(stateDirectory), anchor, fleet);
  const commit = trusted?.commit ?? anchor;
  await using source = new GitCatFileSource(fleetGit);
  const problems: Problem[] = [];
  const file = await readAt({ reader: new ObjectReader(source), commit, problems }, 'fleet', fleetPath);
  if (file === undefined) {
    const message = `fleet.yaml of ${commit} cannot be read: ${problems[0]?.message ?? 'it is not there'}`;
    return [{ id, level: 'fail', message, remedy: 'At a desk: towline validate.' }];
  }
  const found = file.value.gateways.find(({ tlsPins }) => ownPin !== undefined && tlsPins.includes(ownPin));
  if (found === undefined) {
    const message = `fleet.yaml of ${commit.slice(0, 12)} pins ${ownPin ?? 'the key of this gateway'} nowhere: no device talks to it`;
    return [{ id, level: 'fail', message, remedy: 'At a desk: towline gateway accept, commit and push.' }];
  }
  const { host } = parseAddress(found.address);
  const well: Finding = {
    id,
    level: 'ok',
    message: `fleet.yaml pins the key of this gateway, at ${found.address}`,
  };
  return [well, ...(await nameCheck(host).look(signal))];
}
