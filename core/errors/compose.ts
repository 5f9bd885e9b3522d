import { defineErrors } from './definition.ts';

const rewrite = 'Correct the file at the position named and commit again.';

export const composeErrors = defineErrors({
  COMPOSE_FILE_MISSING: {
    cause:
      'A file that the project names (a Compose file, an include, the file of an extends, an env_file or label_file) is not in the app folder.',
    remedy: 'Commit the file below apps/<app>/, or mark an env_file `required: false`.',
    next: 'wait-commit',
  },
  COMPOSE_TOO_LARGE: {
    cause:
      'The file, its depth, its services or what its aliases expand to is over a limit. Without limits a small file could fill the memory of a device.',
    remedy: 'Split the app, or write less: the message names the limit.',
    next: 'wait-commit',
  },
  COMPOSE_SYNTAX: {
    cause:
      'The file is not YAML that Compose reads: bad syntax, a key twice in one mapping, a key that is not text, an alias inside itself, a merge of something that is not a mapping.',
    remedy: rewrite,
    next: 'wait-commit',
  },
  COMPOSE_INTERPOLATION: {
    cause:
      'A variable reference is malformed, a required variable (`:?message`) has no value, or the value is not of the type the attribute needs.',
    remedy: 'Correct the expression, or set the variable in the device, group or app.',
    next: 'wait-commit',
  },
  COMPOSE_VARIABLE_BLANK: {
    cause:
      'A Compose file, or an env file, uses a variable that has neither a value on this device nor a default. It becomes blank, as with docker compose; with `compose: {variables: strict}` in fleet.yaml the commit is refused instead.',
    remedy:
      'Set the variable in the device, group, app or release, or give it a default (`${NAME:-default}`). Where blank is meant write `${NAME-}`; where the container is to see the dollar sign, `$$NAME`.',
    next: 'wait-commit',
  },
  COMPOSE_SCHEMA: {
    cause:
      'An attribute is unknown, misses a required part or has a value of another type than the Compose specification gives it.',
    remedy: `${rewrite} docs/reference/compose.md lists every attribute.`,
    next: 'wait-commit',
  },
  COMPOSE_VALUE: {
    cause:
      'A value has the right type but no meaning: a malformed port, volume, duration, size, host or command, or attributes that exclude each other.',
    remedy: rewrite,
    next: 'wait-commit',
  },
  COMPOSE_MERGE: {
    cause: 'Two files, or an include, define one thing in ways that cannot be merged.',
    remedy: 'Give the attribute the same form in both files, or replace it with `!override` or `!reset`.',
    next: 'wait-commit',
  },
  COMPOSE_CYCLE: {
    cause: 'Services depend on, extend, or files include each other in a circle.',
    remedy: 'Break the circle that the message prints.',
    next: 'wait-commit',
  },
  COMPOSE_REFERENCE: {
    cause:
      'A service names a service, network, volume, config, secret or model that the project does not define.',
    remedy: 'Define it, or correct the name.',
    next: 'wait-commit',
  },
  COMPOSE_CONSISTENCY: {
    cause:
      'Attributes contradict each other, such as `network_mode` beside `networks`, or one target mounted twice.',
    remedy: rewrite,
    next: 'wait-commit',
  },
  COMPOSE_BUILD_REFUSED: {
    cause: 'A service is to be built. Devices run images that were built and pinned to a digest elsewhere.',
    remedy: 'Build and push the image in CI, and name it with `image`.',
    next: 'wait-commit',
  },
  COMPOSE_UNSUPPORTED: {
    cause:
      'The attribute is part of the specification, but one engine cannot honour it (a swarm, Docker Desktop or Windows alone can).',
    remedy: 'Remove the attribute; docs/reference/compose.md says why and what to use instead.',
    next: 'wait-commit',
  },
  COMPOSE_EXTERNAL_REFUSED: {
    cause: 'A config or secret is external or comes from a driver. One engine has no store to take it from.',
    remedy: 'Use `file`, `content` or `environment`, or a secret of the fleet repository.',
    next: 'wait-commit',
  },
  COMPOSE_BIND_REFUSED: {
    cause:
      'A bind mount, or a volume, config or secret that is one, reads a path outside the app folder and outside of `engine.bindRoots`; or it lies below a folder that a container of this device could ever write to, and may lead anywhere; or it would make a folder writable above what is mounted.',
    remedy:
      'Use a volume, a file of the app, or a folder beside the writable one; or allow it by the key of `engine` that the message names.',
    next: 'wait-commit',
  },
  COMPOSE_OF_ANOTHER_APP: {
    cause:
      "A Compose file names a network, volume, container, host port, project, or a name on a shared network, that is another app's. Rights are given by folder: one app does not reach into another one.",
    remedy:
      'Take another name. To share a network, let its owner say `attachable: true`, or use one that no app owns (`external: true`, made on the device); to share data, a volume that no app owns.',
    next: 'wait-commit',
  },
  COMPOSE_ENGINE_WILL_REFUSE: {
    cause:
      'A value is one that the specification takes and the engine does not, when a container, network or volume is made or started: a mount target that is no absolute path, a limit below the least one, an unknown capability or signal, two options that exclude each other. No key of `engine` allows it.',
    remedy: rewrite,
    next: 'wait-commit',
  },
  COMPOSE_ENGINE_NAME: {
    cause:
      'A network, volume or container is named by what is no plain name, or by what may be the beginning of an id: the engine would take it for whatever has such an id, whose ever that is.',
    remedy:
      'Use letters, digits, `_`, `.` and `-`, beginning with a letter or digit; what consists of 0-9 and a-f alone needs another name.',
    next: 'wait-commit',
  },
  COMPOSE_LABEL_RESERVED: {
    cause:
      'A Compose file sets a label below `io.towline.` or `com.docker.compose.`: these say whose a container, network or volume is.',
    remedy: 'Take the label out, or give it a prefix of your own.',
    next: 'wait-commit',
  },
  COMPOSE_POLICY_REFUSED: {
    cause:
      'The attribute reaches beyond the container, or is not known to stay within it (privilege, namespaces, devices, drivers, runtimes, mount and network options), and this device does not allow it. Of an external network or volume the engine told what it is.',
    remedy:
      'Remove the attribute, or allow it for this device by the key of `engine` that the message names.',
    next: 'wait-commit',
  },
  COMPOSE_NO_HANDOVER: {
    cause:
      'The app is updated with `strategy: handover`, and a service of it cannot run beside its successor: both would need one fixed port, address or name, would write to one volume, nothing of it can be asked for by name on a network, or its times are such that it would never count as well.',
    remedy:
      'Change what the message names (a time: a shorter interval or `stablePeriod`, or a longer `healthTimeout`); or name below `services` of `update` only those that can be handed over: the others are replaced as with `recreate`.',
    next: 'wait-commit',
  },
  COMPOSE_NOT_ROLLING: {
    cause:
      'The app is updated with `strategy: rolling`, and a service that is meant has one container only, or none has more, or its times are such that it would never count as well.',
    remedy:
      'Give it a `scale` of two or more, or take another strategy; where the message names a time, make the interval or `stablePeriod` shorter or `healthTimeout` longer.',
    next: 'wait-commit',
  },
  COMPOSE_UPDATE_SERVICE: {
    cause: '`services` of `update` names a service that the Compose files do not have.',
    remedy: 'Correct the name, or take it out of the list.',
    next: 'wait-commit',
  },
});
