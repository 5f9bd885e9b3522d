/** A fleet with one device for tests of faults: its agent makes single passes, through a proxy and a relay that can fail. */
import type { TestContext } from 'node:test';
import type { DeviceProcess } from '../../lab/fleet/device-process.ts';
import type { RunningService } from '../../lab/fleet/engine-view.ts';
import { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import { EngineProxy } from '../rig/engine-proxy.ts';
import { TcpRelay } from '../rig/tcp-relay.ts';

/** Every file that asks has a process, and with it a device, of its own: they share one engine. */
export const device = `lonely-${process.pid}`;

export interface OneDevice {
  readonly rig: FleetRig;
  readonly agent: DeviceProcess;
  /** Between the agent and the engine. */
  readonly engine: EngineProxy;
  /** Between the agent and the gateway. */
  readonly network: TcpRelay;
  /** Commits everything, signed, and pushes. @returns the commit. */
  publish(message: string): Promise<string>;
  services(): Promise<RunningService[]>;
  stop(): Promise<void>;
}

/** The fleet with its first release published and the gateway up; the agent has not run yet. */
export async function oneDevice(): Promise<OneDevice> {
  await using cleanUp = new AsyncDisposableStack();
  let engine: EngineProxy | undefined;
  const rig = await FleetRig.prepare({
    narrator: silent,
    devices: [device],
    agentSocket: async socket => {
      engine = await EngineProxy.start(socket);
      return engine.socket;
    },
  });
  cleanUp.defer(() => rig.stop());
  if (engine === undefined) throw new Error('the rig did not ask for a socket');
  cleanUp.defer(() => engine?.stop());
  const network = await TcpRelay.start('127.0.0.1', rig.gateway.ports.devices);
  cleanUp.defer(() => network.stop());
  await initialise(rig);
  await addGateway(rig, `127.0.0.1:${network.port}`);
  await addDevices(rig);
  await release(rig, firstRelease);
  await rig.gateway.start();
  const publish = async (message: string) => {
    const commit = await rig.operator.commit(message);
    const pushed = await rig.operator.push({ unchecked: true, quiet: true });
    if (pushed.code !== 0) throw new Error(pushed.stderr);
    return commit;
  };
  await publish('The first release');
  const parts = cleanUp.move();
  return {
    rig,
    agent: rig.device(device),
    engine,
    network,
    publish,
    services: () => rig.view.services(device),
    stop: () => parts.disposeAsync(),
  };
}

/** One fleet for a test of its own, which ends with it. */
export async function fleetFor(t: TestContext): Promise<OneDevice> {
  const fleet = await oneDevice();
  t.after(() => fleet.stop());
  return fleet;
}
