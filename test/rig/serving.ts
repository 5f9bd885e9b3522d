/** Which containers of a service somebody finds who asks for it by name. */
import type { DeviceRig } from '../../lab/rig/device-rig.ts';

interface Details {
  readonly Config: { readonly Env: readonly string[] };
  readonly NetworkSettings: { readonly Networks: Record<string, { readonly Aliases: string[] | null }> };
}

type Listed = { readonly Id: string; readonly State: string };

/** Containers that run and to which the name `web` leads, by their `LEVEL=…`. @param among unless said otherwise the device's own */
export async function serving(rig: DeviceRig, among?: readonly Listed[]): Promise<string[]> {
  const found: string[] = [];
  for (const { Id, State } of among ?? (await rig.containers())) {
    if (State !== 'running') continue;
    const path = `/containers/${Id}/json`;
    const details: Details = await rig.engine.call({ method: 'GET', path }, rig.signal);
    const named = Object.values(details.NetworkSettings.Networks).some(one => one.Aliases?.includes('web'));
    const level = details.Config.Env.find(one => one.startsWith('LEVEL='));
    if (named && level !== undefined) found.push(level);
  }
  return found.sort();
}
