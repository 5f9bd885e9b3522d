/** Volumes that an app gives up: named one by one in app.yaml, since what they hold is lost when they are made anew. */
import type { ComposeResult } from '../compose/load/load.ts';
import type { Problem } from '../errors.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { suggestion } from '../nearest.ts';
import type { DesiredProject } from './state.ts';

type AppFile = CheckedFile<'app'> | undefined;

/** Only what the app makes itself is disposable. A key that is misspelt would be kept, and nobody would know why. */
export function disposableProblems(declared: ComposeResult['volumes'], file: AppFile): Problem[] {
  return (file?.value.disposableVolumes ?? []).flatMap((key, index): Problem[] => {
    const kind = declared.get(key);
    if (file === undefined || kind === 'own') return [];
    const message =
      kind === 'external'
        ? `volume "${key}" is external: it is never removed`
        : `the Compose files declare no volume "${key}"${suggestion(key, declared.keys())}`;
    return [{ code: 'FLEET_VOLUME_UNKNOWN', message, position: file.locate(`/disposableVolumes/${index}`) }];
  });
}

/** As the desired state has it: nothing where there are none. */
export function disposableVolumes(file: AppFile): Pick<DesiredProject, 'disposableVolumes'> {
  const names = file?.value.disposableVolumes ?? [];
  return names.length === 0 ? {} : { disposableVolumes: [...names].sort() };
}
