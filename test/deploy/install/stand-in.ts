/** Versions of the agent that weigh nothing, a place that serves them, and systems to install them into. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type InstallPart, installScript } from '../../../core/install/install-script.ts';
import { targets } from '../../../scripts/package/architecture.ts';
import { type PartFile, partArchive } from '../../../scripts/package/part-archive.ts';

const deploy = path.join(import.meta.dirname, '../../../deploy');
export const template = readFileSync(path.join(deploy, 'install.sh'), 'utf8');
const platform = Object.values(targets).find(target => target.node === process.arch)?.platform ?? '';
const node = `#!/bin/sh\n[ "$1" != --version ] || { echo v24.0.0; exit 0; }\nexec ${process.execPath} "$@"\n`;

export interface Version {
  readonly name: string;
  readonly script: Buffer;
  readonly sha256: string;
  /** Name of a part → its hash. */
  readonly parts: ReadonlyMap<string, string>;
}

export interface Done {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const file = (text: string, executable = false): PartFile => ({ bytes: Buffer.from(text), executable });

/** Nothing but its name in each program; its units are the real ones. */
function filesOf(name: string): Map<string, Map<string, PartFile>> {
  const says = file(`console.log(${JSON.stringify(name)})\n`);
  const units = readdirSync(path.join(deploy, 'systemd')).map((unit): [string, PartFile] => [
    `systemd/${unit}`,
    { bytes: readFileSync(path.join(deploy, 'systemd', unit)) },
  ]);
  const isGateways = ([unit]: [string, PartFile]) => unit.includes('gateway');
  const agent = new Map<string, PartFile>([
    ['agent.js', says],
    ['towline.js', says],
    ['package.json', file('{"type":"module"}')],
    ['launch', file('#!/bin/sh\nshift\ncd "$(dirname "$0")" && exec ./node towline.js "$@"\n', true)],
    ['authorized-keys', file('#!/bin/sh\n', true)],
    ['doc/device.md', file(name)],
    ['doc/install.sh', { bytes: Buffer.from(template) }],
    ...units.filter(unit => !isGateways(unit)),
  ]);
  const gateway = new Map<string, PartFile>([['gateway.js', says], ...units.filter(isGateways)]);
  return new Map([
    ['node', new Map([['node', file(node, true)]])],
    ['agent', agent],
    ['gateway', gateway],
  ]);
}

export class StandIn implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'towline-install-'));

  /** @param without parts that it has not @param padding bytes that no archive makes smaller, in its agent */
  version(
    name: string,
    { without = [], padding }: { without?: readonly string[]; padding?: Buffer } = {},
  ): Version {
    const made = path.join(this.folder, 'parts');
    mkdirSync(made, { recursive: true });
    const rows: InstallPart[] = [];
    for (const [part, files] of filesOf(name)) {
      if (without.includes(part)) continue;
      if (part === 'agent' && padding !== undefined) files.set('padding', { bytes: padding });
      const bytes = partArchive(files, 1);
      const sha256 = hashOf(bytes);
      writeFileSync(path.join(made, sha256), bytes);
      rows.push({ name: part, sha256, bytes: bytes.length });
    }
    const text = installScript({ template, version: name, platforms: { [platform]: { parts: rows } } });
    const script = Buffer.from(text);
    const sha256 = hashOf(script);
    writeFileSync(path.join(made, sha256), script);
    writeFileSync(path.join(this.folder, `install-${name}.sh`), script);
    return { name, script, sha256, parts: new Map(rows.map(row => [row.name, row.sha256])) };
  }

  part(sha256: string): Buffer {
    return readFileSync(path.join(this.folder, 'parts', sha256));
  }

  /** A system that is not running: what says for which machine it is made. */
  root(name: string): string {
    const root = path.join(this.folder, name);
    for (const below of ['bin', 'etc', 'usr/bin']) mkdirSync(path.join(root, below), { recursive: true });
    copyFileSync('/bin/dash', path.join(root, 'bin/sh'));
    return root;
  }

  script({ name }: Version): string {
    return path.join(this.folder, `install-${name}.sh`);
  }

  run(
    version: Version,
    words: readonly string[],
    { shell = ['sh'], environment = {} }: RunOptions = {},
  ): Done {
    const [program = 'sh', ...before] = shell;
    return spawnSync(program, [...before, this.script(version), ...words], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface RunOptions {
  readonly shell?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** Beside this process, which serves it meanwhile. */
export async function runBeside(
  command: string,
  words: readonly string[],
  { environment = {}, input = '' }: { environment?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Done> {
  const child = spawn(command, words, { env: { ...process.env, ...environment }, stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', chunk => {
    stdout += String(chunk);
  });
  child.stderr.on('data', chunk => {
    stderr += String(chunk);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const status = await new Promise<number | null>(resolve => child.once('close', resolve));
  return { status, stdout, stderr };
}

/** What a system runs: the name in its programs, which is the same in all of them; undefined where nothing is installed. */
export function runsOn(root: string): string | undefined {
  const programs = path.join(root, 'usr/lib/towline');
  if (!existsSync(programs)) return undefined;
  const read = (name: string) => readFileSync(path.join(programs, name), 'utf8');
  const names = [
    ...['agent.js', 'towline.js'].map(name => /"(.*)"/.exec(read(name))?.[1]),
    read('doc/device.md'),
  ];
  if (new Set(names).size !== 1) throw new Error(`${root} runs halves: ${names.join(', ')}`);
  return names[0];
}

/** What lies in the folder of versions: after a whole run, one. */
export const versionsOn = (root: string): readonly string[] => {
  const folder = path.join(root, 'usr/lib/towline.d');
  return existsSync(folder) ? readdirSync(folder) : [];
};

export const linkOf = (root: string): string => readlinkSync(path.join(root, 'usr/lib/towline'));
