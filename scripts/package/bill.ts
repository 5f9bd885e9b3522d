/** What is in what ships: a bill of materials in CycloneDX 1.5, as JSON. The same contents give the same bytes. */
import { createHash } from 'node:crypto';
import type { BundledPackage } from '../bundle/licences.ts';
import type { Architecture } from './architecture.ts';
import type { DebianPackage } from './debian-files.ts';

export interface BillOptions {
  readonly version: string;
  readonly commit: string;
  readonly epochSeconds: number;
  /** Of the bundles. */
  readonly packages: readonly BundledPackage[];
  /** Its version. */
  readonly node: string;
  /** Of the image for volumes and the gateway's, by architecture. */
  readonly debian: readonly {
    readonly architecture: Architecture;
    readonly packages: readonly DebianPackage[];
  }[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

interface Component {
  readonly type: string;
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly [field: string]: unknown;
}

/** SPDX ids and expressions stand as such; anything else is a name. */
function licenceOf(name: string): object {
  if (/ (?:AND|OR|WITH) /.test(name)) return { expression: name.replace(/^\((.*)\)$/, '$1') };
  return { license: /^[A-Za-z0-9.+-]+$/.test(name) ? { id: name } : { name } };
}

function ofNpm({ name, version, licence, integrity }: BundledPackage): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const hash = /^sha512-(.+)$/.exec(integrity ?? '')?.[1];
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version, purl },
    licenses: [licenceOf(licence)],
    ...(hash === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }),
  };
}

function ofDebian(architecture: string, { name, version }: DebianPackage): Component {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { type: 'library', 'bom-ref': purl, name, version, purl };
}

/** A number by what it is about: version 5 of RFC 9562 has it like this. */
function serialOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function bill(options: BillOptions): string {
  const { version, commit, node } = options;
  const towline = `pkg:generic/towline@${version}`;
  const runtime = `pkg:generic/node@${node}`;
  const components = new Map<string, Component>();
  const add = (component: Component) => components.set(component['bom-ref'], component);
  add({
    type: 'platform',
    'bom-ref': runtime,
    name: 'node',
    version: node,
    purl: runtime,
    licenses: [licenceOf('MIT')],
  });
  for (const one of options.packages) add(ofNpm(one));
  for (const { architecture, packages } of options.debian)
    for (const one of packages) add(ofDebian(architecture, one));
  for (const { name, sha256 } of options.files)
    add({ type: 'file', 'bom-ref': `file:${name}`, name, hashes: [{ alg: 'SHA-256', content: sha256 }] });
  const sorted = [...components.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const content = {
    metadata: {
      timestamp: new Date(options.epochSeconds * 1000).toISOString(),
      component: {
        ...{ type: 'application', 'bom-ref': towline, name: 'towline', version, purl: towline },
        licenses: [licenceOf('Apache-2.0')],
        properties: [{ name: 'towline:commit', value: commit }],
      },
    },
    components: sorted,
    dependencies: [
      {
        ref: towline,
        dependsOn: sorted.filter(({ type }) => type !== 'file').map(component => component['bom-ref']),
      },
    ],
  };
  const serialNumber = serialOf(JSON.stringify(content));
  const whole = { bomFormat: 'CycloneDX', specVersion: '1.5', serialNumber, version: 1, ...content };
  return `${JSON.stringify(whole, undefined, 1)}\n`;
}
