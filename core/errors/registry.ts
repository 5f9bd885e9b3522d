import { defineErrors } from './definition.ts';

export const registryErrors = defineErrors({
  GATEWAY_IMAGE_FORBIDDEN: {
    cause:
      'A device asked the gateway for an image that no release assigned to it pins, at the newest commit or at the one that its status trusts.',
    remedy:
      'Assign the release that pins it. An image that stands in no `release.yaml` is pulled from its registry, not through the gateway.',
    next: 'wait-commit',
    httpStatus: 403,
  },
  GATEWAY_IMAGE_UNKNOWN: {
    cause: 'The registry behind the gateway does not have this manifest or layer (any more).',
    remedy: 'Push the image again: its digest stays the same. Or release a version whose images are there.',
    next: 'person',
    httpStatus: 404,
  },
  GATEWAY_REGISTRY_READ_ONLY: {
    cause:
      'A device asked for a push, a deletion, or a list of what a registry has. None of it is for devices.',
    remedy: 'Push to the registry itself; `towline release` pins what is there.',
    next: 'person',
    httpStatus: 405,
  },
  GATEWAY_REGISTRY_UNREACHABLE: {
    cause:
      'The registry behind the gateway does not answer, answers too slowly, or does not let the gateway in.',
    remedy:
      'The message names it. Correct `registries` in gateway.yaml (url, credentials, CA), or bring the registry back; what the gateway has kept is served meanwhile.',
    next: 'retry',
    httpStatus: 502,
  },
  GATEWAY_REGISTRY_ANSWER: {
    cause:
      'What the registry behind the gateway sent does not hash to the digest that was asked for, is longer or shorter than its manifest says, or is no manifest. Nobody got it whole, and nothing of it was kept.',
    remedy: 'Look at the registry, and at what is between: somebody changed what it holds.',
    next: 'retry',
    httpStatus: 502,
  },
  GATEWAY_IMAGE_TOO_LARGE: {
    cause:
      'A layer does not fit into `registryCache.maxBytes`, or all of that is being downloaded or sent just now.',
    remedy: 'Raise `registryCache.maxBytes` in gateway.yaml: a few times the largest layer at least.',
    next: 'retry',
    httpStatus: 507,
  },
});
