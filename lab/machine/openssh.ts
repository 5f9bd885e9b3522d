/**
 * Stock OpenSSH clients: the one that is installed, and one of another Debian suite, which runs beside it with the C library of
 * its own suite. Nothing is installed.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { DebianSuite } from './debian-suite.ts';
import { findCommand, requireCommands } from './packages.ts';

const programs = ['ssh', 'scp', 'sftp', 'ssh-keyscan'] as const;

/** Absolute paths. Of `scp` and `sftp` the ssh that they start is given by `-S`. */
export type OpenSsh = Readonly<Record<(typeof programs)[number], string>>;

/** What openssh-client of trixie runs on. */
const packages = [
  'openssh-client',
  'libc6',
  'libcap2',
  'libcbor0.10',
  'libcom-err2',
  'libedit2',
  'libbsd0',
  'libfido2-1',
  'libgssapi-krb5-2',
  'libk5crypto3',
  'libkeyutils1',
  'libkrb5-3',
  'libkrb5support0',
  'libmd0',
  'libpcre2-8-0',
  'libselinux1',
  'libssl3t64',
  'libtinfo6',
  'libudev1',
  'libzstd1',
  'zlib1g',
];

/** By its own name: ssh starts itself by that for a jump. */
const wrapper = `#!/bin/sh
here=\${0%/*}/..
for loader in "$here"/usr/lib*/ld-linux*.so.*; do break; done
for libraries in "$here"/usr/lib/*-linux-gnu; do break; done
exec "$loader" --argv0 "$0" --library-path "$libraries" "$here/usr/bin/\${0##*/}" "$@"
`;

export function installedOpenSsh(): OpenSsh {
  requireCommands(['ssh']);
  return all(name => findCommand(name) ?? name);
}

/** @throws Error where the packages cannot be had */
export function trixieOpenSsh(): OpenSsh {
  const folder = cachedFolder('openssh-client-trixie', (made, scratch) => {
    new DebianSuite('trixie', scratch).unpack(packages, made);
    mkdirSync(path.join(made, 'bin'));
    for (const name of programs) {
      const file = path.join(made, 'bin', name);
      writeFileSync(file, wrapper);
      chmodSync(file, 0o755);
    }
  });
  return all(name => path.join(folder, 'bin', name));
}

function all(where: (name: string) => string): OpenSsh {
  return {
    ssh: where('ssh'),
    scp: where('scp'),
    sftp: where('sftp'),
    'ssh-keyscan': where('ssh-keyscan'),
  };
}
