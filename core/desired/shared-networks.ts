/** Names and addresses on networks that several apps of a device are on: one must not answer for another. */

import type { Problem } from '../errors.ts';
import { addressKey } from './address-key.ts';
import type { NamingProject } from './engine-names.ts';
import { networkKeys, networkName } from './service-networks.ts';

type Path = readonly (string | number)[];

/** Something by which a service is found on a network. */
interface Answer {
  readonly app: NamingProject;
  readonly text: string;
  /** Given to be found by. A service's own name is not by itself: many apps have one `web` on a proxy's network. */
  readonly isGiven: boolean;
  readonly at: Path;
}

/** A run is looked at from its beginning alone: else many dots would take time by their square. */
const lastDots = /(?<!\.)\.+$/;

/** Names are looked up without regard to case, with and without the network's own name behind them. */
function nameKey(name: string, network: string): string {
  const lower = name.toLowerCase().replace(lastDots, '');
  const suffix = `.${network.toLowerCase()}`;
  return `name ${lower.endsWith(suffix) ? lower.slice(0, -suffix.length) : lower}`;
}

const macKey = (address: string) => `mac ${address.toLowerCase().replaceAll('-', ':')}`;

function answersOf(app: NamingProject, service: string, key: string): Answer[] {
  const { model } = app.project;
  const definition = model.services[service] ?? {};
  const options = definition.networks?.[key] ?? {};
  const network = networkName(model, key);
  const at = ['services', service, 'networks', key];
  const chosen = definition.container_name;
  const given = (text: string, path: Path): Answer => ({ app, text, isGiven: true, at: path });
  const addresses = (['ipv4_address', 'ipv6_address'] as const).flatMap(name => {
    const address = options[name];
    return address === undefined ? [] : [given(`address ${addressKey(address)}`, [...at, name])];
  });
  const local = (options.link_local_ips ?? []).map(address =>
    given(`address ${addressKey(address)}`, [...at, 'link_local_ips']),
  );
  const macs = [
    { address: options.mac_address, path: [...at, 'mac_address'] },
    { address: definition.mac_address, path: ['services', service, 'mac_address'] },
  ].flatMap(({ address, path }) => (address === undefined ? [] : [given(macKey(address), path)]));
  return [
    { app, text: nameKey(service, network), isGiven: false, at: ['services', service] },
    ...(chosen === undefined
      ? []
      : [given(nameKey(chosen, network), ['services', service, 'container_name'])]),
    ...(options.aliases ?? []).map((alias, index) =>
      given(nameKey(alias, network), [...at, 'aliases', index]),
    ),
    ...addresses,
    ...local,
    ...macs,
  ];
}

/** Network on the engine → how the services on it are found. */
function answersByNetwork(projects: readonly NamingProject[]): Map<string, Answer[]> {
  const networks = new Map<string, Answer[]>();
  for (const app of projects) {
    const { model } = app.project;
    for (const [service, definition] of Object.entries(model.services)) {
      for (const key of networkKeys(definition)) {
        const name = networkName(model, key);
        networks.set(name, [...(networks.get(name) ?? []), ...answersOf(app, service, key)]);
      }
    }
  }
  return networks;
}

/**
 * The names of an app that its own containers on the network may look for: those of its services, wherever they are,
 * that are not alone there. The engine looks through all networks of the container that asks.
 */
function soughtNames(app: NamingProject, network: string): ReadonlySet<string> {
  const { services } = app.project.model;
  const present = Object.keys(services).filter(service =>
    networkKeys(services[service] ?? {}).some(key => networkName(app.project.model, key) === network),
  );
  const sought = Object.keys(services).filter(service => present.some(other => other !== service));
  return new Set(sought.map(service => nameKey(service, network)));
}

/** The names that Compose gives to another app's containers stand on their networks too. */
function isContainerOf(text: string, network: string, { containers }: NamingProject): boolean {
  return containers.some(({ chosen, stem, count }) => {
    if (chosen !== undefined || count === 0) return false;
    const from = nameKey(stem, network);
    return text.startsWith(from) && /^[1-9]\d*$/.test(text.slice(from.length));
  });
}

export function sharedNetworkProblems(projects: readonly NamingProject[]): Problem[] {
  const problems: Problem[] = [];
  for (const [network, answers] of answersByNetwork(projects)) {
    const apps = [...new Set(answers.map(({ app }) => app))];
    if (apps.length < 2) continue;
    const sought = new Map(apps.map(app => [app, soughtNames(app, network)]));
    for (const { app, text, isGiven, at } of answers) {
      const rival = apps.find(
        other =>
          other !== app &&
          (sought.get(other)?.has(text) === true ||
            answers.some(their => their.app === other && their.text === text && (isGiven || their.isGiven)) ||
            isContainerOf(text, network, other)),
      );
      if (rival === undefined) continue;
      const message = `${text} on network ${network} is that of app "${rival.app}"`;
      problems.push({ code: 'COMPOSE_OF_ANOTHER_APP', message, position: app.positionOf(at) });
    }
  }
  return problems;
}
