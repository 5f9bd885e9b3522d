/** The OpenID provider of a lab, and what makes a fleet of it one whose people log in there: `towline login`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { fieldsOf } from '../../core/json.ts';
import { makeKeyPair } from './desk.ts';
import type { PartOrder } from './keeper/keeper-order.ts';
import type { Lab } from './lab.ts';
import { keeperEnvironment } from './lab-boot.ts';
import type { LabPlaces } from './lab-places.ts';
import { type HostPlan, ports } from './lab-plan.ts';

const program = path.join(import.meta.dirname, 'programs/identity-provider.ts');
const provider = path.resolve(import.meta.dirname, '../../node_modules/oidc-provider/package.json');

export const issuerOf = ({ host }: HostPlan): string => `https://${host}`;

/** @throws TowlineError LAB_MACHINE where the provider is not installed: it is no part of what ships */
export function assertProvider(): void {
  if (existsSync(program) && existsSync(provider)) return;
  throw new TowlineError(
    'LAB_MACHINE',
    '`identity` needs the sources of Towline with all that `npm install` brings: the provider is no part of what ships',
  );
}

/** It shows the registry's certificate, which names it as well. */
export const identityPart = (places: LabPlaces, { name, host }: HostPlan): PartOrder => ({
  ...{ name, network: places.network(name), log: places.log(name) },
  command: [process.execPath, program, host, String(ports.identity), places.registryKey, places.authority],
  environment: keeperEnvironment(),
});

/**
 * Has a gateway make certificates for who logs in at the provider.
 * @param entry of the gateway in fleet.yaml
 * @returns the same with the key that signs them
 */
export function withLogin(lab: Lab, gateway: HostPlan, entry: object): object {
  const { identity } = lab.plan;
  if (identity === undefined) return entry;
  const folder = lab.places.gateway(gateway.name);
  const [keyFile, config] = [path.join(folder, 'certificates'), path.join(folder, 'gateway.yaml')];
  const certificateKey = makeKeyPair(keyFile, `${gateway.name}-certificates`);
  const oidc = { issuer: issuerOf(identity), clientId: 'towline', keyFile, deviceFlow: true };
  const settings = { ...fieldsOf(parse(readFileSync(config, 'utf8'))), oidc };
  writeFileSync(config, stringify(settings), { mode: 0o600 });
  return { ...entry, certificateKeys: [certificateKey] };
}
