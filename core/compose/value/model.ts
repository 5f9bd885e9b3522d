/**
 * A Compose project after normalisation, in the canonical form that `docker compose config --format json` prints
 * (compose-go's types). It is plain JSON: `core/compose` guarantees the shapes below, everything else of a service
 * is kept under its own key. Source: compose-spec, and ../shared/conformance for the oracle's word.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface ComposeModel {
  name: string;
  services: Record<string, ServiceModel>;
  networks?: Record<string, JsonObject | null>;
  volumes?: Record<string, JsonObject | null>;
  configs?: Record<string, JsonObject>;
  secrets?: Record<string, JsonObject>;
  [extension: `x-${string}`]: Json;
}

/** One service, long forms throughout: ports, volumes, networks, depends_on, environment as the oracle prints them. */
export type ServiceModel = JsonObject;

/** Where the oracle puts `x-…` keys, also of mappings whose keys people choose: an entry of this name, without content. */
export const extensionsKey = '#extensions';
