/** Where each kind of file stands in a fleet repository. */
import { agentName } from '../agents/agent-version.ts';
import type { FileKind } from './schema-check.ts';

export const fleetPath = 'fleet.yaml';
export const policyPath = 'trust/policy.yaml';
export const imagesPath = 'trust/images.yaml';

const agentsFolder = 'trust/agents';
/** What root lists of a version of the agent. */
export const agentVersionPath = (version: string) => `${agentsFolder}/${version}.yaml`;
export const groupPath = (name: string) => `groups/${name}.yaml`;
export const operatorPath = (name: string) => `operators/${name}.yaml`;
/** What people edit; or, of a release, the copy of it that devices run. */
export const appFolder = (app: string, release?: string) =>
  release === undefined ? `apps/${app}` : `apps/${app}/releases/${release}`;
export const appPath = (app: string, release?: string) => `${appFolder(app, release)}/app.yaml`;
export const rolloutPath = (app: string, name: string) => `rollouts/${app}/${name}.yaml`;
export const releasePath = (app: string, version: string) => `${appFolder(app, version)}/release.yaml`;

export const namePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;

/** What a path is: the kind of its file and the name that it gives. */
export interface Place {
  readonly kind: FileKind;
  readonly name: string;
  /** Of rollouts, of releases, and of what an app's file was in one: the app. `name` is the version there. */
  readonly app?: string;
}

/** What a file is called among those of its kind. */
export const keyOf = ({ name, app }: Place): string => (app === undefined ? name : `${app}/${name}`);

/** What Towline reads at a path. `misnamed`: it lies where such files lie and is none, most likely by a slip. */
export function placeOf(path: string): Place | 'misnamed' | undefined {
  if (path === fleetPath) return { kind: 'fleet', name: '' };
  if (path === policyPath) return { kind: 'policy', name: '' };
  if (path === imagesPath) return { kind: 'images', name: '' };
  if (/^trust\/images\.(?:ya?ml|json)$/i.test(path)) return 'misnamed';
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
  if (path.startsWith(`${agentsFolder}/`)) {
    const kind = 'agents';
    return yaml && rest.length === 2 ? { kind, name: stem } : alike ? 'misnamed' : undefined;
  }
  if (top === 'rollouts') {
    const [app = ''] = rest;
    return yaml && rest.length === 2 ? { kind: 'rollout', name: stem, app } : alike ? 'misnamed' : undefined;
  }
  return top === 'apps' ? placeInApp(rest) : undefined;
}

function placeInApp([app = '', ...rest]: readonly string[]): Place | 'misnamed' | undefined {
  const [folder, version = '', file] = rest;
  if (folder === 'app.yaml' && rest.length === 1) return { kind: 'app', name: app };
  if (folder !== 'releases') return undefined;
  if (rest.length === 2) return /\.(ya?ml|json)$/i.test(version) ? 'misnamed' : undefined;
  if (rest.length > 3) return undefined;
  if (file === 'release.yaml') return { kind: 'release', name: version, app };
  return file === 'app.yaml' ? { kind: 'app', name: version, app } : undefined;
}

/** Whether the name that a file's own name gives may be one. */
export function nameFits({ kind, name, app }: Place): boolean {
  if (kind === 'fleet' || kind === 'policy' || kind === 'images') return true;
  if (kind === 'agents') return versionPattern.test(name);
  if (app === undefined) return namePattern.test(name);
  const isApp = namePattern.test(app) || (kind === 'rollout' && app === agentName);
  return isApp && versionPattern.test(name);
}
