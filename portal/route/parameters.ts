/** Names in paths of the API, each with what it may be: nothing else reaches a handler. */
import { namePattern, versionPattern } from '../../core/fleet/paths.ts';

const opaque = /^[A-Za-z0-9_-]{1,128}$/;

const patterns: Readonly<Record<string, RegExp>> = {
  device: namePattern,
  app: namePattern,
  // Of a rollout: mostly the version that it brings.
  name: versionPattern,
  version: versionPattern,
  session: opaque,
  change: opaque,
  bundle: opaque,
  ticket: opaque,
};

/** `/devices/{device}/plan` → `{ device: string }`. */
export type Parameters<Path extends string> = string extends Path
  ? Readonly<Record<string, string>>
  : Path extends `${string}{${infer Name}}${infer Rest}`
    ? { readonly [Key in Name]: string } & Parameters<Rest>
    : object;

/**
 * No escape is undone: none of these names needs one.
 * @param path below `/api/v1`, without the query
 * @returns undefined: it is another path, or a name in it can be none
 */
export function parametersIn<Path extends string>(
  template: Path,
  path: string,
): Parameters<Path> | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const text = given[at] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== text : patterns[name]?.test(text) !== true) return undefined;
    if (name !== undefined) found[name] = text;
  }
  return hasNames(found, template) ? found : undefined;
}

/** They are, by how they were found. */
function hasNames<Path extends string>(
  found: Record<string, string>,
  template: Path,
): found is Record<string, string> & Parameters<Path> {
  return [...template.matchAll(/\{(\w+)\}/g)].every(([, name = '']) => Object.hasOwn(found, name));
}
