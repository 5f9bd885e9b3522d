/** `registries` and `registryCache` of gateway.yaml. */
import { TowlineError } from '../../core/errors.ts';
import { parseSize } from '../../core/fleet/size.ts';
import { registrySegment } from '../../core/io/registry/registry-path.ts';
import type { GatewayFile } from '../../schemas/types.generated.ts';

export interface RegistrySettings {
  /** As references of images begin. */
  readonly name: string;
  readonly url: string;
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

export interface RegistriesSettings {
  readonly maxCacheBytes: number;
  /** First part of a repository's name at the gateway → registry. */
  readonly bySegment: Readonly<Record<string, RegistrySettings>>;
}

/** @returns undefined where there are none. @throws TowlineError GATEWAY_CONFIG_INVALID */
export function registriesSettings({
  registries,
  registryCache,
}: Pick<GatewayFile, 'registries' | 'registryCache'>): RegistriesSettings | undefined {
  const all = Object.entries(registries ?? {}).map(([name, file]) => oneOf(name, file));
  if (all.length === 0) return undefined;
  return {
    maxCacheBytes: parseSize(registryCache?.maxBytes ?? '20GiB'),
    bySegment: Object.fromEntries(all.map(each => [registrySegment(each.name), each])),
  };
}

function oneOf(
  name: string,
  { url, username, passwordFile, tokenFile, caFile }: NonNullable<GatewayFile['registries']>[string],
): RegistrySettings {
  const invalid = (message: string) =>
    new TowlineError('GATEWAY_CONFIG_INVALID', `registries.${name}: ${message}`);
  if (!URL.canParse(url)) throw invalid('`url` is none');
  if ((username === undefined) !== (passwordFile === undefined))
    throw invalid('`username` and `passwordFile` go together');
  if (username !== undefined && tokenFile !== undefined)
    throw invalid('either `tokenFile`, or `username` and `passwordFile`');
  const { protocol } = new URL(url);
  if (caFile !== undefined && protocol !== 'https:') throw invalid('`caFile` is for a url with https');
  return { name, url: url.replace(/\/$/, ''), username, passwordFile, tokenFile, caFile };
}
