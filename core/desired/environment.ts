/** Variables that a Compose file of an app may interpolate on one device. */
import type { AppFile, ReleaseFile } from '../../schemas/types.generated.ts';
import type { MergedApp } from '../fleet/merged-app.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';

interface Source<Value> {
  readonly path: string;
  readonly value: Value;
}

export interface EnvironmentSources {
  readonly fleet: string;
  readonly device: string;
  readonly app: MergedApp;
  /** apps/<app>/.env: what no other file gives. */
  readonly dotenv: Readonly<Record<string, string>>;
  /** apps/<app>/app.yaml: its variables are defaults. */
  readonly appFile: Source<AppFile> | undefined;
  readonly release: Source<ReleaseFile> | undefined;
}

export interface ComposeEnvironment {
  readonly values: Readonly<Record<string, string>>;
  /** JSON pointer `/apps/<app>/variables/<name>` → file, of those that app.yaml or the release gave. */
  readonly provenance: ReadonlyMap<string, string>;
}

/**
 * .env < app.yaml < release < fleet, groups, device (each with its own words for this app) < what Towline sets:
 * TOWLINE_FLEET, TOWLINE_DEVICE, TOWLINE_APP, TOWLINE_RELEASE (empty without a release).
 */
export function composeEnvironment({
  fleet,
  device,
  app,
  dotenv,
  appFile,
  release,
}: EnvironmentSources): ComposeEnvironment {
  const merged = new Map(Object.entries(dotenv));
  const provenance = new Map<string, string>();
  for (const source of [appFile, release]) {
    for (const [name, value] of Object.entries(source?.value.variables ?? {})) {
      merged.set(name, String(value));
      if (source !== undefined && !app.variables.has(name)) {
        provenance.set(`/apps/${app.app}/variables/${name}`, source.path);
      }
    }
  }
  for (const [name, value] of app.variables) merged.set(name, String(value));
  merged.set('TOWLINE_FLEET', fleet).set('TOWLINE_DEVICE', device);
  merged.set('TOWLINE_APP', app.app).set('TOWLINE_RELEASE', app.release ?? '');
  const sorted = [...merged].sort(([left], [right]) => (left < right ? -1 : 1));
  return { values: Object.fromEntries(sorted), provenance };
}

/** What app.yaml says of updates and nobody narrower does. */
export function withUpdate(
  environment: ComposeEnvironment,
  file: CheckedFile<'app'> | undefined,
  app: MergedApp,
): ComposeEnvironment {
  const provenance = new Map(environment.provenance);
  for (const key of Object.keys(file?.value.update ?? {})) {
    if (file !== undefined && !(key in app.update))
      provenance.set(`/apps/${app.app}/update/${key}`, file.path);
  }
  if (file?.value.profiles !== undefined && app.profiles === undefined) {
    provenance.set(`/apps/${app.app}/profiles`, file.path);
  }
  return { ...environment, provenance };
}
