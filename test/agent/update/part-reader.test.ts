/** Parts as whoever makes them could make them: files in folders are taken, anything else is refused before it is written. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readPart } from '../../../agent/update/part-reader.ts';
import { unpackPart } from '../../../agent/update/unpack-part.ts';
import { type TarEntry, tarArchive } from '../../../lab/machine/tar.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated, onlyOurRejections } from '../../fuzz/mutation.ts';

const signal = new AbortController().signal;
const whole: TarEntry[] = [
  { path: 'agent.js', bytes: 'run();\n' },
  { path: 'doc/device.md', bytes: 'x'.repeat(700) },
  { path: 'launch', mode: 0o755, bytes: '#!/bin/sh\n' },
];

async function* chunks(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, chunk?: number, limits?: Parameters<typeof readPart>[1]) {
  const found: Record<string, string> = {};
  for await (const file of readPart(chunks(bytes, chunk), limits)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of file.bytes) pieces.push(piece);
    found[`${file.path}${file.isExecutable ? '*' : ''}`] = Buffer.concat(pieces).toString();
  }
  return found;
}

/** The bytes of one header changed, with its sum put right. */
function changed(archive: Buffer, change: (header: Buffer) => void): Buffer {
  const bytes = Buffer.from(archive);
  const header = bytes.subarray(0, 512);
  change(header);
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return gzipSync(bytes);
}

test('files and folders of a part are read as they were packed, however they come', async () => {
  const archive = gzipSync(tarArchive(whole));
  const expected = { 'agent.js': 'run();\n', 'doc/device.md': 'x'.repeat(700), 'launch*': '#!/bin/sh\n' };
  assert.deepEqual(await read(archive), expected);
  assert.deepEqual(await read(archive, 7), expected);
  const folder = changed(tarArchive([{ path: './doc/' }, ...whole]), header =>
    header.write('5', 156, 'latin1'),
  );
  assert.deepEqual(await read(folder), expected);
});

const attacks: Readonly<Record<string, Buffer>> = {
  'a symbolic link': gzipSync(tarArchive([{ path: 'agent.js', link: '/etc/passwd' }])),
  'a hard link': changed(tarArchive([{ path: 'agent.js', link: '/etc/passwd' }]), header =>
    header.write('1', 156, 'latin1'),
  ),
  'a device': changed(tarArchive([{ path: 'agent.js' }]), header => header.write('3', 156, 'latin1')),
  'a header of pax': changed(tarArchive([{ path: 'agent.js' }]), header => header.write('x', 156, 'latin1')),
  'a long name of GNU tar': changed(tarArchive([{ path: 'agent.js' }]), header =>
    header.write('L', 156, 'latin1'),
  ),
  'a file that is a link in its other field': changed(tarArchive([{ path: 'agent.js' }]), header =>
    header.write('/etc/passwd', 157, 'latin1'),
  ),
  'a way out': gzipSync(tarArchive([{ path: '../agent.js', bytes: 'x' }])),
  'a way out of a folder': gzipSync(tarArchive([{ path: 'doc/../../agent.js', bytes: 'x' }])),
  'a path from the root': gzipSync(tarArchive([{ path: '/etc/cron.d/x', bytes: 'x' }])),
  'a way out by its prefix': changed(tarArchive([{ path: 'agent.js' }]), header =>
    header.write('..', 345, 'latin1'),
  ),
  'a name that begins with a dot': gzipSync(tarArchive([{ path: '.profile', bytes: 'x' }])),
  'a name with a line of its own': gzipSync(tarArchive([{ path: 'agent.js"\n', bytes: 'x' }])),
  'a name twice': gzipSync(tarArchive([...whole, { path: 'agent.js', bytes: 'other();' }])),
  'a negative size': changed(tarArchive([{ path: 'agent.js' }]), header =>
    header.write('-0000000001', 124, 'latin1'),
  ),
  'a size in base 256': changed(tarArchive([{ path: 'agent.js' }]), header => header.writeUInt8(0x80, 124)),
  'a size beyond its end': changed(tarArchive([{ path: 'agent.js' }]), header =>
    header.write('00000777777', 124, 'latin1'),
  ),
  'a header whose sum is another': gzipSync(tarArchive(whole).fill('z', 0, 1)),
  'no end': gzipSync(tarArchive(whole).subarray(0, -1024)),
  'something after its end': gzipSync(Buffer.concat([tarArchive(whole), Buffer.alloc(512, 1)])),
  'no gzip': tarArchive(whole),
  'a gzip that is cut': gzipSync(tarArchive(whole)).subarray(0, -12),
  nothing: Buffer.alloc(0),
};

