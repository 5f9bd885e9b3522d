/** What the guide for sites without a network says for the desk, typed as it is written; and tools of others on what it makes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { noise, sample, sampleImage, written } from '../../core/bundle/sample-bundle.ts';
import { addKeys } from '../status/reports.ts';
import { run } from '../towline.ts';
import { type BundledFleet, makeBundledFleet } from './bundled-fleet.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/air-gapped.md'), 'utf8');
/** The block of the page that has these words, as it is written. */
const blockWith = (words: string): string => {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) => text);
  const found = blocks.find(text => text.includes(words));
  assert.ok(found, words);
  return found;
};

let rig: BundledFleet;
before(async () => {
  rig = await makeBundledFleet();
  await rig.release('1.0.0', {}, '--assign', 'groups/stable.yaml');
  await rig.commit('Release hello 1.0.0');
  await addKeys(rig.fleet);
  await rig.fleet.git('clone', '-q', '--bare', rig.fleet.directory, rig.place('origin.git'));
  await rig.fleet.git('remote', 'add', 'origin', rig.place('origin.git'));
  await rig.fleet.git('push', '-q', '-u', 'origin', 'main');
  await mkdir(rig.place('stick'));
  await mkdir(rig.place('gnupg'), { mode: 0o700 });
});
after(() => rig[Symbol.asyncDispose]());

const typed = async (text: string) => {
  const environment = {
    STICK: rig.place('stick'),
    GNUPGHOME: rig.place('gnupg'),
    HOME: rig.fleet.folder,
    PATH: `${commandFolder}:${process.env.PATH}`,
  };
  const done = await run('sh', ['-euc', text], environment, rig.fleet.directory);
  assert.equal(done.code, 0, done.errors);
  return done;
};

test('the desk’s part of the guide is typed as it is written', async () => {
  const made = await typed(blockWith('bundle create --device'));
  assert.match(made.output, /^wrote .*stick\/pump-1\.tlb: .* for 1 device$/m);
  const checked = await typed(blockWith('bundle verify "$STICK/pump-1.tlb"'));
  assert.match(checked.output, /^verified commit [0-9a-f]{40} \(as here\), 2 images/);
  assert.match(checked.output, /^devices +pump-1$/m);
  const sealed = await typed(blockWith('--seal'));
  assert.match(sealed.output, /^sealed for the keys [0-9A-F]{16}, [0-9A-F]{16}$/m);
});

test('gpg opens a sealed one by the key of any of its devices', async () => {
  await typed(`gpg --quiet --batch --import ${rig.place('pump-2/keys/openpgp')}`);
  const opened = await typed(blockWith('gpg --decrypt'));
  assert.match(opened.output, /^verified commit/);
});

test('tar lists it, and git verifies its commits', async () => {
  const listed = await typed('tar -tvf "$STICK/pump-1.tlb"');
  const lines = listed.output.trim().split('\n');
  assert.match(lines[0] ?? '', /oci-layout$/);
  assert.ok(
    lines.slice(2).every(line => /blobs\/sha256\/[0-9a-f]{64}$/.test(line)),
    listed.output,
  );
  const blob = lines[4]?.replace(/^.* /, '') ?? '';
  await typed(
    `tar -xOf "$STICK/pump-1.tlb" ${blob} > "$STICK/commits" && git bundle verify "$STICK/commits"`,
  );
});

test('skopeo looks at its images', async () => {
  requireCommands(['skopeo']);
  // It knows indexes of OCI's own type alone; those of the registry here are Docker's.
  const image = 'registry.example.com/hello/web:1';
  const made = sample({ images: [sampleImage(image, { 'linux/amd64': [noise('layer', 5000)] })] });
  await writeFile(rig.place('stick/oci.tlb'), await written(made));
  const seen = await typed(`skopeo inspect --raw "oci-archive:$STICK/oci.tlb:${image}"`);
  assert.equal(JSON.parse(seen.output).manifests.length, 1);
});
