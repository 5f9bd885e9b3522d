/** What a device would get that it has not, by value: plans of the same words may run different things. */
import { canonicalJson, sha256 } from '../../core/canonical-json.ts';
import type { DesiredProject, ProjectFile } from '../../core/desired/state.ts';
import { type Fields, isFields } from '../../core/json.ts';

const byPath = (files: ReadonlyMap<string, ProjectFile> | undefined) =>
  Object.fromEntries([...(files ?? [])].map(([path, { mode, sha256: hash }]) => [path, [mode, hash]]));

/** What becomes of containers. */
const valuesOf = ({ model, files, secrets, update }: DesiredProject): Fields => ({
  model,
  update,
  files: byPath(files),
  secretFiles: byPath(secrets?.files),
  secrets: Object.fromEntries(secrets?.variables ?? []),
});

/** What is not as it was, and of a mapping that alone. */
function changedIn(was: unknown, is: unknown): unknown {
  if (!isFields(was) || !isFields(is)) return is ?? null;
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const other = names.filter(name => canonicalJson(was[name]) !== canonicalJson(is[name]));
  return Object.fromEntries(other.map(name => [name, changedIn(was[name], is[name])]));
}

const comparable = (projects: readonly DesiredProject[]): Fields =>
  Object.fromEntries(projects.map(project => [project.name, valuesOf(project)]));

/** @param hidden takes the device's own name out. @returns the same text for the same change */
export function kindOf(
  before: readonly DesiredProject[],
  next: readonly DesiredProject[],
  hidden: (text: string) => string,
): string {
  return sha256(hidden(canonicalJson(changedIn(comparable(before), comparable(next)))));
}
