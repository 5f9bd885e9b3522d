/** Where each kind of file stands in a fleet repository. */
import type { FileKind } from './schema-check.ts';

export const fleetPath = 'fleet.yaml';
export const policyPath = 'trust/policy.yaml';

export const groupPath = (name: string) => `groups/${name}.yaml`;
export const operatorPath = (name: string) => `operators/${name}.yaml`;
export const appFolder = (app: string) => `apps/${app}`;
export const appPath = (app: string) => `apps/${app}/app.yaml`;
export const releasePath = (app: string, version: string) => `apps/${app}/releases/${version}.yaml`;

export const namePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;

/** What a path is: the kind of its file and the name that it gives. */
export interface Place {
  readonly kind: FileKind;
  readonly name: string;
  /** Of releases. */
  readonly app?: string;
}

/** What Towline reads at a path. `misnamed`: it lies where such files lie and is none, most likely by a slip. */
export function placeOf(path: string): Place | 'misnamed' | undefined {
  if (path === fleetPath) return { kind: 'fleet', name: '' };
  if (path === policyPath) return { kind: 'policy', name: '' };
  const [top = '', ...rest] = path.split('/');
  const last = rest.at(-1) ?? '';
  const stem = last.replace(/\.yaml$/, '');
  const yaml = last.endsWith('.yaml') && stem !== '';
  const alike = /\.(ya?ml|json)$/i.test(last) && !last.startsWith('.');
  if (top === 'devices') return yaml ? { kind: 'device', name: stem } : alike ? 'misnamed' : undefined;
  if ((top === 'groups' || top === 'operators') && rest.length === 1) {
    const kind = top === 'groups' ? 'group' : 'operator';
    return yaml ? { kind, name: stem } : alike ? 'misnamed' : undefined;
  }
  const [app = '', folder] = rest;
  if (top === 'apps' && rest.length === 2 && last === 'app.yaml') return { kind: 'app', name: app };
  if (top === 'apps' && rest.length === 3 && folder === 'releases') {
    return yaml ? { kind: 'release', name: stem, app } : alike ? 'misnamed' : undefined;
  }
  return undefined;
}

/** Whether the name that a file's own name gives may be one. */
export function nameFits({ kind, name, app }: Place): boolean {
  if (kind === 'fleet' || kind === 'policy') return true;
  if (kind === 'release') return versionPattern.test(name) && namePattern.test(app ?? '');
  return namePattern.test(name);
}
