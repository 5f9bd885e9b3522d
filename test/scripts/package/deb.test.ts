import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { makeAptRepository } from '../../../scripts/package/apt-repository.ts';
import { bill } from '../../../scripts/package/bill.ts';
import { makeDeb } from '../../../scripts/package/deb.ts';
import {
  type DebianOptions,
  debianPackages,
  debianVersion,
} from '../../../scripts/package/debian-packages.ts';
import type { PartFile } from '../../../scripts/package/part-archive.ts';

const epochSeconds = 1_790_000_000;
const file = (text: string, executable = false): PartFile => ({ bytes: Buffer.from(text), executable });
const options: DebianOptions = {
  ...{ architecture: 'amd64', version: '0.2.0-rc.1', epochSeconds },
  node: new Map([['node', file('#!/bin/sh\n', true)]]),
  agent: new Map([
    ['agent.js', file('agent')],
    ['towline.js', file('command')],
    ['launch', file('#!/bin/sh\n', true)],
    ['systemd/towline-agent.service', file('[Service]\nExecStart=/usr/bin/node x\n')],
  ]),
  helper: new Map([['helper.tar', file('image')]]),
  gateway: new Map([
    ['gateway.js', file('gateway')],
    ['portal/index.html', file('page')],
    ['systemd/towline-gateway.service', file('[Service]\nExecStart=/usr/bin/node y\n')],
  ]),
};

describe('packages for Debian', () => {
  let folder: string;
  const make = (into: string, settings: DebianOptions = options) => {
    mkdirSync(path.join(folder, into));
    return debianPackages(settings).map(deb => ({
      deb,
      file: makeDeb(deb, { folder: path.join(folder, into), epochSeconds, level: 0 }),
    }));
  };
  const deb = (...words: string[]) => spawnSync('dpkg-deb', words, { encoding: 'utf8' }).stdout;

  before(() => {
    requireCommands(['dpkg-deb']);
    folder = mkdtempSync(path.join(tmpdir(), 'towline-deb-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('are the same bytes in whatever folder they are made', () => {
    const [first, second] = [make('first'), make('second')];
    assert.equal(first.length, 3);
    for (const [at, one] of first.entries())
      assert.deepEqual(readFileSync(one.file), readFileSync(second[at]?.file ?? ''), one.file);
    const lists = ['first', 'second'].map((name, at) => {
      makeAptRepository(path.join(folder, name, 'apt'), at === 0 ? first : second, epochSeconds, undefined);
      return readFileSync(path.join(folder, name, 'apt/dists/stable/Release'), 'utf8');
    });
    assert.equal(lists[0], lists[1]);
    assert.match(lists[0] ?? '', /^ [0-9a-f]{64} \d+ main\/binary-amd64\/Packages\.gz$/m);
  });

  test("have all that is root's, start the Node that they bring, and need one another in one version", () => {
    const [agent, command, gateway] = make('contents').map(({ file: at }) => at);
    const contents = deb('--contents', agent ?? '');
    for (const line of contents.trim().split('\n')) assert.match(line, /^[dl-][rwx-]{9} root\/root /);
    assert.match(contents, /^-rwxr-xr-x .* \.\/usr\/lib\/towline\/node$/m);
    assert.match(contents, /\.\/usr\/lib\/systemd\/system\/towline-agent\.service$/m);
    assert.doesNotMatch(contents, /gateway\.js/);
    assert.equal(deb('--field', agent ?? '', 'Version').trim(), '0.2.0~rc.1');
    assert.match(deb('--field', agent ?? '', 'Provides'), /towline \(= 0\.2\.0~rc\.1\)/);
    assert.match(deb('--field', gateway ?? '', 'Depends'), /towline \(= 0\.2\.0~rc\.1\), git/);
    assert.doesNotMatch(deb('--contents', command ?? ''), /agent\.js|systemd/);
    const unit = spawnSync('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -xO ./usr/lib/systemd/system/towline-agent.service',
      'sh',
      agent ?? '',
    ]);
    assert.match(unit.stdout.toString(), /^ExecStart=\/usr\/lib\/towline\/node x$/m);
  });

  test('depend on the Node of the machine where none ships', () => {
    const [agent] = make('armhf', { ...options, architecture: 'armhf', node: undefined });
    assert.match(deb('--field', agent?.file ?? '', 'Depends'), /^nodejs \(>= 20\.19\), zstd, /);
    assert.equal(deb('--field', agent?.file ?? '', 'Architecture').trim(), 'armhf');
  });

  test('order their versions as npm does', () => {
    const compare = (older: string, newer: string) =>
      spawnSync('dpkg', ['--compare-versions', debianVersion(older), 'lt', debianVersion(newer)]).status;
    assert.equal(compare('0.2.0-rc.1', '0.2.0'), 0);
    assert.equal(compare('0.1.9', '0.2.0-rc.1'), 0);
  });
});

test('the bill of materials names each part once, with where it is from, and is the same for the same parts', () => {
  const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
  const made = () =>
    bill({
      ...{ version: '0.1.0', commit: 'c'.repeat(40), epochSeconds, node: '24.21.0' },
      packages: [{ name: '@a/b', version: '1.0.0', licence: '(MIT OR Apache-2.0)', integrity }],
      debian: [1, 2].map(() => ({
        architecture: 'armhf',
        packages: [{ name: 'git', version: '1:2.39.5-0+deb12u3' }],
      })),
      files: [{ name: 'install.sh', sha256: 'f'.repeat(64) }],
    });
  const { bomFormat, specVersion, serialNumber, components } = JSON.parse(made());
  assert.deepEqual([bomFormat, specVersion], ['CycloneDX', '1.5']);
  assert.match(serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  const purls = components.map(({ purl }: { purl?: string }) => purl);
  assert.deepEqual(purls, [
    undefined,
    'pkg:deb/debian/git@1%3A2.39.5-0%2Bdeb12u3?arch=armhf',
    'pkg:generic/node@24.21.0',
    'pkg:npm/%40a/b@1.0.0',
  ]);
  assert.deepEqual(components[3].licenses, [{ expression: 'MIT OR Apache-2.0' }]);
  assert.equal(components[3].hashes[0].content, '01'.repeat(64));
  assert.equal(made(), made());
});
