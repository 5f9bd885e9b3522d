/** What the Compose files of a folder that is adopted name of it, and of what lies around it: content of the app, or data. */
import type { ComposeResult } from '../../core/compose/load/load.ts';
import type { ComposeModel } from '../../core/compose/value/model.ts';
import type { Problem } from '../../core/errors.ts';
import { projectPath } from '../../core/plan/project-files.ts';
import type { NamedFiles } from './named-files.ts';

export type Loaded = ComposeResult & { readonly model: ComposeModel };

export interface NamedPath {
  readonly path: string;
  /** Data, where a container writes to it. */
  readonly problem?: Problem;
}

const isText = (bytes: Uint8Array | undefined): boolean => bytes?.includes(0) === false;

/** What is mounted of the folder. Where a container writes to it, it is data, and no git has it; but for a file of text. */
export async function mountedPaths(files: NamedFiles, { model, positionOf }: Loaded): Promise<NamedPath[]> {
  const binds = Object.entries(model.services).flatMap(([service, { volumes = [] }]) =>
    volumes.map((volume, index) => ({
      service,
      volume,
      at: ['services', service, 'volumes', index] as const,
    })),
  );
  const found: NamedPath[] = [];
  for (const { service, volume, at } of binds) {
    const path = volume.type === 'bind' ? projectPath(volume.source ?? '') : undefined;
    if (path === undefined) continue;
    const isFile = (await files.kindOf(path)) === 'file';
    if (volume.read_only !== true && isFile) await files.take(path);
    if (volume.read_only === true && (await files.isEmpty(path))) {
      // Where there was nothing, docker compose has made an empty folder.
      const message = `./${path} of ${service} is not in the folder, or is empty: put there what the container is to see, or take the mount out`;
      found.push({ path, problem: { code: 'CLI_ADOPT_DATA', message, position: positionOf([...at]) } });
      continue;
    }
    const isTaken = volume.read_only === true || isText(files.found.get(path)?.bytes);
    const message = `./${path} is written to by ${service}: name it by its absolute path, which the device allows by engine.bindRoots; or add :ro where it is only read`;
    found.push(
      isTaken
        ? { path }
        : { path, problem: { code: 'CLI_ADOPT_DATA', message, position: positionOf([...at]) } },
    );
  }
  return found;
}

/** Files of configs; those of secrets are what no git may have. */
export function definedPaths({ model, positionOf }: Loaded): NamedPath[] {
  const pathOf = (file: string | undefined) => projectPath(file ?? '');
  const configs = Object.values(model.configs ?? {}).map(each => pathOf(each?.file));
  const secrets = Object.entries(model.secrets ?? {}).flatMap(([name, each]): NamedPath[] => {
    const path = pathOf(each?.file);
    if (path === undefined) return [];
    const message = `./${path} is a secret as plain text: put its value into .env, and say \`${name}: { environment: NAME }\``;
    return [
      { path, problem: { code: 'SECRET_NOT_ENCRYPTED', message, position: positionOf(['secrets', name]) } },
    ];
  });
  return [...configs.flatMap(path => (path === undefined ? [] : [{ path }])), ...secrets];
}

/**
 * `../other` would be another place on the device.
 * @param deep the same, seen from elsewhere: what is relative is elsewhere
 */
export function outsideProblems({ model, positionOf }: Loaded, deep: ComposeResult): Problem[] {
  const isOutside = (source: string | undefined, other: string | undefined) =>
    source !== undefined && source !== other && projectPath(source) === undefined;
  const problem = (what: string, at: readonly (string | number)[]): Problem => {
    const message = `${what} what lies outside of the folder, by a path that begins in it: name it by its absolute path`;
    return { code: 'CLI_ADOPT_DATA', message, position: positionOf([...at]) };
  };
  const mounts = Object.entries(model.services).flatMap(([service, { volumes = [] }]) =>
    volumes.flatMap(({ type, source }, index) => {
      const other = deep.model?.services[service]?.volumes?.[index]?.source;
      if (type !== 'bind' || !isOutside(source, other)) return [];
      return [problem(`${service} mounts`, ['services', service, 'volumes', index])];
    }),
  );
  const files = (['configs', 'secrets'] as const).flatMap(kind =>
    Object.entries(model[kind] ?? {}).flatMap(([name, each]) =>
      isOutside(each?.file, deep.model?.[kind]?.[name]?.file)
        ? [problem(`${kind} ${name} holds`, [kind, name])]
        : [],
    ),
  );
  return [...mounts, ...files];
}
