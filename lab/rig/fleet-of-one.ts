/** A fleet of one device, whose gateway nobody dials: tests put the address of theirs into agent.yaml. */
import { stringify } from 'yaml';
import { type DeviceKeys, sshPublicKey, tlsPublicKey } from '../../core/io/device-keys.ts';
import { makeFleetRepository } from './fleet-repository.ts';
import type { GpgKey } from './keys.ts';

/** @param signer root @returns as `makeFleetRepository` does; the caller removes it */
export function makeFleetOfOne(
  device: string,
  { keys, signer }: { readonly keys: DeviceKeys; readonly signer: GpgKey },
): ReturnType<typeof makeFleetRepository> {
  const gateways = [{ address: '127.0.0.1:1', tlsPins: [`sha256:${'A'.repeat(43)}=`] }];
  return makeFleetRepository({
    signer,
    files: {
      'fleet.yaml': stringify({ apiVersion: 'towline/v1', name: 'acme', gateways }),
      [`devices/${device}.yaml`]: stringify({
        apiVersion: 'towline/v1',
        keys: { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys) },
      }),
    },
  });
}
