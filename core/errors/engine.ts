import { defineErrors } from './definition.ts';

/** The container engine, and what it is made to do. */
export const engineErrors = defineErrors({
  ENGINE_UNREACHABLE: {
    cause: 'The engine does not answer on its socket, or went away in the middle of a pass.',
    remedy:
      'Check that the engine runs and that the agent may use its socket. The next pass goes on by itself.',
    next: 'retry',
  },
  ENGINE_REFUSED: {
    cause: 'The engine refused a request; the message is its own.',
    remedy: 'Correct in the app what the message names.',
    next: 'wait-commit',
  },
  ENGINE_STALE: {
    cause:
      'The engine refused a step because something has changed since it was looked at: another tool has, or a request that an agent which was killed had left on its way.',
    remedy:
      'None: it is looked at again at once, three times in a pass. What is refused still is told under the code of the refusal itself.',
    next: 'retry',
  },
  ENGINE_ANSWER: {
    cause: 'What answers on the engine’s socket is not in the form that the Engine API gives its answers.',
    remedy:
      'See what listens on `engineSocket` of agent.yaml, and its version: Docker 20.10 or Podman 4 at least.',
    next: 'retry',
  },
  ENGINE_ANSWER_TOO_LARGE: {
    cause: 'An answer of the engine, or one line of its events, is larger than the agent reads.',
    remedy:
      'Look at what the engine holds: `docker ps --all`, `docker images`. Nothing of ours comes near the limit; thousands of containers or labels of others may.',
    next: 'retry',
  },
  ENGINE_REGISTRY_UNREACHABLE: {
    cause: 'A registry does not answer, or answers that it is overloaded.',
    remedy: 'Check the way from the device to the registry. The pull is tried again with growing pauses.',
    next: 'retry',
  },
  ENGINE_REGISTRY_DENIED: {
    cause: 'A registry does not let this device pull the image.',
    remedy: "Check the registry's credentials for this device, and that the image exists.",
    next: 'retry',
  },
  ENGINE_IMAGE_NOT_FOUND: {
    cause: 'The registry has no such image, or not for this platform.',
    remedy: 'Push the image, or correct the release and commit it.',
    next: 'retry',
  },
  ENGINE_PULL_TIMEOUT: {
    cause: 'A pull made no progress for too long.',
    remedy: 'Check the way from the device to the registry. The pull is tried again with growing pauses.',
    next: 'retry',
  },
  ENGINE_DISK_FULL: {
    cause:
      "The engine's disk has too little free space for a pull, or is full: a container could not be made or started.",
    remedy:
      'Free space on the device; the update is tried again by itself. Images that neither the present nor the last good state needs are removed by the agent.',
    next: 'retry',
  },
  ENGINE_START_FAILED: {
    cause:
      'A container could not be started: a command that does not exist, a port that is taken, a device that is missing.',
    remedy:
      'The message is the engine’s own. Correct the app and commit it, or raise `retry` when the device was at fault.',
    next: 'wait-commit',
  },
  ENGINE_NOT_HEALTHY: {
    cause: 'A project did not become healthy within its time.',
    remedy: 'Read the logs of the service that the message names; see docs/guides/rolled-back.md.',
    next: 'wait-commit',
  },
  ENGINE_APP_TOO_LONG: {
    cause:
      'One app held a pass for too long: an hour for what it does and waits for, twelve hours for its images. All apps of a device share its passes.',
    remedy:
      'Look at what the app waits for: a health check that never passes, commands after the start or before the stop, a registry that does not answer to its end. Correct it and commit it, or raise `retry`.',
    next: 'wait-commit',
  },
  ENGINE_DEPENDENCY_FAILED: {
    cause: 'A service waits for another one that did not reach the condition within its time.',
    remedy: 'Read the logs of the dependency that the message names.',
    next: 'wait-commit',
  },
  ENGINE_HOOK_FAILED: {
    cause: 'A post_start or pre_stop command of a service ended with an error.',
    remedy: 'Correct the command and commit it.',
    next: 'wait-commit',
  },
  ENGINE_OF_ANOTHER_APP: {
    cause:
      'A project names a volume or network that an app has left on this device, which the commit does not have here any more. What it held is not given to another app by its name.',
    remedy:
      'Take another name. To hand data on, copy it at the device from the one volume into the other; or remove what nobody needs there.',
    next: 'person',
  },
  ENGINE_NETWORK_KEPT: {
    cause:
      'A network that is declared external has another driver, or other `driver_opts`, than the Compose file gives it. It is used as it is: an external network is made by somebody else.',
    remedy:
      'Take `driver` and `driver_opts` out of the external network, or have the network made as the file says.',
    next: 'person',
  },
  ENGINE_VOLUME_KEPT: {
    cause:
      'A volume on the device is otherwise than the Compose file says: another driver, other `driver_opts`, other labels. It is left as it is, because it would have to be removed with its data to be made anew. All else of the commit runs.',
    remedy:
      'Take the change back; or move the data yourself and remove the volume at the device; or give the volume another name in the file. Where the data may be lost, name the volume in `disposableVolumes` of app.yaml: it is then removed and made anew.',
    next: 'person',
  },
  ENGINE_NAME_TAKEN: {
    cause: 'A container or network of somebody else, or of another app, has a name that one of ours needs.',
    remedy:
      'Rename or remove that one, or give the services of the two apps different names. Nothing of ours was stopped.',
    next: 'person',
  },
  ENGINE_ADOPT_REFUSED: {
    cause:
      'An app with `adopt: true` is assigned to a device whose own file does not name its project in `engine.adopt`; or a container of docker compose has data where the app would have another, empty folder; or its project is called as the app but for `-` and `_`. Nothing was touched.',
    remedy:
      'Name the project in `engine.adopt` of devices/ID.yaml. Where the message names a folder: write its absolute path into the Compose file, and allow it by `engine.bindRoots`. Where it names another project: an app that takes it over has to be called as it, and where they have nothing to do with each other, `adopt: true` is taken out. See docs/guides/adoption.md.',
    next: 'wait-commit',
  },
  ENGINE_CONTAINER_KEPT: {
    cause:
      'A container of docker compose bears the project name of an app that adopts it, and the app does not name its service. It is left as it is.',
    remedy: 'None, where it is wanted. Else remove it at the device, or name its service in the app.',
    next: 'person',
  },
  ENGINE_PORT_TAKEN: {
    cause: 'Something else on the device, or another app, holds a port that a service publishes.',
    remedy: 'Free the port, or publish another one. Nothing of ours was stopped.',
    next: 'person',
  },
  ENGINE_EXTERNAL_MISSING: {
    cause: 'A network or volume that is declared external does not exist on the device.',
    remedy: 'Create it on the device, or let the app declare it as its own.',
    next: 'person',
  },
  ENGINE_NETWORK_IN_USE: {
    cause:
      'A network must be made anew and containers of somebody else, or of another app, are attached to it.',
    remedy:
      'Disconnect the containers that the message names, or leave the network as it was defined. Nothing of ours was stopped.',
    next: 'person',
  },
  ENGINE_OTHER_PROJECT: {
    cause:
      'Another app holds a port or name that this one needs: it waits (for its window, a lock, a pause), or the step that frees it has failed.',
    remedy: 'None for this app: it is tried again. Look at the other app, which the message names.',
    next: 'retry',
  },
  ENGINE_TOO_OLD: {
    cause:
      'A service asks for an attribute that this engine is too old for; it would take the file and forget the attribute.',
    remedy:
      'Take the attribute out for this device, or bring its engine to the version that the message names.',
    next: 'wait-commit',
  },
  ENGINE_CONTENT_MISSING: {
    cause: 'A config or secret of the model has neither content nor a file.',
    remedy: 'Give it content, a file of the app, or a value in the environment.',
    next: 'wait-commit',
  },
  ENGINE_NOT_CONVERGING: {
    cause:
      'A plan was carried out and the next one asks for the same steps: something undoes them, or compares wrongly.',
    remedy: 'Look for another program that changes the containers. Any other commit is tried again.',
    next: 'wait-commit',
  },
  ENGINE_STEP_UNKNOWN: {
    cause: 'A step names a project, service or container that its plan does not have: a defect in Towline.',
    remedy: 'Report it with the log of the pass.',
    next: 'fatal',
  },
});
