/** What a device may not make any more: an earlier state was judged by the policy of its own commit. */
import { checkForDevice } from '../compose/device/device-check.ts';
import { networkName } from '../desired/service-networks.ts';
import type { DesiredProject, DesiredState } from '../desired/state.ts';
import { withoutBridgeNames } from '../egress/bridge-name.ts';
import type { Skipped } from './target.ts';

/** Why a last good state cannot be made again; undefined too where it is the state that the commit asks for, judged with it. */
export function refusedNow(project: DesiredProject, desired: DesiredState): Skipped | undefined {
  const now = desired.projects.find(({ name }) => name === project.name);
  if (now === undefined || now.digest === project.digest) return undefined;
  const written = withoutBridgeNames(project.model, networkName);
  const [problem] = checkForDevice(written, desired.engine ?? {}, () => ({ file: 'compose.yaml' }));
  if (problem === undefined) return undefined;
  const reason = `its last good state is not made again: ${problem.message}`;
  return { project: project.name, why: 'conflict', code: problem.code, reason };
}
