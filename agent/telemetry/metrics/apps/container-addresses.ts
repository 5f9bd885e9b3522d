/** Where the containers of this device are to be reached: asked of the engine just before, since addresses go from one to another. */
import { isIP } from 'node:net';
import { label } from '../../../../core/plan/container/labels.ts';
import {
  dictionary,
  list,
  members,
  nullable,
  optional,
  type Shape,
  text,
} from '../../../runtime/engine/answer-shape.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { networkModeOf } from '../../../runtime/engine/network-mode.ts';

interface Endpoint {
  readonly NetworkID?: string | undefined;
  readonly IPAddress?: string | undefined;
  readonly GlobalIPv6Address?: string | undefined;
}

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly HostConfig?: undefined | { readonly NetworkMode: string };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, Endpoint | null>> | null };
}

const listed: Shape<readonly Listed[]> = list(
  members<Listed>({
    Id: text,
    Names: list(text),
    Labels: nullable(dictionary(text)),
    HostConfig: optional(members({ NetworkMode: text })),
    NetworkSettings: members({
      Networks: nullable(
        dictionary(
          nullable(
            members<Endpoint>({
              NetworkID: optional(text),
              IPAddress: optional(text),
              GlobalIPv6Address: optional(text),
            }),
          ),
        ),
      ),
    }),
  }),
);

const networks = list(members<{ Id: string; Driver: string }>({ Id: text, Driver: text }));

export interface Reachable {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly service: string;
  /** Where it answers, or why the host has no way to it. */
  readonly at: { readonly address: string } | { readonly unreachable: string };
}

const longestMs = 10_000;

export class ContainerAddresses {
  readonly #engine: Pick<Engine, 'call'>;
  readonly #device: string;
  /** Id → driver; a network keeps both for its life. */
  #drivers: ReadonlyMap<string, string> = new Map();

  constructor(engine: Pick<Engine, 'call'>, device: string) {
    this.#engine = engine;
    this.#device = device;
  }

  /** Those that run and bear this device's label. @throws TowlineError ENGINE_… */
  async now(signal: AbortSignal): Promise<Reachable[]> {
    const filters = JSON.stringify({ label: [`${label.device}=${this.#device}`], status: ['running'] });
    const request = { method: 'GET', path: '/containers/json', query: { filters } } as const;
    const found = await this.#engine.call({ ...request, answer: listed, timeoutMs: longestMs }, signal);
    const ours = found.filter(({ Labels }) => Labels?.[label.device] === this.#device);
    await this.#learnDrivers(ours, signal);
    const byId = new Map(ours.map(container => [container.Id, container]));
    return ours.map(container => ({
      id: container.Id,
      name: (container.Names[0] ?? '').replace(/^\//, ''),
      project: container.Labels?.[label.project] ?? '',
      service: container.Labels?.[label.service] ?? '',
      at: this.#at(container, byId),
    }));
  }

  async #learnDrivers(containers: readonly Listed[], signal: AbortSignal): Promise<void> {
    const ids = containers.flatMap(({ NetworkSettings: { Networks } }) =>
      Object.values(Networks ?? {}).map(endpoint => endpoint?.NetworkID ?? ''),
    );
    if (ids.every(id => id === '' || this.#drivers.has(id))) return;
    const request = { method: 'GET', path: '/networks', answer: networks, timeoutMs: longestMs } as const;
    this.#drivers = new Map((await this.#engine.call(request, signal)).map(({ Id, Driver }) => [Id, Driver]));
  }

  #at(container: Listed, all: ReadonlyMap<string, Listed>): Reachable['at'] {
    const mode = networkModeOf(container);
    if (mode === 'host')
      return { unreachable: 'it is on the host’s own network, where its port is anybody’s' };
    const lender = mode.startsWith('container:') ? all.get(mode.slice('container:'.length)) : container;
    const project = container.Labels?.[label.project];
    if (lender === undefined || lender.Labels?.[label.project] !== project)
      return { unreachable: 'it is on the network of a container that is not of its app' };
    return this.#ownAddress(lender);
  }

  /** Bridges alone: the host has no way into an overlay or to a macvlan of its own, and an address there is another's. */
  #ownAddress({ NetworkSettings: { Networks } }: Listed): Reachable['at'] {
    const endpoints = Object.entries(Networks ?? {});
    for (const [, endpoint] of endpoints) {
      if (this.#drivers.get(endpoint?.NetworkID ?? '') !== 'bridge') continue;
      const address = [endpoint?.IPAddress, endpoint?.GlobalIPv6Address].find(
        each => each !== undefined && isIP(each) !== 0,
      );
      if (address !== undefined) return { address };
    }
    const names = endpoints.map(([name]) => name).join(', ');
    return {
      unreachable: `none of its networks (${names || 'it has none'}) is a bridge that the host is on`,
    };
  }
}
