/** What a bundle says that it holds: its OCI configuration, canonical JSON. Nothing in it is trusted; all of it is checked. */
import { canonicalJson } from '../canonical-json.ts';
import { TowlineError } from '../errors.ts';
import { digestPattern, type PinnedImage } from '../images/digest.ts';
import { type Fields, isFields, readFields } from '../json.ts';
import { isObjectId, type ObjectId } from '../trust/git/object-source.ts';

export interface BundleImage extends PinnedImage {
  /** Digests of layers that all its devices have, and that are not in the bundle. Sorted. */
  readonly leftOut: readonly string[];
}

export interface BundleContents {
  /** 2: it has `agents`, of which older programs know nothing. */
  readonly format: 1 | 2;
  readonly fleet: string;
  /** UTC, whole seconds: `2026-11-29T17:00:00Z`. */
  readonly created: string;
  /** Ids of the devices that it is for, sorted. */
  readonly devices: readonly string[];
  /** Of main. */
  readonly commit: ObjectId;
  /** The commits begin after this one; a device that does not trust it yet cannot use the bundle. */
  readonly since?: ObjectId;
  /** What refs/towline/timestamp points to, where there is a statement. */
  readonly timestamp?: ObjectId;
  /** By image and digest, sorted. */
  readonly images: readonly BundleImage[];
  /** Digests of parts of agents, sorted. */
  readonly agents?: readonly string[];
}

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const maxDevices = 100_000;
const maxImages = 4096;
const maxImageLength = 512;
/** Two parts for each platform, of some versions. */
const maxAgentParts = 256;
/** More than an index of platforms has of layers. */
const maxLeftOut = 8192;

const wrong = (why: string) => new TowlineError('BUNDLE_FORMAT', `the contents of the bundle: ${why}`);

const isSorted = (texts: readonly string[]) =>
  texts.every((text, index) => index === 0 || (texts[index - 1] ?? '') < text);

function textOf(fields: Fields, key: string, pattern: RegExp): string {
  const value = fields[key];
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(`${key} is none`);
  return value;
}

function listOf(value: unknown, key: string, pattern: RegExp, max: number): string[] {
  if (!Array.isArray(value) || value.length > max) throw wrong(`${key} is no list within bounds`);
  const texts = value.filter((each): each is string => typeof each === 'string' && pattern.test(each));
  if (texts.length < value.length || !isSorted(texts))
    throw wrong(`${key} has what is none, or is not sorted`);
  return texts;
}

function idOf(fields: Fields, key: string): ObjectId {
  const value = fields[key];
  if (typeof value !== 'string' || !isObjectId(value)) throw wrong(`${key} is no commit`);
  return value;
}

function imageOf(value: unknown): BundleImage {
  if (!isFields(value)) throw wrong('an image is none');
  const { image } = value;
  if (typeof image !== 'string' || image.length > maxImageLength || !/^[\x21-\x7e]+$/.test(image))
    throw wrong('an image has no name');
  const digest = textOf(value, 'digest', digestPattern);
  return { image, digest, leftOut: listOf(value.leftOut, 'leftOut', digestPattern, maxLeftOut) };
}

const keyOf = ({ image, digest }: PinnedImage) => `${image} ${digest}`;

function imagesOf(value: unknown): BundleImage[] {
  if (!Array.isArray(value) || value.length > maxImages) throw wrong('images is no list within bounds');
  const images = value.map(imageOf);
  if (!isSorted(images.map(keyOf))) throw wrong('images are not sorted');
  return images;
}

function agentsOf(value: unknown): string[] {
  const digests = listOf(value, 'agents', digestPattern, maxAgentParts);
  if (digests.length === 0) throw wrong('agents is empty');
  return digests;
}

/** In the order that they stand in a bundle, each once. */
export function inBundleOrder(images: readonly BundleImage[]): BundleImage[] {
  const byKey = new Map(images.map(image => [keyOf(image), image]));
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, image]) => image);
}

export function writeContents(contents: BundleContents): Buffer {
  return Buffer.from(canonicalJson(contents));
}

/**
 * @param bytes whose digest was compared
 * @throws TowlineError BUNDLE_FORMAT, for a newer format and for what is not exactly as `writeContents` has it
 */
export function readContents(bytes: Buffer): BundleContents {
  let fields: Fields;
  try {
    fields = readFields(bytes.toString('utf8'));
  } catch (cause) {
    throw new TowlineError('BUNDLE_FORMAT', 'the contents of the bundle are no JSON', { cause });
  }
  if (typeof fields.format === 'number' && fields.format > 2)
    throw wrong(`they have format ${fields.format}, which a newer towline made`);
  const { format } = fields;
  if (format !== 1 && format !== 2) throw wrong('they name no format');
  const contents: BundleContents = {
    format,
    fleet: textOf(fields, 'fleet', namePattern),
    created: textOf(fields, 'created', instantPattern),
    devices: listOf(fields.devices, 'devices', namePattern, maxDevices),
    commit: idOf(fields, 'commit'),
    ...(fields.since === undefined ? {} : { since: idOf(fields, 'since') }),
    ...(fields.timestamp === undefined ? {} : { timestamp: idOf(fields, 'timestamp') }),
    images: imagesOf(fields.images),
    ...(format === 1 ? {} : { agents: agentsOf(fields.agents) }),
  };
  if (!writeContents(contents).equals(bytes)) throw wrong('they say more than they may, or in another way');
  return contents;
}
