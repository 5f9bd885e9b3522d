/**
 * Databases as Debian has them, in an image of their files and of nothing else: the packages are unpacked, not installed,
 * and of the machine come the libraries that it has already.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { findCommand, requireCommands } from './packages.ts';
import { type TarEntry, tarArchive } from './tar.ts';
import { unpackedPackages } from './unpacked-packages.ts';

export type Database = 'sqlite' | 'redis' | 'postgres';

interface Recipe {
  readonly packages: readonly string[];
  /** Names of programs, found below `usr`. */
  readonly programs: readonly string[];
  /** Beginning of paths of what else they read. */
  readonly beside?: RegExp;
}

const recipes: Readonly<Record<Database, Recipe>> = {
  sqlite: { packages: ['sqlite3'], programs: ['sqlite3'] },
  redis: { packages: ['redis-server', 'redis-tools'], programs: ['redis-server', 'redis-cli'] },
  postgres: {
    packages: ['postgresql-15'],
    programs: ['postgres', 'initdb', 'pg_ctl', 'psql', 'pg_dump'],
    beside: /^\/usr\/(?:share\/postgresql\/\d+|lib\/postgresql\/\d+\/lib)\/(?!bitcode|.*jit|man\/|locale\/)/,
  },
};

const applets = ['sh', 'cat', 'echo', 'mkdir', 'mv', 'rm', 'sleep', 'sync', 'tail', 'test', 'touch'];
/** Of Debian's PostgreSQL; the others may be anybody. */
export const databaseUser = 26;

/** Absolute paths below `root`, as if that were `/`. */
function filesBelow(root: string, folder = '/usr'): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(root, place);
    return statSync(path.join(root, place), { throwIfNoEntry: false })?.isFile() === true ? [place] : [];
  });
}

/** The context of a build. @throws Error where the packages cannot be had, with a line that says what to do */
export function databaseContext(database: Database): Buffer {
  requireCommands(['busybox']);
  const { packages, programs, beside } = recipes[database];
  const { root, environment } = unpackedPackages(`database-${database}`, packages);
  const all = filesBelow(root);
  const found = programs.map(name => {
    const place = all.find(each => /\/s?bin\//.test(each) && path.basename(each) === name);
    if (place === undefined) throw new Error(`${packages.join(', ')} have no ${name}`);
    return place;
  });
  const places = new Map(
    [...found, ...all.filter(place => beside?.test(place))].map(place => [place, path.join(root, place)]),
  );
  for (const place of found) {
    const { stdout } = spawnSync('ldd', [path.join(root, place)], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    for (const [, library = ''] of stdout.matchAll(/(?:=> |^\t)(\/\S+) \(0x/gm))
      places.set(library.startsWith(root) ? library.slice(root.length) : library, library);
  }
  const busybox = findCommand('busybox');
  if (busybox === undefined) throw new Error('missing on this machine: busybox-static');
  const folders = [...new Set(found.map(place => path.dirname(place)))];
  const dockerfile = `FROM scratch
COPY root/ /
COPY --chown=${databaseUser}:${databaseUser} data/ /data/
COPY --chown=${databaseUser}:${databaseUser} data/ /acks/
COPY --chown=${databaseUser}:${databaseUser} data/ /dump/
COPY --chown=${databaseUser}:${databaseUser} data/ /tmp/
ENV PATH=${folders.join(':')}:/bin LC_ALL=C
USER ${databaseUser}
`;
  const entries: TarEntry[] = [...places].map(([place, file]) => ({
    path: `root${place}`,
    mode: statSync(file).mode & 0o777,
    bytes: readFileSync(file),
  }));
  return tarArchive([
    { path: 'Dockerfile', bytes: dockerfile },
    { path: 'root/bin/busybox', mode: 0o755, bytes: readFileSync(busybox) },
    ...applets.map(applet => ({ path: `root/bin/${applet}`, link: 'busybox' })),
    { path: 'root/etc/passwd', bytes: `postgres:x:${databaseUser}:${databaseUser}::/data:/bin/sh\n` },
    { path: 'data/.is-there', bytes: '' },
    ...entries,
  ]);
}
