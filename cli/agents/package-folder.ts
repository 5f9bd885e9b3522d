/** The folder that `npm run package` writes, or a release of Towline unpacked: what it says of its agent, and the files. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ListedFile, listedFiles } from '../../core/agents/listed-files.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { versionProblems } from '../../core/fleet/agent-versions.ts';
import { maxYamlBytes } from '../../core/fleet/limits.ts';
import { versionPattern } from '../../core/fleet/paths.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import type { AgentsFile } from '../../schemas/types.generated.ts';

export interface PackagedFile extends ListedFile {
  readonly path: string;
}

export interface PackageFolder {
  readonly version: string;
  /** As trust/agents/VERSION.yaml is to be. */
  readonly text: string;
  readonly value: AgentsFile;
  /** All that the version names; their hashes are not looked at yet. */
  readonly files: readonly PackagedFile[];
}

/** @throws TowlineError AGENT_FOLDER_UNUSABLE; FleetProblems */
export async function openPackageFolder(folder: string): Promise<PackageFolder> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unusable(messageOf(cause), cause);
  });
  const found = names.flatMap(name => {
    const [, version] = /^towline-agent_(.+)\.yaml$/.exec(name) ?? [];
    return version === undefined ? [] : [{ name, version }];
  });
  const [first, second] = found;
  if (first === undefined) throw unusable(`${folder} has no towline-agent_VERSION.yaml`);
  if (second !== undefined) throw unusable(`${folder} has ${first.name} and ${second.name}`);
  const { name, version } = first;
  if (!versionPattern.test(version)) throw unusable(`${name}: "${version}" is no version`);
  const bytes = (await readBounded(path.join(folder, name), maxYamlBytes)) ?? Buffer.alloc(0);
  const { file, problems } = readFleetFile('agents', name, bytes);
  if (file === undefined) throw new FleetProblems(problems);
  const wrong = versionProblems(file);
  if (wrong.length > 0) throw new FleetProblems(wrong);
  const listed = listedFiles(new Map([[version, file]]));
  const files: PackagedFile[] = [];
  for (const each of listed.values()) files.push({ ...each, path: await placeOf(folder, each) });
  return { version, text: bytes.toString('utf8'), value: file.value, files };
}

/** @throws TowlineError AGENT_FOLDER_UNUSABLE */
async function placeOf(folder: string, { sha256, bytes, kind }: ListedFile): Promise<string> {
  const names =
    kind === 'install' ? [path.join('parts', sha256), 'install.sh'] : [path.join('parts', sha256)];
  for (const name of names) {
    const place = path.join(folder, name);
    const found = await stat(place).catch(() => undefined);
    if (found?.isFile() === true && found.size === bytes) return place;
  }
  throw unusable(`${folder} has no ${names.at(-1)} of ${bytes} bytes`);
}

/** @throws TowlineError AGENT_PART_DIFFERS */
export async function assertHashes(files: readonly PackagedFile[], signal: AbortSignal): Promise<void> {
  for (const { path: place, sha256 } of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(place), hash, { signal });
    const found = hash.digest('hex');
    if (found !== sha256)
      throw new TowlineError('AGENT_PART_DIFFERS', `${place} has ${found}, not ${sha256}`);
  }
}

const unusable = (message: string, cause?: unknown) =>
  new TowlineError('AGENT_FOLDER_UNUSABLE', message, { cause });
