/** What makes an installable npm package of the folder with the programs. Nothing in it is built or fetched by npm. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

const launcherName = 'towline.cjs';

/** What a Node that is too old can read, too: it says so, instead of what it does not know. */
const launcher = `#!/usr/bin/env node
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error('towline: Node 20.19 or later is needed, and 24 is what it is tested with; this is ' + process.version + ', ' + process.execPath);
  process.exit(1);
}
import('./towline.js');
`;

const readme = ({ name, version, description }: PackageFile) => `# ${name} ${version}

${description}

    npm install --global ./${name}-${version}.tgz
    towline help

Needs Node 20.19 or later; 24 is what it is tested with. \`towline agent\` and \`towline gateway\` are in it. The licences of what it contains stand in LICENCES.txt;
openpgp.mjs is under the LGPL and may be replaced by another build of OpenPGP.js with the same interface.
`;

function packageFile({ name, version, description, license }: PackageFile): object {
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    bin: { towline: launcherName },
    engines: { node: '>=20.19' },
    files: [
      '*.js',
      '*.cjs',
      '*.mjs',
      '*.node',
      'LICENCES.txt',
      'launch',
      'fleet-repo-template/',
      'portal/',
      'schemas/',
    ],
  };
}

/** Puts everything but the programs into `folder`. @param root where the source lies */
export function writePackage(root: string, folder: string, licences: string): void {
  const about = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as PackageFile;
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(packageFile(about), undefined, 2)}\n`);
  writeFileSync(path.join(folder, launcherName), launcher, { mode: 0o755 });
  writeFileSync(path.join(folder, 'README.md'), readme(about));
  writeFileSync(path.join(folder, 'LICENCES.txt'), licences);
  copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  // What starts an agent: a lab of this package needs it, as units do.
  copyFileSync(path.join(root, 'deploy/launch'), path.join(folder, 'launch'));
  cpSync(path.join(root, 'fleet-repo-template'), path.join(folder, 'fleet-repo-template'), {
    recursive: true,
  });
  for (const file of readdirSync(path.join(root, 'schemas'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.schema.json')) continue;
    mkdirSync(path.dirname(path.join(folder, 'schemas', file)), { recursive: true });
    copyFileSync(path.join(root, 'schemas', file), path.join(folder, 'schemas', file));
  }
}

/**
 * `npm pack`: the same files give the same bytes.
 * @param output the folder that the tarball goes to
 * @returns its path @throws Error with what npm said
 */
export function pack(folder: string, output = folder): string {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', output];
  const { status, stdout, stderr, error } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack: ${error?.message ?? stderr.trim()}`);
  return path.join(output, stdout.trim().split('\n').at(-1) ?? '');
}
