/** Manifests and layers of a bundle, as a gateway would serve them; what it does not have a gateway is asked for. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { maxManifestBytes } from '../../core/images/manifest.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { collect } from '../../core/io/https/collect.ts';
import type { Dialler, DialRequest, DialResponse } from '../../core/io/https/dialler.ts';
import { readManifest } from '../../core/io/registry/manifest.ts';
import { readRange, readRegistryPath } from '../../core/io/registry/registry-path.ts';
import type { ImportedBundle } from './import-folder.ts';

/** @param imported the bundle that counts now */
export function imageDialler(
  gateway: Pick<Dialler, 'request'>,
  imported: () => ImportedBundle | undefined,
): Pick<Dialler, 'request'> {
  return {
    async request(request, signal) {
      const bundle = imported();
      const ask = readRegistryPath(request.path);
      const isOfImage = ask.kind === 'manifest' || ask.kind === 'blob';
      if (bundle === undefined || !isOfImage) return await gateway.request(request, signal);
      const own = await fromBundle(bundle, request, ask);
      if (own !== undefined) return own;
      const isMissing = await lacks(bundle, ask.digest);
      const asked = gateway.request(request, signal);
      return isMissing ? await orMissing(asked, ask.digest) : await asked;
    },
  };
}

async function fromBundle(
  { fileOf }: ImportedBundle,
  { headers = {} }: DialRequest,
  { kind, digest }: { readonly kind: 'manifest' | 'blob'; readonly digest: string },
): Promise<DialResponse | undefined> {
  const file = fileOf(digest);
  if (kind === 'manifest') {
    const bytes = await readBounded(file, maxManifestBytes);
    return bytes === undefined ? undefined : { status: 200, headers: {}, body: single(bytes) };
  }
  const size = (await stat(file).catch(() => undefined))?.size;
  if (size === undefined) return undefined;
  const range = readRange(headers.range, size);
  const { from: start, to } = typeof range === 'object' ? range : { from: 0, to: size };
  const status = typeof range === 'object' ? 206 : 200;
  const body = to === start ? none() : createReadStream(file, { start, end: to - 1 });
  return { status, headers: {}, body };
}

/** Whether it belongs to an image of the bundle, whose makers took it for one that the device has. */
async function lacks({ contents, fileOf }: ImportedBundle, digest: string): Promise<boolean> {
  if (contents.images.some(({ leftOut }) => leftOut.includes(digest))) return true;
  for (const image of contents.images) {
    const bytes = await readBounded(fileOf(image.digest), maxManifestBytes);
    const children = bytes === undefined ? [] : (readManifest(bytes)?.children ?? []);
    if (children.some(child => child.digest === digest)) return true;
  }
  return false;
}

/** @throws TowlineError BUNDLE_LAYER_MISSING where no gateway has it either */
async function orMissing(asked: Promise<DialResponse>, digest: string): Promise<DialResponse> {
  const message = `${digest} was left out of the bundle, and this device does not have it`;
  const missing = (cause?: unknown) =>
    new TowlineError('BUNDLE_LAYER_MISSING', message, { cause, details: { digest } });
  const answer = await asked.catch((cause: unknown) => {
    throw isTowlineError(cause) && cause.code.startsWith('AGENT_') ? missing(cause) : cause;
  });
  if (answer.status === 200 || answer.status === 206) return answer;
  await collect(answer.body);
  throw missing();
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* none(): AsyncGenerator<Uint8Array> {}
