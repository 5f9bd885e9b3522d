import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { makeParts, type PartsOptions } from '../../../scripts/package/parts.ts';
import { bundled } from '../../deploy/bundled.ts';

const node = `#!/bin/sh\nexec ${process.execPath} "$@"\n`;

describe('the parts of a version', () => {
  let folder: string;
  let dist: string;
  const make = (name: string, options: Partial<PartsOptions> = {}) =>
    makeParts({
      ...{ dist, folder: path.join(folder, name), version: '0.1.0', architectures: ['amd64', 'armhf'] },
      ...{ node, helper: false, ...options },
    });
  const unpack = (from: string, sha256: string, into: string): string => {
    const place = path.join(folder, into);
    mkdirSync(place, { recursive: true });
    const file = path.join(folder, from, 'parts', sha256);
    const { status, stderr } = spawnSync('tar', ['-xzf', file, '-C', place], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return place;
  };

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-parts-'));
    dist = path.join(folder, 'dist');
    await bundled(dist);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('lie under their SHA-256, are listed with their size, and are the same bytes whenever they are made', () => {
    const [first, second] = [make('first'), make('second')];
    assert.deepEqual(first.platforms, second.platforms);
    assert.deepEqual(readFileSync(first.file), readFileSync(second.file));
    const listed = parse(readFileSync(first.file, 'utf8'));
    assert.deepEqual(listed.platforms, first.platforms);
    const parts = [...Object.values(first.platforms).flatMap(({ parts }) => parts), listed.install];
    for (const { sha256, bytes } of parts) {
      const content = readFileSync(path.join(folder, 'first/parts', sha256));
      assert.deepEqual([createHash('sha256').update(content).digest('hex'), content.length], [sha256, bytes]);
    }
    const there = new Set(parts.map(({ sha256 }) => sha256));
    assert.deepEqual(new Set(readdirSync(path.join(folder, 'first/parts'))), there);
  });

  test('unpacked side by side, they are an agent that runs on the Node that lies there', () => {
    const { platforms } = make('running');
    for (const { sha256 } of platforms['linux/amd64']?.parts ?? []) unpack('running', sha256, 'slot');
    const slot = path.join(folder, 'slot');
    const said = spawnSync(path.join(slot, 'node'), [path.join(slot, 'agent.js'), '--help'], {
      encoding: 'utf8',
    });
    assert.equal(said.status, 0, said.stderr);
    const version = [path.join(slot, 'towline.js'), '--version'];
    assert.equal(spawnSync(path.join(slot, 'node'), version, { encoding: 'utf8' }).stdout, '0.1.0\n');
  });

  test('a stand-in has the version that it was given, and the files that were laid over it', () => {
    const made = make('stand-in', { version: '0.2.0', files: { 'doc/new.md': 'new\n' }, node: false });
    const [agent] = made.platforms['linux/amd64']?.parts ?? [];
    const slot = unpack('stand-in', agent?.sha256 ?? '', 'newer');
    const version = spawnSync(process.execPath, [path.join(slot, 'towline.js'), '--version'], {
      encoding: 'utf8',
    });
    assert.equal(version.stdout, '0.2.0\n');
    assert.equal(readFileSync(path.join(slot, 'doc/new.md'), 'utf8'), 'new\n');
    assert.match(path.basename(made.file), /^towline-agent_0\.2\.0\.yaml$/);
  });
});
