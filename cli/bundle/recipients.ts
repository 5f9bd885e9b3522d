/** Whom a bundle is sealed for: its devices, by the keys that their secrets are encrypted to. */
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { readRecipientKeys } from '../../core/secrets/recipient-key.ts';

/** @returns armored public keys @throws TowlineError SECRET_UNSUPPORTED for a device without a key that can encrypt */
export async function recipientsOf(fleet: Fleet, ids: readonly string[]): Promise<string[]> {
  const keys = ids.map(async id => {
    const device = fleet.devices.get(id)?.value;
    const armored = device?.keys?.openpgp;
    if (device?.revoked === true)
      throw new TowlineError('SECRET_UNSUPPORTED', `${id} is revoked: nothing is sealed for it`);
    const found = armored === undefined ? [] : await readRecipientKeys(armored, new Date()).catch(() => []);
    if (found.length === 0)
      throw new TowlineError('SECRET_UNSUPPORTED', `${id} has no OpenPGP key that can encrypt`);
    return found.map(key => key.armored);
  });
  return (await Promise.all(keys)).flat();
}
