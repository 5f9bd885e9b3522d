import type { ConfigModel, NetworkModel, SecretModel, ServiceModel, VolumeModel } from './model.generated.ts';

export type * from './model.generated.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * A Compose project after normalisation, in the canonical form that `docker compose config --format json` prints
 * (compose-go's types): long forms throughout, plain JSON. Source: compose-spec, and ../shared/conformance for the
 * oracle's word.
 */
export interface ComposeModel {
  name: string;
  services: Record<string, ServiceModel>;
  networks?: Record<string, NetworkModel | null>;
  volumes?: Record<string, VolumeModel | null>;
  configs?: Record<string, ConfigModel>;
  /** `content`: of one of kind `environment`, where core/desired knows what it holds. */
  secrets?: Record<string, SecretModel & { content?: string }>;
  [extension: `x-${string}`]: Json;
}

/** Where the oracle puts `x-…` keys, also of mappings whose keys people choose: an entry of this name, without content. */
export const extensionsKey = '#extensions';
