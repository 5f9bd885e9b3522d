/** How a device of a rig looks at what docker compose has made. */
import { type Adoptable, adoptable } from '../../agent/runtime/engine/adoptable.ts';
import { Adoption, type AdoptionRequest } from '../../agent/runtime/engine/adoption.ts';
import { OpenedSecrets } from '../../agent/secrets/opened-secrets.ts';
import type { DesiredProject } from '../../core/desired/state.ts';
import type { DeviceRig } from './device-rig.ts';

/** Nothing where it may take over none of them. */
export async function adoptingOf(
  { adopt, engine, secrets, store }: DeviceRig,
  projects: readonly DesiredProject[],
): Promise<{ adopting?: AdoptionRequest & { readonly adoption: Adoption } }> {
  const found: Adoptable = await adoptable({ engine: { adopt: [...adopt] }, projects }, store);
  if (found.size === 0) return {};
  const opened = new OpenedSecrets(secrets, { fleet: 'rig' });
  return { adopting: { adoption: new Adoption(engine), projects: found, secrets: opened } };
}
