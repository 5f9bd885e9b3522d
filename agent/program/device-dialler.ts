/** This device's way to its gateways, by what agent.yaml says of them. */
import type { DeviceKeys } from '../../core/io/device-keys.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { createDialler, type DiallerOptions } from '../../core/io/https/https-dialler.ts';
import type { AgentConfig } from './config.ts';

export function deviceDialler(
  { gateways, proxy }: Pick<AgentConfig, 'gateways' | 'proxy'>,
  { tlsKey: key, tlsCertificate: certificate }: Pick<DeviceKeys, 'tlsKey' | 'tlsCertificate'>,
  log: DiallerOptions['log'],
): Dialler {
  const addresses = gateways.map(gateway => ({ ...gateway, sshHostKeys: gateway.sshHostKeys ?? [] }));
  return createDialler({
    gateways: addresses,
    key,
    certificate,
    log,
    ...(proxy === undefined ? {} : { proxy }),
  });
}
