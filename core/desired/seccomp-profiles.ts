/** Seccomp profiles that a service names as files of the app's folder: the engine wants their content. */
import { posix } from 'node:path';
import type { ServiceModel } from '../compose/value/model.ts';
import { type DesiredProject, projectDirectory } from './state.ts';

const builtIn = new Set(['unconfined', 'builtin']);

/** Entry of `security_opt` → path of its profile, absolute. */
export function seccompPaths(service: ServiceModel): Map<string, string> {
  const paths = new Map<string, string>();
  for (const option of service.security_opt ?? []) {
    const path = /^seccomp[=:](.+)$/.exec(option)?.[1];
    if (path === undefined || builtIn.has(path)) continue;
    paths.set(option, posix.resolve(projectDirectory, path));
  }
  return paths;
}

/** Entry of `security_opt` → the profile's text, for those that the project has. */
export function seccompProfiles(project: DesiredProject, service: string): Map<string, string> {
  const profiles = new Map<string, string>();
  for (const [option, path] of seccompPaths(project.model.services[service] ?? {})) {
    const file = project.files.get(path.slice(projectDirectory.length + 1));
    if (file !== undefined) profiles.set(option, new TextDecoder().decode(file.bytes));
  }
  return profiles;
}
