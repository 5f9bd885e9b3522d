/**
 * Who may import whom: `schemas ← core ← {agent, gateway, cli} ← their main`, and `core ← portal ← {gateway, cli}`. In the agent a room imports only types
 * of earlier rooms; in core only core/io touches the world outside.
 */
import { type Import, importsOf, withoutComments } from '../../scripts/house/imports.ts';

/**
 * Rooms of a pass in their order. The tunnel stands beside the pass, and apply asks it by its interface; what runs the
 * apps (Docker, Podman) is known to the other rooms by its interface alone, too.
 */
const rooms = ['source', 'verify', 'runtime', 'apply', 'report'];
const runtimeInterface = 'agent/runtime/runtime.ts';

/**
 * Top folder → top folders it may import. `scripts`, `bench`, `lab` and `test` may import anything. The command imports the lab of
 * `towline lab` besides, when that is asked for.
 */
const mayImport: Record<string, readonly string[]> = {
  schemas: ['schemas'],
  core: ['core', 'schemas'],
  agent: ['agent', 'core', 'schemas'],
  gateway: ['gateway', 'portal', 'core', 'schemas'],
  cli: ['cli', 'portal', 'core', 'schemas'],
  portal: ['portal', 'core', 'schemas'],
};

/** Built-in modules that compute and nothing else. */
const pureBuiltins = new Set([
  'node:crypto',
  'node:buffer',
  'node:path',
  'node:path/posix',
  'node:util',
  'node:zlib',
  'node:url',
  'node:string_decoder',
]);

/** Packages that touch files, sockets, processes or clocks. */
const effectfulPackages = new Set([
  'dockerode',
  'ssh2',
  'isomorphic-git',
  'simple-git',
  'pino',
  'node-cron',
  'fastify',
  'commander',
]);

/** Names that reach a clock, a process or a terminal without any import. */
const effectfulNames =
  /\b(?:Date\.now|performance\.now|process\.(?:env|argv|cwd|exit|stdout|stderr|on)|setTimeout|setInterval|setImmediate|console\.|Math\.random)|(?<![.#\w])fetch\(\s*['"`]|\bnew Date\(\s*\)/;

const top = (file: string) => file.split('/')[0] ?? '';
const isPureCore = (file: string) => file.startsWith('core/') && !file.startsWith('core/io/');
/** Other folders of the agent (enrolment, secrets) are no rooms: the pass does not go through them in turn. */
const roomOf = (file: string) => /^agent\/(source|verify|runtime|apply|report|tunnel)\//.exec(file)?.[1];

function outsideTree(file: string, target: string, typeOnly: boolean): string | undefined {
  if (!isPureCore(file) || typeOnly) return undefined;
  if (target.startsWith('node:') && !pureBuiltins.has(target)) return `pure core imports ${target}`;
  if (effectfulPackages.has(target)) return `pure core imports ${target}`;
  return undefined;
}

function betweenRooms(file: string, target: string, typeOnly: boolean): string | undefined {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === undefined || to === undefined || from === to) return undefined;
  if (!typeOnly) return `room ${from} imports a value of room ${to}`;
  if (to === 'runtime' && target !== runtimeInterface) return `room ${from} goes round ${runtimeInterface}`;
  const later = rooms.indexOf(to) > rooms.indexOf(from) && from !== 'tunnel';
  return later ? `room ${from} imports a type of the later room ${to}` : undefined;
}

function judge(file: string, { target, typeOnly }: Import): string | undefined {
  // A file of a package looks like one of ours.
  const isPackage = target.startsWith('node:') || target.startsWith('protobufjs/');
  if (!/^[a-z-]+\/.*\.(ts|js|json)$/.test(target) || isPackage) return outsideTree(file, target, typeOnly);
  const allowed = mayImport[top(file)];
  const isLab = top(file) === 'cli' && /^lab\/(?:sites|mirror)\//.test(target);
  if (allowed !== undefined && !isLab && !allowed.includes(top(target)))
    return `${top(file)} imports ${top(target)}`;
  if (isPureCore(file) && target.startsWith('core/io/') && !typeOnly)
    return 'pure core imports a value of core/io';
  return betweenRooms(file, target, typeOnly);
}

/** @param files path from the root → source. @returns one line for each break of the rule. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [file, source] of files) {
    for (const imported of importsOf(file, source)) {
      const reason = judge(file, imported);
      if (reason !== undefined) found.push(`${file}: ${reason} (${imported.target})`);
    }
    const effect = isPureCore(file) ? effectfulNames.exec(withoutComments(source)) : null;
    if (effect !== null) found.push(`${file}: pure core uses ${effect[0]}`);
  }
  return found;
}
