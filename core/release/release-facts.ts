/** What a release is made of, as its folder has it. */

import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { canonicalHash } from '../canonical-json.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { Problem } from '../errors.ts';
import { readAt } from '../fleet/load-device.ts';
import { appFolder, appPath } from '../fleet/paths.ts';
import type { RepositoryFiles } from '../fleet/repository-files.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { neutralModel } from './neutral-model.ts';

export interface ReleaseFacts {
  readonly release: ReleaseFile;
  /** Path in its folder → blob id; without release.yaml. */
  readonly files: ReadonlyMap<string, ObjectId>;
  /** As for no device in particular; undefined where it cannot be read. */
  readonly model: ComposeModel | undefined;
  /** `sha256:…` of the model. */
  readonly composeHash: string | undefined;
  readonly problems: readonly Problem[];
  /** SOPS files that its app.yaml names, and names of secrets that its services use; nothing of what they hold. */
  readonly secrets: readonly string[];
}

export async function releaseFacts(
  { files: reader, commit }: { readonly files: RepositoryFiles; readonly commit: ObjectId },
  app: string,
  release: ReleaseFile,
): Promise<ReleaseFacts> {
  const { version } = release;
  const folder = appFolder(app, version);
  const files = new Map<string, ObjectId>();
  for await (const { path, id } of reader.list(commit, folder)) {
    const name = path.slice(folder.length + 1);
    if (name !== 'release.yaml') files.set(name, id);
  }
  const variables = Object.fromEntries(
    Object.entries(release.variables ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const request = { ...{ files: reader, commit, app, version, variables }, release: version };
  const { model, problems } = await neutralModel(request);
  const file = await readAt({ reader, commit, problems: [] }, 'app', appPath(app, version));
  const secrets = [...(file?.value.secrets ?? []), ...Object.keys(model?.secrets ?? {})];
  return {
    ...{ release, files, model, problems },
    composeHash: model === undefined ? undefined : `sha256:${canonicalHash(model)}`,
    secrets: [...new Set(secrets)].sort(),
  };
}
