/** What belongs into a bundle: for which devices which images, platforms and layers, and what they have already. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BundleDevice } from '../../../core/bundle/bundle-device.ts';
import type { ImageStore } from '../../../core/bundle/image-parts.ts';
import { summarise } from '../../../core/bundle/image-summary.ts';
import { planImages } from '../../../core/bundle/plan-images.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { digestOf } from '../../../core/images/digest.ts';
import { noise, type SampleImage, sampleImage } from './sample-bundle.ts';

const base = noise('base', 3000);
const old = sampleImage('pump:1', {
  'linux/amd64': [base, noise('old', 100)],
  'linux/arm64': [noise('arm', 90)],
});
const current = sampleImage('pump:2', {
  'linux/amd64': [base, noise('new', 200)],
  'linux/arm64': [noise('arm', 90), noise('arm new', 70)],
});
const beside = sampleImage('probe:1', { 'linux/amd64': [base] });

/** What a registry has, and what it was asked for. */
class Shelf implements ImageStore {
  readonly asked: string[] = [];
  readonly #blobs: Map<string, Buffer>;

  constructor(...images: readonly SampleImage[]) {
    this.#blobs = new Map(images.flatMap(({ blobs }) => [...blobs]));
  }

  async manifest(_image: unknown, digest: string): Promise<Buffer | undefined> {
    this.asked.push(digest);
    return this.#blobs.get(digest);
  }

  lose(digest: string): void {
    this.#blobs.delete(digest);
  }

  swap(digest: string): void {
    this.#blobs.set(digest, Buffer.from('{}'));
  }
}

const shelf = () => new Shelf(old, current, beside);
const device = (changes: Partial<BundleDevice> = {}): BundleDevice => ({
  id: 'pump-17',
  platform: 'linux/amd64',
  images: [current],
  has: [],
  ...changes,
});
const plan = (devices: readonly BundleDevice[], store: ImageStore = shelf(), isComplete = false) =>
  planImages(devices, store, { isComplete });
const layer = (bytes: Buffer) => digestOf(bytes);

test('a device gets the manifests of its platform and all their parts, index first, layers last', async () => {
  const { entries, images } = await plan([device()]);
  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['manifest', 'manifest', 'blob', 'blob', 'blob'],
  );
  assert.equal(entries[0]?.digest, current.digest);
  assert.deepEqual(
    entries.slice(3).map(({ digest }) => digest),
    [layer(base), layer(noise('new', 200))],
  );
  assert.deepEqual(images, [{ image: 'pump:2', digest: current.digest, leftOut: [] }]);
});

test('one that has not said what it is gets all platforms; one of another processor its own', async () => {
  const unknown = await plan([device({ platform: undefined, has: [old] })]);
  assert.equal(unknown.entries.filter(({ kind }) => kind === 'manifest').length, 3);
  assert.equal(unknown.leftOutBytes, 0, 'nor does anybody know what it has');
  const arm = await plan([device({ platform: 'linux/arm64/v8' })]);
  assert.deepEqual(
    summarise({ images: arm.images } as never, arm.entries, arm.manifests).map(({ platforms }) => platforms),
    [['linux/arm64']],
  );
});

test('layers that every device which needs them has are left out, others are not', async () => {
  const has = device({ has: [old] });
  const alone = await plan([has]);
  assert.deepEqual(alone.images[0]?.leftOut, [layer(base)]);
  assert.equal(alone.leftOutBytes, base.length);
  assert.equal(
    alone.entries.some(({ digest }) => digest === layer(base)),
    false,
  );
  const both = await plan([has, device({ id: 'pump-18' })]);
  assert.deepEqual(both.images[0]?.leftOut, []);
  const other = device({ id: 'pump-18', images: [], has: [] });
  assert.equal(
    (await plan([has, other])).leftOutBytes,
    base.length,
    'who needs nothing of it does not count',
  );
  const shared = await plan([has, device({ id: 'pump-18', images: [beside] })]);
  assert.equal(shared.leftOutBytes, 0, 'a layer is in the file, or it is left out, whatever image it is of');
});

test('what a device has on another platform, or of an image that is gone, counts for nothing; --complete asks nobody', async () => {
  assert.equal((await plan([device({ platform: 'linux/arm64', has: [beside] })])).leftOutBytes, 0);
  const gone = shelf();
  gone.lose(old.digest);
  assert.equal((await plan([device({ has: [old] })], gone)).leftOutBytes, 0);
  const complete = shelf();
  assert.equal((await plan([device({ has: [old] })], complete, true)).leftOutBytes, 0);
  assert.equal(complete.asked.includes(old.digest), false);
});

test('what several images and devices share is asked for once, and stands once', async () => {
  const store = shelf();
  const many = Array.from({ length: 50 }, (_, index) =>
    device({ id: `pump-${index}`, images: [current, beside] }),
  );
  const { entries } = await plan(many, store);
  assert.equal(new Set(entries.map(({ digest }) => digest)).size, entries.length);
  assert.equal(new Set(store.asked).size, store.asked.length);
});

test('an image that is gone, is another, or is for nobody is refused by its code', async () => {
  const refused = async (asked: Promise<unknown>, code: string) =>
    assert.rejects(asked, (error: unknown) => isTowlineError(error) && error.code === code);
  for (const { digest } of current.manifests.slice(0, 2)) {
    const lost = shelf();
    lost.lose(digest);
    await refused(plan([device()], lost), 'BUNDLE_IMAGE_MISSING');
    const swapped = shelf();
    swapped.swap(digest);
    await refused(plan([device()], swapped), 'BUNDLE_IMAGE_MISSING');
  }
  await refused(plan([device({ platform: 'linux/s390x' })]), 'IMAGE_PLATFORM_MISSING');
});
