/** Images of a project, pinned to the digests of its release. */

import { type PositionLookup, printable } from '../compose/value/fault.ts';
import type { ComposeModel, ServiceModel } from '../compose/value/model.ts';
import type { ErrorCode, Problem } from '../errors.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { repositoryOf } from '../images/repository.ts';
import { suggestion } from '../nearest.ts';

/** Label that keeps the reference as the Compose file had it: people read tags. */
export const imageLabel = 'io.towline.image';

const digestSuffix = /@(sha256:[0-9a-f]{64})$/;

const hostForm = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const folderForm = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tailForm = /^(?::\w[\w.-]{0,127})?(?:@[\w:+.-]+)?$/;

/** As the engine has it. The text becomes a part of its requests' paths, where anything else would lead elsewhere. */
function isReference(image: string): boolean {
  const repository = repositoryOf(image);
  const [first = '', ...rest] = repository.split('/');
  const names = rest.length > 0 && hostForm.test(first) ? rest : [first, ...rest];
  return names.every(name => folderForm.test(name)) && tailForm.test(image.slice(repository.length));
}

const noReference = (image: string) => `${JSON.stringify(printable(image))} is no reference of an image`;

function pinned(service: ServiceModel, image: string, digest: string): ServiceModel {
  return {
    ...service,
    image: `${repositoryOf(image)}@${digest}`,
    labels: { ...service.labels, [imageLabel]: image.replace(digestSuffix, '') },
  };
}

/** Images that services mount: no release pins them, so each says itself which one it is. */
function mountProblems(name: string, service: ServiceModel, positionOf: PositionLookup): Problem[] {
  return (service.volumes ?? []).flatMap(({ type, source: image = '' }, index): Problem[] => {
    if (type !== 'image') return [];
    const position = positionOf(['services', name, 'volumes', index, 'source']);
    if (!isReference(image)) return [{ code: 'COMPOSE_VALUE', message: noReference(image), position }];
    if (digestSuffix.test(image)) return [];
    const message = `service "${name}" mounts the image ${image} without a digest`;
    return [{ code: 'FLEET_IMAGE_MOUNT_UNPINNED', message, position }];
  });
}

/**
 * @param positionOf where an attribute of the model stands in the Compose files
 * @returns the model with each image as `repository@sha256:…`, or what is in the way of that
 */
export function pinImages(
  model: ComposeModel,
  release: CheckedFile<'release'> | undefined,
  positionOf: PositionLookup,
): { model: ComposeModel; problems: Problem[] } {
  const problems: Problem[] = [];
  const services: Record<string, ServiceModel> = {};
  const images = new Map(Object.entries(release?.value.images ?? {}));
  for (const [name, service] of Object.entries(model.services)) {
    const complain = (code: ErrorCode, message: string) =>
      problems.push({ code, message, position: positionOf(['services', name, 'image']) });
    services[name] = service;
    problems.push(...mountProblems(name, service, positionOf));
    const image = service.image;
    if (image === undefined) continue;
    if (!isReference(image)) {
      complain('COMPOSE_VALUE', noReference(image));
      continue;
    }
    const own = digestSuffix.exec(image)?.[1];
    const entry = images.get(name);
    if (release === undefined) {
      if (own === undefined)
        complain('FLEET_RELEASE_MISSING', `service "${name}" has no digest and its app no release`);
      else services[name] = pinned(service, image, own);
    } else if (entry === undefined) {
      const hint = suggestion(name, images.keys());
      complain(
        'FLEET_RELEASE_IMAGE_MISSING',
        `release ${release.value.version} has no image of service "${name}"${hint}`,
      );
    } else if (entry.image !== image || (own !== undefined && own !== entry.digest)) {
      const message = `service "${name}" names ${image}, release ${release.value.version} pinned ${entry.image}`;
      complain('FLEET_RELEASE_IMAGE_CHANGED', message);
    } else services[name] = pinned(service, image, entry.digest);
  }
  return { model: { ...model, services }, problems };
}
