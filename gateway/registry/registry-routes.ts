/**
 * The pull part of a registry for devices. Source: OCI Distribution Specification 1.1. Everything is refused that a device
 * is not granted, before anything is looked for; a tag means what the release has pinned.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TowlineError } from '../../core/errors.ts';
import { ociIndex } from '../../core/images/manifest.ts';
import type { Descriptor } from '../../core/io/registry/manifest.ts';
import { type RegistryAsk, readRange, readRegistryPath } from '../../core/io/registry/registry-path.ts';
import { fieldsOf, readFields } from '../../core/json.ts';
import type { Action } from '../admission/admission.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import type { BlobSender } from './blob-sender.ts';
import type { Grants, NamedPlace, Pinned } from './grants.ts';
import type { ImageStore, VerifiedManifest } from './image-store.ts';
import { ociError } from './oci-error.ts';

export interface RegistryRoutesOptions {
  readonly port: Pick<DevicePort, 'admit'>;
  readonly store: ImageStore;
  readonly grants: Grants;
  readonly sender: BlobSender;
  /** Where a repository lies that is named so at the gateway. */
  readonly placeOf: (name: string) => NamedPlace | undefined;
  /** What the device's releases pin of it. */
  readonly pinnedOf: (device: string, name: string) => Promise<Pinned[]>;
}

/** Up to this many a layer is told to be wrong before anything of it goes, instead of being cut. */
const smallBytes = 64 * 1024;

type Asked = Extract<RegistryAsk, { readonly name: string }>;

/** Where cosign keeps what belongs to a manifest, and where clients look that find no referrers. */
const attachedTag = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/;

export function registryRoutes(http: FastifyInstance, options: RegistryRoutesOptions): void {
  for (const url of ['/v2', '/v2/*']) {
    http.route({
      method: ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE'],
      url,
      config: { action: { kind: 'pull-image' }, refusal: ociError },
      // Before a body is looked at.
      onRequest: async (request, reply) => {
        reply.header('docker-distribution-api-version', 'registry/2.0');
        const ask = askOf(request);
        const isRead = request.method === 'GET' || request.method === 'HEAD';
        if (!isRead || ask.kind === 'list' || ask.kind === 'other')
          allow(options, request, { kind: 'change-registry' });
      },
      handler: (request, reply) => answer(options, request, reply),
    });
  }
}

const askOf = ({ url }: FastifyRequest) => readRegistryPath(url.split('?', 1)[0] ?? '');

/** @throws TowlineError as admission has it; the audit log has it then */
function allow({ port }: RegistryRoutesOptions, request: FastifyRequest, action: Action): void {
  const admission = port.admit(request.raw, action);
  if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
}

async function answer(
  options: RegistryRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ask = askOf(request);
  if (ask.kind === 'malformed') {
    const oci = ask.what === 'TAG_INVALID' ? 'MANIFEST_INVALID' : ask.what;
    throw new TowlineError('GATEWAY_REQUEST_MALFORMED', 'this names no image', { details: { oci } });
  }
  if (!('name' in ask)) return reply.send({});
  const place = options.placeOf(ask.name);
  const pinned = place === undefined ? [] : await options.pinnedOf(request.device, ask.name);
  const digest = ask.kind === 'tag' ? pinned.find(({ tag }) => tag === ask.tag)?.digest : ask.digest;
  const subject = ask.kind === 'tag' && digest === undefined ? subjectOf(ask.tag) : undefined;
  const wanted = digest ?? subject;
  const granted =
    place === undefined || wanted === undefined
      ? undefined
      : await options.grants.find(place, pinned, wanted);
  // Asked last, by the view of now: to find it may have taken a while.
  const name = `${ask.name}${ask.kind === 'tag' ? `:${ask.tag}` : `@${ask.digest}`}`;
  allow(options, request, { kind: 'pull-image', image: { name, isPinned: granted !== undefined } });
  if (place === undefined || granted === undefined) throw unknown(name);
  if (ask.kind === 'referrers') return await sendReferrers(options, place, ask, reply);
  if (subject !== undefined) return await sendAttached(options, place, { ask, subject }, reply);
  if ((granted.kind === 'blob') !== (ask.kind === 'blob')) throw unknown(name);
  if (ask.kind === 'blob') return await sendBlob(options, place, granted, reply);
  return sendManifest(await options.store.manifest(place, granted.digest), reply);
}

