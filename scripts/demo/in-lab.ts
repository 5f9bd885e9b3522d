/** `npm run demo -- --lab`: the same story on a lab (root, Linux): devices behind routers, firewall rules loaded. */
import { LabRig } from '../../lab/fleet/lab-rig.ts';
import type { Narrator } from '../../lab/fleet/narrator.ts';
import { requireCommands } from '../../lab/machine/packages.ts';
import type { Lab } from '../../lab/sites/lab.ts';
import { labCommands } from '../../lab/sites/lab-machine.ts';
import { makeLab } from '../../lab/sites/make-lab.ts';
import { changeFleet, reachDevice, releaseFirst } from './scenes.ts';

const file = {
  apiVersion: 'towline/v1' as const,
  // Nobody wants to wait.
  poll: '*/2 * * * * *',
  sites: {
    factory: { devices: ['north'] },
    office: { devices: ['south'], uplink: { delay: '40ms', loss: '1%' } },
  },
};

function lookAround({ name, places }: Lab, narrator: Narrator): void {
  narrator.scene('Still running. Look around in another terminal; Ctrl-C ends and removes everything');
  narrator.output(
    `. ${places.environmentFile} && cd ${places.fleet}   # the fleet: change, commit, git push`,
  );
  narrator.output(`towline lab status --name ${name}`);
  narrator.output(`towline lab exec north --name ${name} -- docker ps`);
  narrator.output(`towline lab cut office --for 1m --name ${name}`);
  narrator.output(`tail -f ${places.log('gateway-1')} ${places.log('north')} ${places.log('south')}`);
}

export interface InLab {
  readonly keep: boolean;
  readonly signal: AbortSignal;
  /** Resolves when a person wants it to end. */
  readonly end: Promise<void>;
}

export async function tellInLab(narrator: Narrator, { keep, signal, end }: InLab): Promise<void> {
  requireCommands(labCommands);
  narrator.scene('A fleet in a lab: two sites behind routers, a gateway, a registry, a desk on the internet');
  const progress = (line: string) => narrator.output(line);
  await using cleanUp = new AsyncDisposableStack();
  const lab = await makeLab({ name: `demo-${process.pid % 100_000}`, file, progress }, signal);
  cleanUp.defer(() => lab.down());
  const rig = new LabRig(lab, narrator);
  const told = tell(rig, narrator).then(async () => {
    if (!keep) return;
    lookAround(lab, narrator);
    await end;
  });
  await Promise.race([told, end]);
  // What Ctrl-C has cut off fails once the lab has gone.
  told.catch(() => undefined);
}

async function tell(rig: LabRig, narrator: Narrator): Promise<void> {
  await releaseFirst(rig, narrator);
  await changeFleet(rig, narrator);
  await reachDevice(rig, narrator);
}
