/** Variables that a Compose file of an app may interpolate on one device. */
import type { Variables } from '../../schemas/types.generated.ts';
import type { MergedApp } from '../fleet/merge.ts';

export interface EnvironmentSources {
  readonly fleet: string;
  readonly device: string;
  readonly app: MergedApp;
  /** Of apps/<app>/app.yaml: defaults. */
  readonly appVariables: Variables | undefined;
  readonly releaseVariables: Variables | undefined;
}

/**
 * app.yaml < release < fleet, groups, device (each with its own words for this app) < what Towline sets:
 * TOWLINE_FLEET, TOWLINE_DEVICE, TOWLINE_APP, TOWLINE_RELEASE (empty without a release).
 */
export function composeEnvironment({
  fleet,
  device,
  app,
  appVariables,
  releaseVariables,
}: EnvironmentSources): Record<string, string> {
  const merged = new Map<string, string>();
  const given = [appVariables, releaseVariables, Object.fromEntries(app.variables)];
  for (const variables of given) {
    for (const [name, value] of Object.entries(variables ?? {})) merged.set(name, String(value));
  }
  merged.set('TOWLINE_FLEET', fleet).set('TOWLINE_DEVICE', device);
  merged.set('TOWLINE_APP', app.app).set('TOWLINE_RELEASE', app.release ?? '');
  return Object.fromEntries([...merged].sort(([left], [right]) => (left < right ? -1 : 1)));
}
