/** Where a lab keeps what: one folder for all of it, and a file below /run that says that it is there. */
import path from 'node:path';

/** `lab.json` of each lab stands in a folder of its name. */
export const runFolder = '/run/towline-lab';
const dataFolder = '/var/lib/towline-lab';

export const defaultFolder = (name: string): string => path.join(dataFolder, name);
export const stateFolder = (name: string): string => path.join(runFolder, name);

/** Stands in the command line of the process that all others of a lab end with. */
export const markOf = (name: string): string => `towline-lab:${name}`;

/** `sh -ec SCRIPT MARK …`: whoever looks for the mark has it among their words, too, and is no process of a lab. */
export function isFirstOf(name: string, words: readonly string[]): boolean {
  const at = words.indexOf(markOf(name));
  return at >= 2 && words[at - 2] === '-ec';
}

/** Below a lab's own /run, which is in memory and which nobody outside sees. */
export const inside = {
  keeper: '/run/keeper.sock',
  engineSocket: (engine: string): string => `/run/engines/${engine}/docker.sock`,
  engineFolder: (engine: string): string => `/run/engines/${engine}`,
  agentFolder: (device: string): string => `/run/agents/${device}`,
};

export class LabPlaces {
  readonly name: string;
  readonly folder: string;

  constructor(name: string, folder: string) {
    this.name = name;
    this.folder = folder;
  }

  #below(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** The person's clone, ready for `git push`. */
  get fleet(): string {
    return this.#below('fleet');
  }

  /** Home of the person at the desk: keys, settings of git and ssh. */
  get home(): string {
    return this.#below('desk');
  }

  /** What a shell of this machine reads to work with the lab: variables. */
  get environmentFile(): string {
    return this.#below('env');
  }

  /** What a package would put into /usr/lib/towline: all agents are started from there. */
  get package(): string {
    return this.#below('package');
  }

  get commands(): string {
    return this.#below('bin');
  }

  get authority(): string {
    return this.#below('registry', 'certificate.pem');
  }

  /** Key of what shows `authority`. */
  get registryKey(): string {
    return this.#below('registry', 'key.pem');
  }

  get registry(): string {
    return this.#below('registry');
  }

  /** File to which the network of a part is bound, inside of the lab. */
  network(part: string): string {
    return this.#below('networks', part);
  }

  gateway(name: string): string {
    return this.#below('gateways', name);
  }

  device(id: string): string {
    return this.#below('devices', id);
  }

  /** A small disk of its own, inside of the lab. `agent.yaml` and the keys lie there, too. */
  deviceState(id: string): string {
    return this.#below('devices', id, 'state');
  }

  /** What its clock is off by, as libfaketime reads it. */
  deviceClock(id: string): string {
    return this.#below('devices', id, 'clock');
  }

  /** Images and containers. */
  engine(name: string): string {
    return this.#below('engines', name);
  }

  log(part: string): string {
    return this.#below('logs', `${part}.log`);
  }
}
