/** Which files of the app's folder the containers of a project see: config and secret files, bind mounts. */

import { sha256 } from '../canonical-json.ts';
import type { PositionLookup } from '../compose/value/fault.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { Problem } from '../errors.ts';
import type { AppFolder } from './app-folder.ts';
import { seccompPaths } from './seccomp-profiles.ts';
import { type ProjectFile, projectDirectory } from './state.ts';

interface Reference {
  /** Relative to the app's folder; '' is the folder itself. */
  readonly path: string;
  readonly at: readonly (string | number)[];
  /** A bind mount may name a folder. */
  readonly folderAllowed: boolean;
  /** What is not there becomes an empty folder that stays on the device, as Compose's short form has it. */
  readonly madeWhenMissing: boolean;
}

function relative(path: string | undefined): string | undefined {
  if (path === projectDirectory) return '';
  return path?.startsWith(`${projectDirectory}/`) ? path.slice(projectDirectory.length + 1) : undefined;
}

/** Paths of the app's folder that a model refers to. */
export function fileReferences(model: ComposeModel): Reference[] {
  const references: Reference[] = [];
  for (const kind of ['configs', 'secrets'] as const) {
    for (const [name, definition] of Object.entries(model[kind] ?? {})) {
      const path = relative(definition.file);
      const at = [kind, name, 'file'];
      if (path !== undefined) references.push({ path, at, folderAllowed: false, madeWhenMissing: false });
    }
  }
  for (const [name, service] of Object.entries(model.services)) {
    for (const profile of seccompPaths(service).values()) {
      const at = ['services', name, 'security_opt'];
      // One of the host is not in the folder either: said as what is missing.
      const path = relative(profile) ?? profile;
      references.push({ path, at, folderAllowed: false, madeWhenMissing: false });
    }
    for (const [index, volume] of (service.volumes ?? []).entries()) {
      if (volume.type !== 'bind') continue;
      const path = relative(volume.source);
      const at = ['services', name, 'volumes', index];
      const made = volume.bind?.create_host_path === true;
      if (path !== undefined) references.push({ path, at, folderAllowed: true, madeWhenMissing: made });
    }
  }
  return references;
}

/** Reads them. What the folder does not have is a problem, unless the Compose file wants it to be made. */
export async function projectFiles(
  model: ComposeModel,
  folder: AppFolder,
  positionOf: PositionLookup,
): Promise<{ files: Map<string, ProjectFile>; problems: Problem[] }> {
  const files = new Map<string, ProjectFile>();
  const problems: Problem[] = [];
  for (const { path, at, folderAllowed, madeWhenMissing } of fileReferences(model)) {
    const single = path === '' || path.startsWith('/') ? undefined : await folder.read(path);
    const paths = single !== undefined ? [path] : folderAllowed ? await folder.below(path) : [];
    if (paths.length === 0 && !madeWhenMissing) {
      const message = `"${path}" is not in the app's folder`;
      problems.push({ code: 'FLEET_PROJECT_FILE_MISSING', message, position: positionOf(at) });
    }
    for (const each of paths) {
      const file = files.has(each) ? undefined : await folder.read(each);
      if (file === undefined) continue;
      const mode = file.mode === '100755' ? 0o100755 : 0o100644;
      files.set(each, { mode, bytes: file.bytes, sha256: sha256(file.bytes) });
    }
  }
  return { files: new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1))), problems };
}
