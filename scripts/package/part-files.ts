/** What is in each part of a version of the agent, and in the gateway's. No file is in two of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PartFile, PartFiles } from './part-archive.ts';

const root = path.resolve(import.meta.dirname, '../..');
const deploy = path.join(root, 'deploy');

function read(file: string): PartFile {
  const bytes = readFileSync(file);
  return { bytes, executable: bytes.subarray(0, 2).toString('latin1') === '#!' };
}

/** Names below a folder, with `/` between. */
function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

const guides = (...names: readonly string[]): [string, PartFile][] =>
  names.map(name => [`doc/${name}`, read(path.join(root, 'docs/guides', name))]);

/** Programs and licences of the command: what agent, gateway and desk have alike. */
const isOfCommand = (name: string): boolean =>
  /^(?:towline(?:-[A-Z0-9]+)?\.js|[a-z-]+\.mjs|package\.json|LICENSE|LICENCES\.txt)$/.test(name);

/** @param dist what `npm run bundle` made @param addon ssh2's, under its name; none where the platform has none */
export function agentFiles(dist: string, addon: ReadonlyMap<string, Uint8Array>): PartFiles {
  const programs = readdirSync(dist).filter(name => name === 'agent.js' || isOfCommand(name));
  const units = readdirSync(path.join(deploy, 'systemd')).filter(name => !name.includes('gateway'));
  const scripts = ['authorized-keys', 'launch'].filter(name => existsSync(path.join(deploy, name)));
  return new Map<string, PartFile>([
    ...programs.map((name): [string, PartFile] => [name, read(path.join(dist, name))]),
    ...[...addon].map(([name, bytes]): [string, PartFile] => [name, { bytes }]),
    ...scripts.map((name): [string, PartFile] => [name, read(path.join(deploy, name))]),
    ...units.map((name): [string, PartFile] => [`systemd/${name}`, read(path.join(deploy, 'systemd', name))]),
    // With no parts in it, to take off what is installed.
    ['doc/install.sh', read(path.join(deploy, 'install.sh'))],
    ...guides('device.md', 'install.md', 'retire.md'),
  ]);
}

/** What a gateway has beyond node and agent: its program, the page, and what `towline init` copies. */
export function gatewayFiles(dist: string): PartFiles {
  const folders = ['portal', 'fleet-repo-template', 'schemas'].flatMap(folder =>
    below(path.join(dist, folder)).map((name): [string, PartFile] => {
      return [`${folder}/${name}`, read(path.join(dist, folder, name))];
    }),
  );
  const unit = 'systemd/towline-gateway.service';
  return new Map<string, PartFile>([
    ['gateway.js', read(path.join(dist, 'gateway.js'))],
    ...folders,
    [unit, read(path.join(deploy, unit))],
    ...guides('gateway.md'),
  ]);
}
