/** What the Engine says runs for a device: read by the label that agents put on what is theirs. */
import Docker from 'dockerode';

export interface RunningService {
  readonly project: string;
  readonly service: string;
  readonly containerId: string;
  readonly image: string;
  /** The engine's word: running, exited, … */
  readonly state: string;
  /** The engine's line for people: `Up 3 seconds (healthy)`. */
  readonly status: string;
}

const deviceLabel = 'io.towline.device';

export class EngineView {
  readonly #docker: Docker;

  constructor(socket: string) {
    this.#docker = new Docker({ socketPath: socket });
  }

  /** Containers of a device, sorted by project and service. */
  async services(device: string): Promise<RunningService[]> {
    const containers = await this.#docker.listContainers({
      all: true,
      filters: { label: [`${deviceLabel}=${device}`] },
    });
    return containers
      .map(({ Id, Image, State, Status, Labels }) => ({
        project: Labels['com.docker.compose.project'] ?? '',
        service: Labels['com.docker.compose.service'] ?? '',
        containerId: Id,
        image: Image,
        state: State,
        status: Status,
      }))
      .sort((left, right) =>
        `${left.project}/${left.service}` < `${right.project}/${right.service}` ? -1 : 1,
      );
  }

  /** Runs a command in a service's container and gives its output. */
  async execute(containerId: string, command: readonly string[]): Promise<string> {
    const execution = await this.#docker
      .getContainer(containerId)
      .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, Tty: true });
    const stream = await execution.start({ Tty: true });
    let output = '';
    for await (const chunk of stream) output += String(chunk);
    return output.trim();
  }

  /** Removes containers, networks and volumes of a device, whatever state they are in: for the end of a story. */
  async clear(device: string): Promise<void> {
    const filters = { label: [`${deviceLabel}=${device}`] };
    const containers = await this.#docker.listContainers({ all: true, filters });
    await Promise.allSettled(
      containers.map(({ Id }) => this.#docker.getContainer(Id).remove({ force: true, v: true })),
    );
    const networks = await this.#docker.listNetworks({ filters });
    await Promise.allSettled(networks.map(({ Id }) => this.#docker.getNetwork(Id).remove()));
    const { Volumes } = await this.#docker.listVolumes({ filters });
    await Promise.allSettled((Volumes ?? []).map(({ Name }) => this.#docker.getVolume(Name).remove()));
  }
}
