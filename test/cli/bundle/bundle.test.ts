/** `towline bundle` against a real registry and a real repository: made, verified, shown, refused. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { inBundleOrder } from '../../../core/bundle/contents.ts';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { unseal } from '../../../core/bundle/seal.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { chunksOf, written } from '../../core/bundle/sample-bundle.ts';
import { makeFleet } from '../fleet.ts';
import { addKeys, report } from '../status/reports.ts';
import { git, run, temporaryFolder, towline } from '../towline.ts';
import { type BundledFleet, layerOf, makeBundledFleet } from './bundled-fleet.ts';

const group = ['--assign', 'groups/stable.yaml'];
const shared = layerOf('base');

describe('towline bundle', () => {
  let rig: BundledFleet;
  let first: string;
  let head: string;
  before(async () => {
    rig = await makeBundledFleet();
    await rig.release('1.0.0', { web: shared }, ...group);
    first = await rig.commit('Release hello 1.0.0');
    await rig.release('1.1.0', { web: shared });
    head = await rig.commit('Release hello 1.1.0 to nobody yet');
  });
  after(() => rig[Symbol.asyncDispose]());

  const create = async (name: string, ...more: string[]) => {
    const made = await rig.bundle('create', '--device', 'pump-1', '-o', rig.place(name), ...more);
    assert.equal(made.code, 0, made.errors);
    return made;
  };
  const refused = async (words: readonly string[], code: string, exit = 1) => {
    const { code: found, errors } = await rig.bundle(...words);
    assert.equal(errors.split(' ')[0], code, errors);
    assert.equal(found, exit);
    return errors;
  };
  /** What the file itself has. */
  const partsOf = async (name: string) => {
    const opened = await openBundle(chunksOf(await readFile(rig.place(name))));
    const parts = new Map<string, Buffer>();
    for await (const { digest, bytes } of opened.parts()) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
      parts.set(digest, Buffer.concat(chunks));
    }
    return { ...opened, parts };
  };

  test('is made for a device, with its release’s images, and is what devices, git and the desk can verify', async () => {
    const made = await create('pump-1.tlb');
    assert.match(made.output, /hello\/web:1\.0\.0 +sha256:[0-9a-f]{64} +linux\/amd64, linux\/arm64 +39/);
    assert.match(made.output, /no statement of freshness is in it: refs\/towline\/timestamp is not there/);
    assert.match(made.output, /^wrote .*pump-1\.tlb: .*, for 1 device$/m);
    const { contents, entries, parts } = await partsOf('pump-1.tlb');
    assert.deepEqual(contents.devices, ['pump-1']);
    assert.equal(contents.commit, head);
    assert.deepEqual(
      contents.images.map(({ image }) => image.replace(/^[^/]+/, '')),
      ['/hello/web:1.0.0', '/hello/worker:1.0.0'],
    );
    await writeFile(rig.place('commits'), parts.get(entries[0]?.digest ?? '') ?? '');
    assert.match(await rig.fleet.git('bundle', 'verify', rig.place('commits')), /records a complete history/);
    const verified = await rig.bundle('verify', rig.place('pump-1.tlb'));
    assert.equal(verified.code, 0, verified.errors);
    assert.match(verified.output, new RegExp(`^verified commit ${head} \\(as here\\), 2 images`));
    const shown = await rig.bundle('show', rig.place('pump-1.tlb'), '--json');
    const { images, bytes } = JSON.parse(shown.output);
    assert.equal(images.length, 2);
    assert.equal(bytes, (await readFile(rig.place('pump-1.tlb'))).length);
    assert.deepEqual(
      (await readdir(rig.fleet.folder)).filter(name => name.endsWith('.tmp')),
      [],
    );
  });

  test('brings a release that is asked for besides, and says which ones there are', async () => {
    await create('more.tlb', '--release', 'hello=1.1.0');
    const { contents } = await partsOf('more.tlb');
    assert.equal(contents.images.length, 4);
    assert.equal((await rig.bundle('verify', rig.place('more.tlb'))).code, 0);
    const words = ['create', '--device', 'pump-1', '-o', rig.place('none.tlb'), '--release'];
    await refused([...words, 'hello=1.1.1'], 'FLEET_RELEASE_UNKNOWN');
    await refused([...words, 'hello'], 'CLI_USAGE', 2);
    assert.equal(existsSync(rig.place('none.tlb')), false);
  });

  test('is for the devices of a group, in order, and for nobody where nobody is named or known', async () => {
    const made = await rig.bundle('create', '--group', 'stable', '-o', rig.place('stable.tlb'), '--json');
    assert.equal(made.code, 0, made.errors);
    assert.deepEqual(JSON.parse(made.output).devices, ['pump-1', 'pump-2']);
    await refused(['create'], 'CLI_USAGE', 2);
    await refused(['create', '--group', 'stabel'], 'CLI_USAGE', 2);
    await refused(['create', '--device', 'pump-77'], 'CLI_NO_SUCH_DEVICE', 2);
  });

  test('begins behind a commit that devices trust, and is refused where that one is not', async () => {
    await create('since.tlb', '--since', first);
    const { contents, entries } = await partsOf('since.tlb');
    assert.equal(contents.since, first);
    const whole = await partsOf('pump-1.tlb');
    assert.ok((entries[0]?.size ?? 0) < (whole.entries[0]?.size ?? 0));
    const verified = await rig.bundle('verify', rig.place('since.tlb'));
    assert.equal(verified.code, 0, verified.errors);
    const { path: folder } = await temporaryFolder();
    await git(folder, 'clone', '-q', rig.fleet.directory, 'clone');
    const clone = `${folder}/clone`;
    await git(clone, 'reset', '-q', '--hard', `${first}~1`);
    await git(clone, 'config', 'towline.anchor', `${first}~1`);
    const here = await towline(['bundle', 'verify', rig.place('pump-1.tlb'), '--repo', clone]);
    assert.match(here.output, /\(newer than here\)/, here.errors);
    await git(folder, 'clone', '-q', '--depth=1', '-b', 'main', `file://${clone}`, 'old');
    await git(`${folder}/old`, 'config', 'towline.anchor', 'HEAD');
    const without = await towline(['bundle', 'verify', rig.place('since.tlb'), '--repo', `${folder}/old`]);
    assert.match(without.errors, /^BUNDLE_COMMITS .*lacks these prerequisite commits/);
    await refused(['create', '--device', 'pump-1', '--since', 'HEAD~77'], 'CLI_NO_SUCH_COMMIT', 2);
  });

  test('is written to standard output as it is written to a file, and read from standard input', async () => {
    const { path: folder } = await temporaryFolder();
    const command = `${commandFolder}/towline`;
    const repo = rig.fleet.directory;
    const typed = `${command} bundle create --device pump-1 --repo ${repo} -o - | ${command} bundle verify - --repo ${repo}`;
    const done = await run('sh', ['-euc', typed], {}, folder);
    assert.equal(done.code, 0, done.errors);
    assert.match(done.output, /^verified commit/);
    assert.match(done.errors, /^wrote -: /m);
  });

  test('that was changed, is none, or is not there is refused', async () => {
    await create('damaged.tlb');
    const bytes = await readFile(rig.place('damaged.tlb'));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 3000) ^ 1, bytes.length - 3000);
    await writeFile(rig.place('damaged.tlb'), bytes);
    const said = await refused(['verify', rig.place('damaged.tlb')], 'BUNDLE_DAMAGED');
    assert.match(said, /at byte \d+/);
    await refused(['verify', `${rig.fleet.directory}/fleet.yaml`], 'BUNDLE_FORMAT');
    await refused(['verify', rig.place('nothing.tlb')], 'CLI_USAGE', 2);
  });

  test('of another fleet, of a fork, of a release that nobody signed is refused by its code', async () => {
    await using other = await makeFleet(['--name', 'other']);
    const elsewhere = await towline(['bundle', 'verify', rig.place('pump-1.tlb'), '--repo', other.directory]);
    assert.match(elsewhere.errors, /^BUNDLE_FLEET /);
    const { path: folder } = await temporaryFolder();
    await git(folder, 'clone', '-q', rig.fleet.directory, 'clone');
    const clone = `${folder}/clone`;
    await git(clone, 'config', 'towline.anchor', first);
    await git(clone, 'reset', '-q', '--hard', first);
    await git(clone, 'commit', '-q', '--allow-empty', '-m', 'Something else');
    const forked = await towline(['bundle', 'verify', rig.place('pump-1.tlb'), '--repo', clone]);
    assert.match(forked.errors, /^BUNDLE_FORK /);
    // Nobody has signed it: the walk stops before it, and the exit code says so.
    await git(folder, 'clone', '-q', rig.fleet.directory, 'unsigned');
    const unsigned = `${folder}/unsigned`;
    await git(unsigned, 'config', 'towline.anchor', first);
    await git(unsigned, 'commit', '-q', '--no-gpg-sign', '--allow-empty', '-m', 'Nobody signs this');
    const words = ['bundle', 'create', '--device', 'pump-1', '-o', `${folder}/it.tlb`, '--repo', unsigned];
    const made = await towline(words);
    assert.equal(made.code, 3, made.errors);
    assert.match(made.output, /TRUST_[A-Z_]+/);
    const { contents } = await openBundle(chunksOf(await readFile(`${folder}/it.tlb`)));
    assert.equal(contents.commit, head);
  });

  test('that somebody made by hand, with an image too many, one too few, or other commits, is refused by its code', async () => {
    const { contents, entries, parts: blobs } = await partsOf('pump-1.tlb');
    const forged = async (changes: Partial<typeof contents>, some = entries) => {
      const bytes = await written({ contents: { ...contents, ...changes }, entries: some, blobs });
      await writeFile(rig.place('forged.tlb'), bytes);
      return ['verify', rig.place('forged.tlb')];
    };
    const [image, ...others] = contents.images;
    assert.ok(image !== undefined);
    const images = inBundleOrder([{ ...image, image: 'registry.example.com/else:1' }, ...others]);
    await refused(await forged({ images }), 'BUNDLE_IMAGE_UNPINNED');
    await refused(await forged({ images: [] }, entries.slice(0, 1)), 'BUNDLE_IMAGE_MISSING');
    await refused(await forged({ commit: first }), 'BUNDLE_COMMITS');
    await refused(await forged({ timestamp: first }), 'BUNDLE_COMMITS');
  });

  test('has images of the platforms that devices have said, without layers that they said that they run', async () => {
    const [one] = await addKeys(rig.fleet);
    await rig.fleet.replace('groups/stable.yaml', '1.0.0', '1.1.0');
    await rig.commit('Keys of devices, and hello 1.1.0');
    const telemetry = await makeRepository();
    try {
      await report(telemetry, 'pump-1', one, { host: { platform: 'linux/arm64' } });
      const asked = ['--telemetry', telemetry.path];
      const made = await create('left.tlb', ...asked, '--json');
      const { images, leftOutBytes } = JSON.parse(made.output);
      assert.deepEqual(
        images.map(({ platforms }: { platforms: string[] }) => platforms),
        [['linux/arm64'], ['linux/arm64']],
      );
      assert.equal(leftOutBytes, shared.length);
      const verified = await rig.bundle('verify', rig.place('left.tlb'));
      assert.equal(verified.code, 0, verified.errors);
      const whole = await create('complete.tlb', ...asked, '--complete', '--json');
      assert.equal(JSON.parse(whole.output).leftOutBytes, 0);
      const both = await rig.bundle(
        ...['create', '--group', 'stable', '-o', rig.place('both.tlb'), '--json', ...asked],
      );
      // The other device has said nothing, and needs all of it.
      assert.equal(JSON.parse(both.output).leftOutBytes, 0);
      assert.match(both.output, /1 of 2 devices have not said what they are/);
    } finally {
      await telemetry.remove();
    }
  });

  test('is sealed for its devices, and says for which keys where nobody here has one', async () => {
    const words = ['create', '--seal', '-o', rig.place('sealed.tlb'), '--device'];
    await refused([...words, 'pump-3'], 'SECRET_UNSUPPORTED');
    const made = await rig.bundle(...words, 'pump-2');
    assert.equal(made.code, 0, made.errors);
    assert.match(made.output, /, sealed, /);
    const shown = await rig.bundle('show', rig.place('sealed.tlb'));
    assert.match(shown.output, /^sealed for the key [0-9A-F]{16}\n$/);
    await refused(['verify', rig.place('sealed.tlb')], 'BUNDLE_SEALED');
    const privateKey = await readFile(rig.place('pump-2/keys/openpgp'), 'utf8');
    const sealed = await readFile(rig.place('sealed.tlb'));
    const chunks: Uint8Array[] = [];
    for await (const chunk of unseal(chunksOf(sealed, 65_536), privateKey)) chunks.push(chunk);
    await writeFile(rig.place('opened.tlb'), Buffer.concat(chunks));
    assert.equal((await rig.bundle('verify', rig.place('opened.tlb'))).code, 0);
  });

  test('brings the newest statement of freshness that the policy accepts, of the clone or of origin', async () => {
    const { fleet } = rig;
    const bot = await makeSshKey();
    const policy = 'trust/policy.yaml';
    await fleet.replace(policy, 'roles:\n', 'roles:\n  timestamp: { principals: [bot] }\n');
    await fleet.replace(policy, 'principals:\n', `principals:\n  bot: { ssh: ["${bot.publicKey}"] }\n`);
    await fleet.replace(policy, 'version: 1', 'version: 2');
    const now = await rig.commit('A bot says what is new');
    const stamped = await towline(['timestamp', '--repo', fleet.directory, '--key', bot.file, '--json']);
    assert.equal(stamped.code, 0, stamped.errors);
    await bot.remove();
    const { timestamp } = JSON.parse(stamped.output);
    const made = await create('stated.tlb');
    assert.match(made.output, /^the newest statement is of \d{4}-/m);
    const { contents } = await partsOf('stated.tlb');
    assert.deepEqual([contents.timestamp, contents.commit], [timestamp, now]);
    assert.equal((await rig.bundle('verify', rig.place('stated.tlb'))).code, 0);
    const { path: folder } = await temporaryFolder();
    await git(folder, 'clone', '-q', fleet.directory, 'clone');
    await git(`${folder}/clone`, 'config', 'towline.anchor', first);
    const words = ['--repo', `${folder}/clone`, '-o', `${folder}/cloned.tlb`];
    const cloned = await towline(['bundle', 'create', '--device', 'pump-1', ...words, '--json']);
    assert.equal(JSON.parse(cloned.output).timestamp, timestamp, cloned.errors);
    // A statement that the policy does not accept would only be carried.
    await git(`${folder}/clone`, 'update-ref', 'refs/towline/timestamp', 'HEAD');
    await git(`${folder}/clone`, 'remote', 'remove', 'origin');
    const none = await towline(['bundle', 'create', '--device', 'pump-1', ...words, '--json']);
    assert.equal(JSON.parse(none.output).timestamp, undefined);
    assert.match(none.output, /no statement of freshness is in it: /);
  });

  test('leaves nothing where an image is not at its registry any more', async () => {
    await copyFile(rig.place('pump-1.tlb'), rig.place('kept.tlb'));
    await rig.registry.pause();
    try {
      const words = ['create', '--device', 'pump-1', '-o', rig.place('kept.tlb')];
      await refused(words, 'CLI_REGISTRY_UNREACHABLE', 6);
    } finally {
      await rig.registry.resume();
    }
    assert.deepEqual(await readFile(rig.place('kept.tlb')), await readFile(rig.place('pump-1.tlb')));
    assert.deepEqual(
      (await readdir(rig.fleet.folder)).filter(name => name.endsWith('.tmp')),
      [],
    );
  });
});
