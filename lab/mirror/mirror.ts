/**
 * A fleet of production, looked at for a lab: which devices stand for which, what they need, and what stands in the way. Then, once
 * the lab has made keys for them, the files of its repository.
 */
import { type Problem, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { fullRepository } from '../../core/images/repository.ts';
import type { FilesAtCommit, FleetAtCommit } from './fleet-source.ts';
import type { LabIdentity } from './lab-identity.ts';
import { type MirroredFiles, mirroredFiles } from './mirrored-files.ts';
import { type Plans, plansOf, type WantedImage } from './plan-keys.ts';
import type { StandInDigests } from './stand-in-images.ts';
import { foldDevices, type StandIn, spreadDevices } from './stand-ins.ts';

export interface MirrorQuestion {
  /** The commit that the lab is to be at. */
  readonly at: FilesAtCommit;
  /** A commit before it, whose plans count as well: a device for each way from one to the other. */
  readonly before?: FilesAtCommit;
  /** Whether Compose files may ask of the lab's engines what production's files allow. */
  readonly engine: boolean;
  /** Devices that the lab has already: no others can be tried in it. */
  readonly present?: readonly string[];
}

export interface Mirror {
  /** What was read. */
  readonly at: FleetAtCommit;
  readonly engine: boolean;
  readonly standIns: readonly StandIn[];
  /** Kinds of devices of which the lab has none. */
  readonly untried: readonly StandIn[];
  /** Devices of production, without those that were revoked or leave. */
  readonly devices: number;
  /** Of all stand-ins, each once. */
  readonly images: readonly WantedImage[];
  readonly plans: Plans;
  /** What `towline validate` would refuse. The lab's files are made where there is none. */
  readonly problems: readonly Problem[];
}

/** Files whose place the lab's own take: what is wrong with them is production's to mend. */
const isReplaced = ({ position: { file } }: Problem) => /^(?:trust|operators)\//.test(file);

async function read(at: FilesAtCommit): Promise<{ found?: FleetAtCommit; problems: Problem[] }> {
  const { fleet, problems } = await loadFleet(at.files, at.commit, { checks: false });
  const own = problems.filter(problem => !isReplaced(problem));
  return fleet === undefined ? { problems: own } : { found: { ...at, fleet }, problems: own };
}

/**
 * @throws TowlineError CLI_INVALID_FLEET where fleet.yaml cannot be read at all; CLI_NO_SUCH_DEVICE where no device is left; when an
 *   object is missing or malformed: a symbolic link or a submodule is
 */
export async function lookAtFleet(question: MirrorQuestion, signal: AbortSignal): Promise<Mirror> {
  const { engine } = question;
  const { found, problems } = await read(question.at);
  if (found === undefined) throw unreadable(problems);
  const plans = await plansOf(found, { engine }, signal);
  const earlier = question.before === undefined ? undefined : (await read(question.before)).found;
  const before = earlier === undefined ? [] : [(await plansOf(earlier, { engine }, signal)).keys];
  const keys = [...before, plans.keys];
  const { standIns, untried } =
    question.present === undefined
      ? { standIns: foldDevices(keys), untried: [] }
      : spreadDevices(keys, question.present);
  return {
    at: found,
    engine,
    standIns,
    untried,
    devices: plans.keys.size,
    images: imagesOf(plans, standIns),
    plans,
    problems: [...problems, ...plans.problems],
  };
}

/** Of all stand-ins, each once. */
function imagesOf({ images }: Plans, standIns: readonly StandIn[]): WantedImage[] {
  const wanted = standIns.flatMap(({ device }) => images.get(device) ?? []);
  return [...new Map(wanted.map(image => [`${image.repository}@${image.digest}`, image])).values()];
}

/** Of every release there is, whoever has it: what stands in for an image is the same at each commit. */
export function releasedImages({ at: { fleet }, images }: Mirror): WantedImage[] {
  const found = new Map(images.map(image => [`${image.repository}@${image.digest}`, image]));
  for (const { releases } of fleet.apps.values())
    for (const { value } of releases.values())
      for (const { image, digest } of Object.values(value.images))
        found.set(`${fullRepository(image)}@${digest}`, { repository: fullRepository(image), digest });
  return [...found.values()];
}

/** The same commit for other devices: those of a later one. */
export const withStandIns = (mirror: Mirror, standIns: readonly StandIn[]): Mirror => ({
  ...mirror,
  standIns,
  images: imagesOf(mirror.plans, standIns),
});

function unreadable(problems: readonly Problem[]): TowlineError {
  const [first] = problems;
  const message =
    first === undefined ? 'fleet.yaml cannot be read' : `${first.position.file}: ${first.message}`;
  return new TowlineError('CLI_INVALID_FLEET', message);
}

/** Of references: where the lab's gateways are to have them from. */
export const registriesOf = (images: readonly WantedImage[]): string[] =>
  [...new Set(images.map(({ repository }) => repository.slice(0, repository.indexOf('/'))))].sort();

/**
 * The files of the lab's repository.
 * @param digests production's images → those that stand in for them; absent: the images are production's own
 * @throws TowlineError as `mirroredFiles`
 */
export async function filesOf(
  mirror: Mirror,
  lab: LabIdentity,
  digests: StandInDigests | undefined,
  signal: AbortSignal,
): Promise<MirroredFiles> {
  const { at, engine, standIns, images, plans } = mirror;
  const own = { unreleased: plans.unreleased, registry: lab.registry };
  const placed = digests === undefined ? own : { ...own, digests };
  const mirroring = {
    ...{ standIns, keeping: { engine }, registries: registriesOf(images), images: placed },
  };
  return await mirroredFiles(at, lab, mirroring, signal);
}