const subjectOf = (tag: string): string | undefined => {
  const hex = attachedTag.exec(tag)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
};

const unknown = (name: string) => new TowlineError('GATEWAY_IMAGE_UNKNOWN', `there is no ${name}`);

function sendManifest({ digest, mediaType, bytes }: VerifiedManifest, reply: FastifyReply): FastifyReply {
  return reply
    .header('docker-content-digest', digest)
    .header('etag', `"${digest}"`)
    .header('content-type', mediaType)
    .header('content-length', bytes.length)
    .send(reply.request.method === 'HEAD' ? undefined : bytes);
}

/** Under a tag that no release pins: what it leads to now, and what that names, is granted as its subject is. */
async function sendAttached(
  { store, grants }: RegistryRoutesOptions,
  place: NamedPlace,
  { ask, subject }: { readonly ask: Asked; readonly subject: string },
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (ask.kind !== 'tag') throw unknown(ask.name);
  const manifest = await store.keepManifest(await store.attached(place, `/manifests/${ask.tag}`));
  grants.attach(ask.name, subject, manifest.digest);
  return sendManifest(manifest, reply);
}

async function sendReferrers(
  { store, grants }: RegistryRoutesOptions,
  place: NamedPlace,
  ask: Extract<Asked, { kind: 'referrers' }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const bytes = await store.attached(place, `/referrers/${ask.digest}`);
  const { manifests } = referrersIn(bytes);
  for (const each of Array.isArray(manifests) ? manifests : []) {
    const { digest } = fieldsOf(each);
    if (typeof digest === 'string') grants.attach(ask.name, ask.digest, digest);
  }
  return reply.header('content-type', ociIndex).send(bytes);
}

function referrersIn(bytes: Buffer) {
  try {
    return readFields(bytes.toString('utf8'));
  } catch (cause) {
    throw new TowlineError('GATEWAY_REGISTRY_ANSWER', 'a list of referrers is no JSON', { cause });
  }
}

/** A part only of what is whole: until then nobody knows whether it fits its digest. */
async function sendBlob(
  { store, sender }: RegistryRoutesOptions,
  place: NamedPlace,
  wanted: Descriptor,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { size, digest } = wanted;
  const { method, headers } = reply.request;
  const range = readRange(headers.range, size);
  reply.header('docker-content-digest', digest).header('etag', `"${digest}"`);
  reply.header('accept-ranges', 'bytes').header('content-type', 'application/octet-stream');
  if (range === 'outside') return reply.code(416).header('content-range', `bytes */${size}`).send();
  const { from, to } = range ?? { from: 0, to: size };
  if (method === 'HEAD') {
    await store.has(place, wanted);
    return reply.header('content-length', size).send();
  }
  const blob = store.blob(place, wanted);
  const leave = blob.enter();
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new TowlineError('GATEWAY_BUSY', 'the device has left')));
  let turn: Disposable;
  try {
    await (range === undefined && size > smallBytes ? blob.until(1) : blob.wholly());
    turn = await sender.turn(reply.request.device, gone.signal);
  } catch (error) {
    leave();
    throw error;
  }
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${size}`);
  reply.header('content-length', to - from);
  reply.hijack();
  const heads = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)] as const);
  reply.raw.writeHead(reply.statusCode, Object.fromEntries(heads));
  await sender.send(blob, { from, to }, reply.raw);
  turn[Symbol.dispose]();
  leave();
  return reply;
}