describe('refused:', () => {
  for (const [name, bytes] of Object.entries(attacks)) {
    test(name, async () => {
      await assert.rejects(read(bytes), { code: 'AGENT_UPDATE_PART' });
    });
  }

  test('a bomb, before it is unpacked', async () => {
    const bomb = gzipSync(tarArchive([{ path: 'agent.js', bytes: Buffer.alloc(3 * 1024 * 1024) }]));
    const limits = { maxFiles: 10, maxBytes: 1024 * 1024 };
    await assert.rejects(read(bomb, undefined, limits), { code: 'AGENT_UPDATE_PART' });
    const many = Array.from({ length: 11 }, (_, index) => ({ path: `f${index}` }));
    await assert.rejects(read(gzipSync(tarArchive(many)), undefined, limits), { code: 'AGENT_UPDATE_PART' });
  });
});

describe('unpacked:', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-part-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('files with their modes, and the hash of each', async () => {
    const hashes = await unpackPart(chunks(gzipSync(tarArchive(whole))), folder, signal);
    assert.deepEqual(Object.keys(hashes), ['agent.js', 'doc/device.md', 'launch']);
    assert.equal(readFileSync(path.join(folder, 'agent.js'), 'utf8'), 'run();\n');
    assert.equal(statSync(path.join(folder, 'launch')).mode & 0o100, 0o100);
    assert.equal(statSync(path.join(folder, 'agent.js')).mode & 0o111, 0);
  });

  test('nothing is written over what another part has brought, and none brings a slot.json', async () => {
    const other = gzipSync(tarArchive([{ path: 'agent.js', bytes: 'other();' }]));
    await assert.rejects(unpackPart(chunks(other), folder, signal), { code: 'AGENT_UPDATE_PART' });
    const below = gzipSync(tarArchive([{ path: 'agent.js/x', bytes: 'other();' }]));
    await assert.rejects(unpackPart(chunks(below), folder, signal), { code: 'AGENT_UPDATE_PART' });
    const own = gzipSync(tarArchive([{ path: 'slot.json', bytes: '{}' }]));
    await assert.rejects(unpackPart(chunks(own), folder, signal), { code: 'AGENT_UPDATE_PART' });
    assert.equal(readFileSync(path.join(folder, 'agent.js'), 'utf8'), 'run();\n');
    assert.ok(!existsSync(path.join(folder, 'slot.json')));
    assert.deepEqual(readdirSync(folder).sort(), ['agent.js', 'doc', 'launch']);
  });
});

test('parts with bytes changed, cut and doubled are read as they were packed, or refused', async () => {
  const plain = tarArchive(whole);
  await fuzzed(
    'agent-parts',
    fc.asyncProperty(mutated(plain), fc.integer({ min: 1, max: 9000 }), async (bytes, chunk) => {
      const found = await onlyOurRejections(() => read(gzipSync(bytes, { level: 1 }), chunk));
      for (const name of Object.keys(found ?? {}))
        assert.match(name, /^[A-Za-z0-9_@+-][A-Za-z0-9_@+./-]*\*?$/);
    }),
  );
  const packed = gzipSync(plain);
  await fuzzed(
    'agent-parts packed',
    fc.asyncProperty(mutated(packed), async bytes => {
      await onlyOurRejections(() => read(bytes));
    }),
  );
});
