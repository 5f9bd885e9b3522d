import { project } from '../attributes/project.ts';
import { checkValues } from '../shape/check.ts';
import { applyPresets } from '../shape/preset.ts';
import { resolvePaths } from '../shape/resolve-paths.ts';
import type { Path } from '../value/fault.ts';
import { emptyMapping, isList, isMapping, type Mapping } from '../value/value.ts';
import { loadFile } from './loader.ts';
import { type Loading, type Place, positioned, type Shared } from './loading.ts';

/** `- NAME` of an environment list takes the variable's value where there is one. */
function resolveEnvironment(model: Mapping, environment: Readonly<Record<string, string>>): void {
  if (!isMapping(model.services)) return;
  for (const service of Object.values(model.services)) {
    if (!isMapping(service) || !isList(service.environment)) continue;
    service.environment = service.environment.map(entry => {
      if (typeof entry !== 'string' || !Object.hasOwn(environment, entry)) return entry;
      return `${entry}=${environment[entry]}`;
    });
  }
}

/** The files laid on each other, in order, with presets applied and paths resolved: before names and types. */
export function loadModel(loading: Loading, files: readonly string[], at: Path): Mapping {
  let model = emptyMapping();
  for (const file of files) model = loadFile(loading, file, at, { base: model, extended: false }).model;
  const last = files.at(-1) ?? loading.folder;
  return positioned(loading, last, model, () => {
    applyPresets(model, project);
    checkValues(model, project);
    resolvePaths(model, project, { folder: loading.folder, home: loading.environment.HOME });
    resolveEnvironment(model, loading.environment);
    return model;
  });
}

/** A load, which reads at `place`; what it includes is read at places of their own. */
export function beginLoading(shared: Shared, place: Place): Loading {
  const loading: Loading = {
    ...shared,
    ...place,
    load: (file, at) => loadFile(loading, file, at, { base: emptyMapping(), extended: true }),
    model: (inner, files, at) => loadModel(beginLoading(shared, inner), files, at),
  };
  return loading;
}
