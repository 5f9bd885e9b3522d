/**
 * Images that come through the gateway. The engine pulls them from the agent, under a name of loopback that goes at once: what
 * stays is a tag, as the Compose file has it, and the image's id in our record. An engine that is told another name for an
 * image does not know its digest under it (moby/moby#32721).
 */

import { imageLabel } from '../../../core/desired/images.ts';
import { messageOf } from '../../../core/errors/cause.ts';
import { repositoryOf } from '../../../core/images/repository.ts';
import { parseReference } from '../../../core/io/registry/reference.ts';
import type { ImageSource, OpenPull, WantedImage } from '../../images/image-endpoint.ts';
import { list, members, nullable, optional, type Shape, text } from './answer-shape.ts';
import { type ImageDetails, imageDetails } from './engine-answers.ts';
import { engineStatus, unlessGone } from './refusals.ts';
import { type RunContext, targetOf } from './run-context.ts';

/** An image that comes through the gateway. */
export interface ThroughGateway
  extends Pick<WantedImage, 'registry' | 'repository' | 'digest' | 'maxRateBytes'> {
  readonly source: ImageSource;
  /** `registry.example.com/pump/web:1.4.2`, as the Compose file has it. */
  readonly tagged: string;
}

/** "registry.example.com:5000" of a reference; Docker's own where it names none. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return named ? first : 'docker.io';
}

/** Undefined: it comes from where it is. What no release pins the gateway does not give. */
export function throughGateway(
  context: RunContext,
  { project, service, image }: { readonly project: string; readonly service: string; readonly image: string },
): ThroughGateway | undefined {
  const { imageSettings, images: source } = context;
  const { release, model } = targetOf(context, project);
  const registry = registryOf(image);
  // What somebody has carried here comes from there, wherever else it could.
  const isCarried = source?.brings?.(image.slice(image.indexOf('@') + 1)) === true;
  if (source === undefined || !(isCarried || imageSettings?.throughGateway.includes(registry) === true))
    return undefined;
  const { image: own, labels } = model.services[service] ?? {};
  if (release === undefined || own !== image) return undefined;
  const { repository, digest = '' } = parseReference(image);
  const tagged = taggedOf(labels?.[imageLabel] ?? '', image);
  const maxRateBytes = isCarried ? undefined : imageSettings?.maxRateBytes;
  return { source, registry, repository, digest, tagged, maxRateBytes };
}

/** One that has no tag gets one, or the engine would take it for what nobody wants. */
function taggedOf(asWritten: string, image: string): string {
  const repository = repositoryOf(image);
  const tag = asWritten.replace(/@.*$/, '').slice(repository.length + 1);
  return `${repository}:${tag === '' ? `towline-${image.slice(-64, -52)}` : tag}`;
}

/** Podman speaks TLS on loopback as well, unless it is asked by an interface of its own. */
export function wantsTls(error: unknown): boolean {
  return messageOf(error).includes('server gave HTTP response to HTTPS client');
}

/** @param platform `linux/arm64/v8` */
export function pullRequest(
  { reference, isPodman }: { readonly reference: string; readonly isPodman?: true },
  platform: string | undefined,
): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  if (isPodman === undefined) {
    const query = { fromImage: reference, ...(platform === undefined ? {} : { platform }) };
    return { path: '/images/create', query };
  }
  const [OS = '', Arch = '', Variant = ''] = platform?.split('/') ?? [];
  const given = Object.entries({ OS, Arch, Variant }).filter(([, value]) => value !== '');
  const query = { reference, tlsVerify: 'false', ...Object.fromEntries(given) };
  return { path: '/v4.0.0/libpod/images/pull', query };
}

interface Pulled {
  readonly Id: string;
  readonly RepoDigests?: readonly string[] | null | undefined;
}

const pulledImage: Shape<Pulled> = members<Pulled>({ Id: text, RepoDigests: optional(nullable(list(text))) });

/** Makes what was pulled from loopback the image that is wanted. @throws TowlineError ENGINE_… */
export async function adopt(
  { engine, store, clock }: RunContext,
  { image, tagged }: { readonly image: string; readonly tagged: string },
  { reference, isOfAnother }: Pick<OpenPull, 'reference' | 'isOfAnother'>,
  signal: AbortSignal,
): Promise<void> {
  const path = `/images/${reference}/json`;
  const { Id, RepoDigests } = await engine.call({ method: 'GET', path, answer: pulledImage }, signal);
  const query = { repo: repositoryOf(tagged), tag: tagged.slice(repositoryOf(tagged).length + 1) };
  await engine.call({ method: 'POST', path: `/images/${Id}/tag`, query }, signal);
  await store.noteImageId(image, Id, clock.now());
  // Also those of a pull that was killed before it came here.
  const [, name = ''] = /^127\.0\.0\.1:\d+\/\d+(\/.*@)/.exec(reference) ?? [];
  for (const other of new Set([...(RepoDigests ?? []), reference])) {
    if (!/^127\.0\.0\.1:\d+\/\d+\//.test(other) || !other.includes(name)) continue;
    // The image of what comes ahead may have become that of what is to run: that pull still asks for it by this name.
    if (isOfAnother(other)) continue;
    await unlessGone(engine.call({ method: 'DELETE', path: `/images/${other}` }, signal));
  }
}

/**
 * The image of a service as the engine knows it: by its reference, else by its tag while that is the one, else by its id.
 * @throws TowlineError ENGINE_…
 */
export async function knownImage(
  { engine, store }: RunContext,
  {
    image = '',
    labels,
  }: { readonly image?: string; readonly labels?: Readonly<Record<string, string | null>> },
  signal: AbortSignal,
): Promise<ImageDetails & { readonly name: string }> {
  const details = (name: string) =>
    engine.call({ method: 'GET', path: `/images/${name}/json`, answer: imageDetails }, signal);
  try {
    return { ...(await details(image)), name: image };
  } catch (error) {
    const id = (await store.imageIds()).get(image);
    if (id === undefined || engineStatus(error) !== 404) throw error;
    const found = await details(id);
    const tagged = taggedOf(labels?.[imageLabel] ?? '', image);
    const byTag = await details(tagged).catch(() => undefined);
    return { ...found, name: byTag?.Id === id ? tagged : id };
  }
}
