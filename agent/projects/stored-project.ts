/** A project as it lies on the disk: its files are named by their hashes, and lie beside it. */
import type { ComposeModel } from '../../core/compose/value/model.ts';
import type {
  DesiredProject,
  ProjectFile,
  SecretReference,
  UpdateSettings,
} from '../../core/desired/state.ts';

export interface StoredProject {
  app: string;
  name: string;
  release?: string | undefined;
  model: ComposeModel;
  digest: string;
  update: UpdateSettings;
  paused: boolean;
  disposableVolumes?: readonly string[];
  adopt?: true;
  files: StoredFile[];
  secrets?: { variables: [string, SecretReference][]; files: StoredFile[] };
}

export interface StoredFile {
  path: string;
  mode: number;
  sha256: string;
}

export function toStored(project: DesiredProject): StoredProject {
  const { app, name, release, model, digest, update, paused, disposableVolumes, adopt, secrets } = project;
  const stored = {
    app,
    name,
    release,
    model,
    digest,
    update,
    paused,
    ...(disposableVolumes === undefined ? {} : { disposableVolumes }),
    ...(adopt === undefined ? {} : { adopt }),
    files: listing(project.files),
  };
  if (secrets === undefined) return stored;
  return { ...stored, secrets: { variables: [...secrets.variables], files: listing(secrets.files) } };
}

const listing = (files: ReadonlyMap<string, ProjectFile>): StoredFile[] =>
  [...files].map(([file, { mode, sha256 }]) => ({ path: file, mode, sha256 }));

/** Secrets among them, sealed as the repository has them: nothing opened is ever kept here. */
export const filesOf = (project: DesiredProject): ProjectFile[] => [
  ...project.files.values(),
  ...(project.secrets?.files.values() ?? []),
];

/** @param read the files of a listing, by path. @throws what it throws */
export async function fromStored(
  stored: StoredProject,
  read: (files: readonly StoredFile[]) => Promise<Map<string, ProjectFile>>,
): Promise<DesiredProject> {
  const { files, secrets, ...rest } = stored;
  const project = { ...rest, release: stored.release, files: await read(files) };
  if (secrets === undefined) return project;
  const { variables } = secrets;
  return { ...project, secrets: { variables: new Map(variables), files: await read(secrets.files) } };
}
