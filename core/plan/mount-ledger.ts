/**
 * Which bind mounts can stand beside each other, and beside what containers of this device could ever write to. The
 * engine follows links on the way to a bind mount at every start: who could write to a folder above it has chosen what
 * it leads to. No look at the disk before the start is free of a race, so what was writable once counts for ever.
 */
import type { EngineAllowance } from '../../schemas/types.generated.ts';
import { normalPath } from '../compose/device/host-paths.ts';
import { printable } from '../compose/value/fault.ts';
import type { DesiredProject } from '../desired/state.ts';
import { type BindPath, bindPaths, boundDevice, dataFolder, defaultProjectsFolder } from './bind-paths.ts';
import type { ProjectMemory, WrittenPaths } from './memory.ts';
import type { ObservedState } from './observed.ts';

const nothingWritten: WrittenPaths = { projects: defaultProjectsFolder, paths: new Set(), unknown: [] };

/** Folders above a path, the nearest first. */
function foldersAbove(path: string): string[] {
  const above: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    above.push(path.slice(0, end));
  return [...above, '/'];
}

const liesBelow = (path: string, folder: string): boolean =>
  path !== folder && path.startsWith(folder === '/' ? '/' : `${folder}/`);

const named = ({ written }: BindPath): string => `\`${printable(written)}\``;

/** Of all containers of this device, whichever state they were made for. */
function mountedPaths({ containers, volumes }: ObservedState): BindPath[] {
  const devices = new Map(volumes.map(({ name, made }) => [name, boundDevice(made?.options ?? {})]));
  return containers.flatMap(({ mounts }) =>
    [...(mounts?.paths ?? []), ...(mounts?.volumes ?? []).map(name => devices.get(name) ?? '')]
      .filter(path => path !== '')
      .map(path => ({ path: normalPath(path), writable: true, written: path })),
  );
}

interface LedgerInput {
  readonly memory: ProjectMemory;
  readonly observed: ObservedState;
  readonly engine: EngineAllowance;
}

export class MountLedger {
  readonly #input: LedgerInput;
  readonly #written: WrittenPaths;
  /** Of the projects that were taken in so far. */
  readonly #taken = new Map<string, readonly BindPath[]>();

  constructor(input: LedgerInput) {
    this.#input = input;
    this.#written = input.memory.written ?? nothingWritten;
  }

  /** Takes the project in. @returns why its mounts cannot be made, or undefined */
  claim(project: DesiredProject): string | undefined {
    const own = this.#pathsOf(project);
    const refusal = this.#input.engine.privileged === true ? undefined : this.#refusalOf(project, own);
    if (refusal === undefined) this.#taken.set(project.name, own);
    return refusal;
  }

  #pathsOf(project: DesiredProject): BindPath[] {
    return bindPaths(project, this.#input.observed, this.#written.projects);
  }

  #refusalOf(project: DesiredProject, own: readonly BindPath[]): string | undefined {
    const data = dataFolder(this.#written.projects, project.name);
    const whole = own.find(({ path, writable }) => writable && path === data);
    if (whole !== undefined) {
      return `${named(whole)} is the folder that all data of the app lies in (engine.privileged allows it)`;
    }
    const agents = this.#agentsOwn(own, data);
    if (agents !== undefined) return agents;
    const others = [...this.#taken].flatMap(([name, paths]) => (name === project.name ? [] : paths));
    const writable = [...own, ...others].filter(path => path.writable).map(({ path }) => path);
    const open = new Set([...this.#written.paths, ...writable]);
    for (const bind of own) {
      const folder = foldersAbove(bind.path).find(above => open.has(above)) ?? this.#unknownAbove(bind);
      if (folder === undefined) continue;
      return `${named(bind)} lies below ${printable(folder)}, which a container of this device could write to: it may lead anywhere (engine.privileged allows it)`;
    }
    const running = [...this.#running(project), ...others];
    for (const bind of own.filter(path => path.writable)) {
      const below = running.find(({ path }) => liesBelow(path, bind.path));
      if (below === undefined) continue;
      return `${named(bind)} would be writable while ${named(below)} below it is mounted: that could lead anywhere (engine.privileged allows it)`;
    }
    return undefined;
  }

  /** What holds, or lies in, a folder of the agent is no app's to see or change, whatever `bindRoots` says. */
  #agentsOwn(binds: readonly BindPath[], data: string): string | undefined {
    const { own = [], socket } = this.#written;
    const { bindRoots = [], engineSocket } = this.#input.engine;
    const meets = (path: string, other: string) =>
      path === other || liesBelow(path, other) || liesBelow(other, path);
    for (const bind of binds) {
      const { path, writable } = bind;
      if (liesBelow(path, data)) continue;
      if (socket !== undefined && engineSocket !== true && meets(path, socket)) {
        return `${named(bind)} hands in the engine's socket (engine.engineSocket allows it)`;
      }
      // Whoever lists `/` itself means all of the device: for a look at it.
      if (path === '/' && !writable && bindRoots.includes('/')) continue;
      const folder = own.find(each => meets(path, each));
      if (folder !== undefined)
        return `${named(bind)} meets ${printable(folder)}, a folder of the agent's own (engine.privileged allows it)`;
    }
    return undefined;
  }

  /** A folder above it of which nobody knows who could write to it. */
  #unknownAbove({ path }: BindPath): string | undefined {
    const { unknown, projects } = this.#written;
    const above = foldersAbove(path);
    if (liesBelow(path, projects))
      return above.find(folder => unknown.some(data => data !== '/' && liesBelow(folder, data)));
    if (!unknown.includes('/')) return undefined;
    const roots = this.#input.engine.bindRoots ?? [];
    return above.find(folder => roots.some(root => folder === root || liesBelow(folder, root)));
  }

  /** What is mounted now, and what may be gone back to. */
  #running(project: DesiredProject): BindPath[] {
    const { memory, observed } = this.#input;
    const earlier = [...memory.projects].flatMap(([name, { lastGood }]) =>
      lastGood === undefined || (name === project.name && lastGood.digest === project.digest)
        ? []
        : this.#pathsOf(lastGood),
    );
    return [...earlier, ...mountedPaths(observed)];
  }
}
