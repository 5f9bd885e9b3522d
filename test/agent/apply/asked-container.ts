/** Two requests for a container are compared by what they mean: what is spelt otherwise is brought to one form. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { asObject, asObjects, asText, asTexts } from '../../../core/compose/value/json-access.ts';
import type { Json, JsonObject } from '../../../core/compose/value/model.ts';
import type { CreateRequest } from '../../rig/create-recorder.ts';

/** Members whose zero or false says something else than their absence. */
const telling = new Set([
  'Init',
  'MemorySwappiness',
  'PidsLimit',
  'Soft',
  'Hard',
  'StopTimeout',
  'Entrypoint',
  'MaskedPaths',
  'ReadonlyPaths',
]);

/** Members of no consequence for a container that nobody is attached to. */
const idle = new Set(['AttachStdout', 'AttachStderr', 'ConsoleSize']);

/** Lists whose order or spelling says nothing. */
const sets: Readonly<Record<string, (text: string) => string>> = {
  Env: text => text,
  ExtraHosts: text => text,
  Aliases: text => text,
  CapAdd: text => text.replace(/^CAP_/, ''),
  CapDrop: text => text.replace(/^CAP_/, ''),
};

function isNoRestart(key: string, value: Json): boolean {
  return key === 'RestartPolicy' && asObject(value).Name === 'no';
}

function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function byName(a: JsonObject, b: JsonObject): number {
  return asText(a.Name) < asText(b.Name) ? -1 : 1;
}

function asSet(key: string, value: Json): Json {
  if (key === 'Ulimits') return asObjects(value).sort(byName);
  if (key === 'Capabilities')
    return (Array.isArray(value) ? value : []).map(list => [...new Set(asTexts(list))]);
  const spell = sets[key];
  return spell === undefined || value === null ? value : [...new Set(asTexts(value).map(spell))].sort();
}

/** Without members that say nothing; keys in order. */
function pruned(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const members = Object.entries(value)
    .map(([key, member]): [string, Json] => [key, asSet(key, pruned(member))])
    .filter(([key, member]) => !idle.has(key) && !isNoRestart(key, member))
    .filter(([key, member]) => (telling.has(key) ? member !== null : !isEmpty(member)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members);
}

/** What stands at a path of the host, where each side keeps its own copy of a file of the project. */
function content(source: string, folders: readonly string[]): string {
  if (!folders.some(folder => source.startsWith(`${folder}/`))) return source;
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return 'folder of the project';
  const [mode, uid, gid] = [found.mode & 0o777, found.uid, found.gid].map(number => number.toString(8));
  return written(readFileSync(source), mode ?? '', uid ?? '', gid ?? '');
}

/** `source:target:ro,z` of the engine's older form → its Mount. */
function bindMount(text: string): JsonObject {
  const [source = '', target = '', words = ''] = text.split(':');
  const options = words.split(',');
  const isVolume = !source.startsWith('/');
  const propagation = options.find(option => /^r?(?:shared|slave|private)$/.test(option));
  const selinux = options.find(option => /^z$/i.test(option));
  return {
    Type: isVolume ? 'volume' : 'bind',
    Source: source,
    Target: target,
    ReadOnly: options.includes('ro'),
    ...(propagation === undefined ? {} : { BindOptions: { Propagation: propagation } }),
    ...(selinux === undefined ? {} : { selinux }),
    ...(options.includes('nocopy') ? { VolumeOptions: { NoCopy: true } } : {}),
  };
}

function mounts(host: JsonObject, folders: readonly string[]): JsonObject {
  const all = [...asTexts(host.Binds).map(bindMount), ...asObjects(host.Mounts)];
  return Object.fromEntries(
    all.map(mount => {
      const source = content(asText(mount.Source), folders);
      return [asText(mount.Target), pruned({ ...mount, Source: source })];
    }),
  );
}

/** Without ours, and without where the Compose file lies. The hash is compared by a test of its own. */
function labels(all: JsonObject): JsonObject {
  const differing =
    /^(?:io\.towline\.|com\.docker\.compose\.(?:config-hash|project\.working_dir|project\.config_files)$)/;
  const kept = Object.entries(all).filter(([key]) => !differing.test(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      const isList = key === 'com.docker.compose.depends_on';
      return [key, isList ? asText(value).split(',').sort().join(',') : value];
    }),
  );
}

/** Files that were copied in, as if they were mounted: archives of one file each. */
function copies(archives: readonly Buffer[]): JsonObject {
  return Object.fromEntries(
    archives.map(archive => {
      const field = (from: number, to: number) => archive.toString('utf8', from, to).replace(/[\0 ]+$/, '');
      const bytes = archive.subarray(512, 512 + Number.parseInt(field(124, 136), 8));
      const target = `/${field(0, 100).replace(/^\//, '')}`;
      const mode = Number.parseInt(field(100, 108), 8).toString(8);
      return [target, { Source: written(bytes, mode, field(108, 116), field(116, 124)), Target: target }];
    }),
  );
}

function written(bytes: Buffer, mode: string, uid: string, gid: string): string {
  const [owner, group] = [uid, gid].map(text => Number.parseInt(text, 8));
  return `${createHash('sha256').update(bytes).digest('hex').slice(0, 8)} ${mode} ${owner}:${group}`;
}

function endpoints(request: CreateRequest, nameOf: (reference: string) => string): JsonObject {
  const first = asObject(asObject((request.body as JsonObject).NetworkingConfig).EndpointsConfig);
  const all = [...Object.entries(first), ...request.joined];
  return Object.fromEntries(
    all.map(([name, settings]) => {
      // Answers of the engine that docker compose fills in; the addresses asked for stand in IPAMConfig.
      const { IPAddress: _address, IPv6Gateway: _gateway, ...asked } = asObject(settings as Json);
      return [nameOf(name), pruned(asked)];
    }),
  );
}

/** @param folders where either side keeps files of the project  @param nameOf a network's name by name or id */
export function askedContainer(
  request: CreateRequest,
  folders: readonly string[],
  nameOf: (reference: string) => string,
): JsonObject {
  const { NetworkingConfig: _networks, HostConfig, Labels, ...config } = request.body as JsonObject;
  const { Binds: _binds, Mounts: _mounts, ...host } = asObject(HostConfig);
  return {
    ...asObject(pruned(config)),
    Labels: labels(asObject(Labels)),
    HostConfig: pruned(host),
    mounts: { ...mounts(asObject(HostConfig), folders), ...copies(request.copied) },
    endpoints: endpoints(request, nameOf),
    ...(request.platform === undefined ? {} : { platform: request.platform }),
  };
}

/** A network or volume as it is asked for. */
export function askedResource(body: Readonly<Record<string, unknown>>): JsonObject {
  const { Labels, ...rest } = body as JsonObject;
  return { ...asObject(pruned(rest)), Labels: labels(asObject(Labels)) };
}

/** Path → what the first and the second have there, wherever they differ. */
export function differences(first: Json, second: Json, at = ''): Map<string, [string, string]> {
  const found = new Map<string, [string, string]>();
  const isMap = (value: Json) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isMap(first) && isMap(second)) {
    const [a, b] = [asObject(first), asObject(second)];
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      for (const entry of differences(a[key] ?? null, b[key] ?? null, at === '' ? key : `${at} ${key}`))
        found.set(...entry);
    }
    return found;
  }
  const [a, b] = [JSON.stringify(first), JSON.stringify(second)];
  if (a !== b) found.set(at, [a, b]);
  return found;
}
