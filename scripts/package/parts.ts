/**
 * A version of the agent as parts, each a .tar.gz under its SHA-256, and the file that root lists it by: what ships, and
 * the stand-ins that tests make for it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installScript } from '../../core/install/install-script.ts';
import { helperImage } from '../../lab/machine/helper-image.ts';
import { type Architecture, targets } from './architecture.ts';
import { nodeRuntime, shipsNode } from './node-runtime.ts';
import { type PartFile, type PartFiles, partArchive } from './part-archive.ts';
import { agentFiles, gatewayFiles } from './part-files.ts';

type Bytes = Uint8Array | string;

export interface PartsOptions {
  /** What `npm run bundle` made, or `npm test` (`TOWLINE_PROGRAMS`). */
  readonly dist: string;
  /** Takes `parts/<sha256>`, `install.sh` and `towline-agent_<version>.yaml`. */
  readonly folder: string;
  /** Another one than the bundle's is written into its programs. */
  readonly version: string;
  readonly architectures: readonly Architecture[];
  /** Laid over the agent part: a path of it → what is there instead. */
  readonly files?: Readonly<Record<string, Bytes>>;
  /** In place of the real Node; false: no such part. */
  readonly node?: Bytes | false;
  /** In place of this machine's own image; false: no such part. */
  readonly helper?: Bytes | false | ((architecture: Architecture) => Uint8Array);
  /** Of that architecture, by its name. Left out: what the bundle has. */
  readonly addon?: (architecture: Architecture) => ReadonlyMap<string, Uint8Array>;
  /** Of what the agent of this version writes down. */
  readonly stateFormat?: number;
  /** Also `gateway`, which stands in install.sh and not in the list of agents. */
  readonly gateway?: boolean;
}

export interface MadePart {
  readonly name: 'node' | 'agent' | 'helper' | 'gateway';
  readonly sha256: string;
  readonly bytes: number;
}

export interface MadeParts {
  readonly version: string;
  /** `linux/amd64` → its parts. */
  readonly platforms: Readonly<Record<string, { readonly parts: readonly MadePart[] }>>;
  /** Path of the body of `trust/agents/<version>.yaml`. */
  readonly file: string;
}

const script = path.resolve(import.meta.dirname, '../../deploy/install.sh');

/** As esbuild writes package.json of which only the version is left (scripts/bundle/version-only.ts). */
function withVersion(files: PartFiles, bundled: string, version: string): PartFiles {
  if (bundled === version) return files;
  const from = `={version:${JSON.stringify(bundled)}}`;
  const changed = new Map<string, PartFile>();
  for (const [name, file] of files) {
    const text = name.endsWith('.js') ? Buffer.from(file.bytes).toString('utf8') : '';
    const bytes = text.includes(from)
      ? Buffer.from(text.replace(from, `={version:${JSON.stringify(version)}}`))
      : file.bytes;
    changed.set(name, { ...file, bytes });
  }
  if (changed.get('agent.js')?.bytes === files.get('agent.js')?.bytes)
    throw new Error(`agent.js does not say ${from}: its version cannot be replaced`);
  return changed;
}

function put(folder: string, name: MadePart['name'], bytes: Buffer): MadePart {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = path.join(folder, 'parts', sha256);
  if (!existsSync(file)) writeFileSync(file, bytes);
  return { name, sha256, bytes: bytes.length };
}

function bundledAddon(dist: string, architecture: Architecture): Map<string, Uint8Array> {
  const name = `sshcrypto-linux-${targets[architecture].node}.node`;
  const has = readdirSync(dist).includes(name);
  return new Map(has ? [[name, readFileSync(path.join(dist, name))]] : []);
}

function nodeFiles(architecture: Architecture, node: PartsOptions['node']): PartFiles | undefined {
  if (node === false || (node === undefined && !shipsNode(architecture))) return undefined;
  if (node !== undefined) return new Map([['node', { bytes: Buffer.from(node), executable: true }]]);
  const { program, licence } = nodeRuntime(architecture);
  return new Map([
    ['node', { bytes: readFileSync(program), executable: true }],
    ['LICENSE.node', { bytes: readFileSync(licence) }],
  ]);
}

/** What is in each part of a version. */
export interface VersionFiles {
  readonly node: PartFiles | undefined;
  readonly agent: PartFiles;
  readonly helper: PartFiles | undefined;
}

export function versionFiles(
  options: Omit<PartsOptions, 'folder' | 'architectures'>,
  architecture: Architecture,
): VersionFiles {
  const { dist, version, addon, files = {} } = options;
  const about = JSON.parse(readFileSync(path.join(dist, 'package.json'), 'utf8'));
  const whole = agentFiles(dist, addon?.(architecture) ?? bundledAddon(dist, architecture));
  const agent = new Map(withVersion(whole, String(about.version), version));
  for (const [name, bytes] of Object.entries(files))
    agent.set(name, { ...agent.get(name), bytes: Buffer.from(bytes) });
  const given = options.helper ?? readFileSync(helperImage());
  const helper = typeof given === 'function' ? given(architecture) : given;
  return {
    node: nodeFiles(architecture, options.node),
    agent,
    helper: helper === false ? undefined : new Map([['helper.tar', { bytes: Buffer.from(helper) }]]),
  };
}

function partsOf(options: PartsOptions, architecture: Architecture): MadePart[] {
  const { node, agent, helper } = versionFiles(options, architecture);
  const named = [
    ['node', node],
    ['agent', agent],
    ['helper', helper],
  ] as const;
  return named.flatMap(([name, files]) =>
    files === undefined ? [] : [put(options.folder, name, partArchive(files))],
  );
}

const partLine = ({ name, sha256, bytes }: MadePart): string =>
  `      - { name: ${name}, sha256: ${sha256}, bytes: ${bytes} }\n`;

/** Makes the parts, the install script that knows them, and the file for `trust/agents`. */
export function makeParts(options: PartsOptions): MadeParts {
  const { folder, version, architectures, stateFormat = 1 } = options;
  mkdirSync(path.join(folder, 'parts'), { recursive: true });
  const platforms = Object.fromEntries(
    architectures.map(architecture => [
      targets[architecture].platform,
      { parts: partsOf(options, architecture) },
    ]),
  );
  const gateway =
    options.gateway === true ? [put(folder, 'gateway', partArchive(gatewayFiles(options.dist)))] : [];
  const text = installScript({
    template: readFileSync(script, 'utf8'),
    version,
    platforms: Object.fromEntries(
      Object.entries(platforms).map(([name, { parts }]) => [name, { parts: [...parts, ...gateway] }]),
    ),
  });
  const install = put(folder, 'agent', Buffer.from(text));
  writeFileSync(path.join(folder, 'install.sh'), text, { mode: 0o755 });
  const lines = Object.entries(platforms).flatMap(([platform, { parts }]) => [
    `  ${platform}:\n    parts:\n`,
    ...parts.map(partLine),
  ]);
  const file = path.join(folder, `towline-agent_${version}.yaml`);
  writeFileSync(
    file,
    `apiVersion: towline/v1
stateFormat: ${stateFormat}
install: { sha256: ${install.sha256}, bytes: ${install.bytes} }
platforms:
${lines.join('')}`,
  );
  return { version, platforms, file };
}
