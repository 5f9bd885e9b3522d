/** What runs in a container, compared: what the service does not say its image does. */
import { type Fields, fieldsOf } from '../../json.ts';
import { differingKeys, isSame, listOf, type MadeFacts, textOf, textsOf } from './made-container.ts';

/** Docker's, where neither the service nor its image says another. */
const defaultGraceSeconds = 10;

/** Labels of who has made it, not of what it is. */
const ofMakers = /^(?:com\.docker\.compose|io\.towline|desktop\.docker\.io)[./]/;

function environmentOf(entries: unknown): Record<string, string> {
  const pairs = textsOf(entries).flatMap((entry): [string, string][] => {
    const equals = entry.indexOf('=');
    return equals < 1 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)]];
  });
  return Object.fromEntries(pairs);
}

/** The engine adds those of the image that are not named. */
function mergedEnvironment(asked: unknown, image: Fields): Record<string, string> {
  const takenAway = new Set(textsOf(asked).filter(entry => !entry.includes('=')));
  const ofImage = Object.entries(environmentOf(image.Env)).filter(([name]) => !takenAway.has(name));
  return { ...Object.fromEntries(ofImage), ...environmentOf(asked) };
}

/** An empty entrypoint is none; the image's command goes with its entrypoint alone (moby, daemon/commit.go, merge). */
function startOf(asked: Fields, image: Fields): { entrypoint: string[]; command: string[] } {
  const entrypoint = textsOf(asked.Entrypoint).filter((word, _, all) => all.length > 1 || word !== '');
  const command = textsOf(asked.Cmd);
  if (entrypoint.length > 0) return { entrypoint, command };
  const isStated = Array.isArray(asked.Entrypoint);
  return {
    entrypoint: isStated ? [] : textsOf(image.Entrypoint),
    command: command.length > 0 ? command : textsOf(image.Cmd),
  };
}

const checkMembers = ['Test', 'Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'];

/** Each member that is not given is the image's. */
function healthcheckOf(asked: unknown, image: Fields): Fields {
  const own = fieldsOf(asked);
  const base = fieldsOf(image.Healthcheck);
  if (textsOf(own.Test)[0] === 'NONE') return { Test: ['NONE'] };
  return Object.fromEntries(
    checkMembers.map(key => [key, isSame(own[key], undefined) ? base[key] : own[key]] as const),
  );
}

function labelsOf(labels: unknown, image: Fields): Fields {
  const all = { ...fieldsOf(image.Labels), ...fieldsOf(labels) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !ofMakers.test(name)));
}

/** A host name that nobody has chosen: the id's, or that of whose network it shares. */
function isOwnHostname(hostname: string, { id, hostConfig }: MadeFacts['made']): boolean {
  if (hostname === '' || hostname === id.slice(0, 12)) return true;
  return /^(?:host$|container:)/.test(textOf(hostConfig.NetworkMode));
}

function portsOf(config: Fields, image: Fields): string[] {
  const keys = [config, image].flatMap(({ ExposedPorts }) => Object.keys(fieldsOf(ExposedPorts)));
  // docker compose 2 writes those of `expose` without a protocol, and the engine keeps them so.
  return [...new Set(keys.map(key => (key.includes('/') ? key : `${key}/tcp`)))].sort();
}

/**
 * @param asked what we would ask the engine for
 * @returns what is otherwise, by the names that a Compose file has for it
 */
export function processDiffers(asked: Fields, facts: MadeFacts): string[] {
  const { made, image } = facts;
  const { config } = made;
  const wanted = startOf(asked, image);
  const actual = startOf(config, {});
  const orImage = (key: string) => textOf(asked[key]) || textOf(image[key]);
  const grace = (value: unknown) => (typeof value === 'number' ? value : defaultGraceSeconds);
  const hostname = textOf(config.Hostname);
  const isNamed =
    textOf(asked.Hostname) === '' ? isOwnHostname(hostname, made) : hostname === textOf(asked.Hostname);
  const same: Readonly<Record<string, boolean>> = {
    command: isSame(wanted.command, actual.command),
    entrypoint: isSame(wanted.entrypoint, actual.entrypoint),
    user: orImage('User') === textOf(config.User),
    working_dir: samePath(orImage('WorkingDir'), textOf(config.WorkingDir)),
    stop_signal: orImage('StopSignal') === textOf(config.StopSignal),
    stop_grace_period: grace(asked.StopTimeout) === grace(config.StopTimeout),
    hostname: isNamed,
    domainname: textOf(asked.Domainname) === textOf(config.Domainname),
    tty: isSame(asked.Tty, config.Tty),
    stdin_open: isSame(asked.OpenStdin, config.OpenStdin),
    healthcheck: isSame(healthcheckOf(asked.Healthcheck, image), healthcheckOf(config.Healthcheck, {})),
    expose: isSame(portsOf(asked, image), portsOf(config, {})),
  };
  return [
    ...Object.keys(same).filter(word => same[word] === false),
    ...environmentDiffers(asked, facts),
    ...differingKeys(labelsOf(asked.Labels, image), labelsOf(config.Labels, {})).map(name => `label ${name}`),
  ];
}

const samePath = (one: string, other: string): boolean =>
  one.replace(/\/+$/, '') === other.replace(/\/+$/, '');

function environmentDiffers(asked: Fields, { made, image }: MadeFacts): string[] {
  const wanted = mergedEnvironment(listOf(asked.Env), image);
  return differingKeys(wanted, environmentOf(made.config.Env)).map(name => `environment ${name}`);
}
