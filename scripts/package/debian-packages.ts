/** The three packages of one architecture: an agent, which is whole by itself; the command, for a desk; what makes a gateway of either. */
import { type Architecture, targets } from './architecture.ts';
import type { Deb, DebFile } from './deb.ts';
import { changelog, copyright, debianFile, guide, maintainerScripts, users } from './debian-documents.ts';
import type { PartFile, PartFiles } from './part-archive.ts';

export interface DebianOptions {
  readonly architecture: Architecture;
  /** Of package.json. */
  readonly version: string;
  readonly epochSeconds: number;
  /** What is in each part. Without `node` the machine's own runs them. */
  readonly node: PartFiles | undefined;
  readonly agent: PartFiles;
  readonly helper: PartFiles;
  readonly gateway: PartFiles;
}

const programs = 'usr/lib/towline';
const units = 'usr/lib/systemd/system';
const sysusers = 'systemd | systemd-standalone-sysusers | systemd-sysusers';

/** `0.2.0-rc.1` comes before `0.2.0`, there as well. */
export const debianVersion = (version: string): string => version.replace('-', '~');

const below = (folder: string, files: PartFiles): [string, DebFile][] =>
  [...files].map(([name, file]) => [`${folder}/${name}`, file]);

const only = (files: PartFiles, names: RegExp): PartFiles =>
  new Map([...files].filter(([name]) => names.test(name)));

/** What the official binary asks for of a system; Debian's own brings what it needs. */
const needsOf = ({ node }: DebianOptions): string[] =>
  node === undefined
    ? ['nodejs (>= 20.19)', 'zstd']
    : ['libc6 (>= 2.28)', 'libgcc-s1 (>= 3.4)', 'libstdc++6 (>= 5.2)'];

/** Where Node ships it stands beside the program. */
const nodeOf = ({ node }: DebianOptions): string =>
  node === undefined ? '/usr/bin/node' : `/${programs}/node`;

const script = (text: string): DebFile => ({ bytes: Buffer.from(`#!/bin/sh\n${text}`), executable: true });

function unitOf(file: PartFile | undefined, options: DebianOptions): DebFile {
  const text = Buffer.from(file?.bytes ?? '').toString('utf8');
  const started = text.replace('ExecStart=/usr/bin/node ', `ExecStart=${nodeOf(options)} `);
  return { bytes: Buffer.from(started) };
}

function debOf(
  options: DebianOptions,
  name: string,
  files: readonly (readonly [string, DebFile])[],
  control: Deb['control'],
): Deb {
  const version = debianVersion(options.version);
  const documents: [string, DebFile][] = [
    [`usr/share/doc/${name}/changelog.gz`, changelog(name, version, options.epochSeconds)],
    [`usr/share/doc/${name}/copyright`, copyright(options.agent, options.node)],
    [`usr/share/lintian/overrides/${name}`, debianFile(`${name}.lintian-overrides`)],
  ];
  const whole = new Map<string, DebFile>([...files, ...documents]);
  return {
    ...{ name, version, architecture: options.architecture, files: whole },
    control: [['Section', 'admin'], ['Priority', 'optional'], ...control],
    folders: name === 'towline' ? [] : ['etc/towline'],
    scripts: maintainerScripts(name),
  };
}

function agent(options: DebianOptions): Deb {
  const { node = new Map(), agent: part, helper, gateway } = options;
  const started = only(part, /^systemd\/[^/]*\.service$/);
  const files: [string, DebFile][] = [
    ...below(programs, node),
    // dpkg takes it off, and not the script.
    ...below(programs, only(part, /^(?!doc\/install\.sh$)/)),
    ...below(programs, helper),
    ...below(programs, copied(gateway)),
    ...[...started].map(([name, file]): [string, DebFile] => [
      `${units}/${name.replace('systemd/', '')}`,
      unitOf(file, options),
    ]),
    [`${units}/towline-agent-restart.service`, debianFile('towline-agent-restart.service')],
    ['usr/libexec/towline/restart-agents', { ...debianFile('restart-agents'), executable: true }],
    ['usr/lib/sysusers.d/towline-agent.conf', users('towline', 'towline-keys')],
    ...command(options, part.has('launch')),
    ...['device', 'retire', 'packages'].map(guide),
  ];
  return debOf(options, 'towline-agent', files, [
    ['Depends', [...needsOf(options), sysusers].join(', ')],
    ['Recommends', 'docker.io | docker-ce | podman'],
    ['Provides', `towline (= ${debianVersion(options.version)})`],
    ['Conflicts', 'towline'],
    ['Replaces', 'towline'],
    [
      'Description',
      `agent of Towline, for a device
 It holds a device to what a signed git repository says: which apps of which
 release run on its container engine, who may reach it, and which version of
 the agent itself it runs. The command towline is in it.`,
    ],
  ]);
}

/** What the command copies or serves. */
const copied = (gateway: PartFiles): PartFiles => only(gateway, /^(?:portal|fleet-repo-template|schemas)\//);

function command(options: DebianOptions, launched: boolean): [string, DebFile][] {
  const start = launched ? `/${programs}/launch towline` : `${nodeOf(options)} /${programs}/towline.js`;
  return [
    ['usr/bin/towline', script(`exec ${start} "$@"\n`)],
    ['usr/share/man/man1/towline.1.gz', debianFile('towline.1', { packed: true })],
  ];
}

function desk(options: DebianOptions): Deb {
  const { node = new Map(), agent: part, gateway } = options;
  const files: [string, DebFile][] = [
    ...below(programs, node),
    ...below(
      programs,
      only(part, /^(?:towline[^/]*\.js|[a-z-]+\.mjs|sshcrypto[^/]*|package\.json|LICEN[^/]*)$/),
    ),
    ...below(programs, copied(gateway)),
    ...command(options, false),
  ];
  return debOf(options, 'towline', files, [
    ['Depends', [...needsOf(options), 'git'].join(', ')],
    ['Recommends', 'openssh-client, gnupg'],
    [
      'Description',
      `command of Towline, for a desk
 It makes, checks, reads and releases the signed git repository that is the
 control plane of a fleet of devices, and reaches them.`,
    ],
  ]);
}

function gateway(options: DebianOptions): Deb {
  const { gateway: part } = options;
  const unit = 'towline-gateway.service';
  const files: [string, DebFile][] = [
    ...below(programs, only(part, /^gateway\.js$/)),
    [`${units}/${unit}`, unitOf(part.get(`systemd/${unit}`), options)],
    ['usr/lib/sysusers.d/towline-gateway.conf', users('towline-gateway')],
    guide('gateway'),
  ];
  // Its page is the command's: of one version.
  const needs = [`towline (= ${debianVersion(options.version)})`, 'git', sysusers];
  return debOf(options, 'towline-gateway', files, [
    ['Depends', needs.join(', ')],
    ['Recommends', 'ca-certificates, openssh-client'],
    [
      'Description',
      `gateway of Towline, for a machine that devices reach
 It serves the signed git repository of a fleet to its devices, takes what they
 report, and is the way through to them for people. It holds no key that can
 change a device.`,
    ],
  ]);
}

/** Of an architecture, in the order in which they are made. */
export function debianPackages(options: DebianOptions): Deb[] {
  const { triplet } = targets[options.architecture];
  if (options.agent.size === 0) throw new Error(`nothing to package for ${triplet}`);
  return [agent(options), desk(options), gateway(options)];
}
