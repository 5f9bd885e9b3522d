/** The log of a service as it is on the device, for whom the fleet lets read it: what telemetry would not tell is not told. */
import { servicesNamed } from '../../../core/access/user-name.ts';
import { messageOf } from '../../../core/errors/cause.ts';
import { Redactor } from '../../../core/redaction/redactor.ts';
import { decoded, LineHider } from '../../../core/telemetry/lines/line-text.ts';
import { type LogSettings, logSettingsOf } from '../../../core/telemetry/lines/log-settings.ts';
import { type JoinedLine, LineJoiner } from '../../runtime/engine/line-joiner.ts';
import type { LogEntry } from '../../runtime/runtime.ts';
import { loggedContainer, serviceContainers } from '../engine/service-containers.ts';
import type { AccessRooms } from '../people/access-rooms.ts';
import type { Person } from '../people/person.ts';
import { refusalWords } from '../people/refusal-words.ts';
import type { SessionChannel } from '../people/session-channel.ts';
import type { LogsCommand } from './device-command.ts';
import { shownServices } from './shown-services.ts';

const notDone = 1;
/** As a shell says that a command ended by Ctrl-C. */
const interrupted = 130;
const controlC = 0x03;

/** Until the log ends or the person does. @returns exit code */
export async function serveLogs(
  person: Person,
  channel: SessionChannel,
  command: LogsCommand,
  rooms: AccessRooms,
): Promise<number> {
  const found = await find(person, command, rooms);
  if (typeof found === 'string') {
    await channel.warn(`towline: ${found}`);
    return notDone;
  }
  const { container, settings, what } = found;
  const cut = new AbortController();
  const wanted = { kind: 'watch' } as const;
  const over = rooms.records.begin(person, { wanted, what, cut: reason => cut.abort(new Error(reason)) });
  // What is trusted may have changed while the container was looked for.
  const verdict = person.judge(wanted);
  if (!verdict.allowed) cut.abort(new Error(refusalWords(verdict.why)));
  const left = leaving(person, channel);
  const signal = AbortSignal.any([person.signal, cut.signal, left]);
  const { follow, sinceMs, tail } = command;
  const since = sinceMs === undefined ? undefined : new Date(sinceMs).toISOString();
  const lines = new ShownLines(settings, channel.terminal === undefined ? '\n' : '\r\n');
  let code = 0;
  try {
    const ask = { container, follow, since, tail };
    await rooms.runtime.logEntries(ask, entries => channel.write(lines.of(entries)), signal);
    await channel.write(lines.rest());
  } catch (error) {
    code = left.aborted ? interrupted : notDone;
    if (!person.signal.aborted && !left.aborted) await channel.warn(`towline: ${messageOf(error)}`);
  }
  over({ bytesIn: 0, bytesOut: channel.bytesOut, exitCode: code, signal: cut.signal });
  return code;
}

/** Aborted when who reads closes it, sends a signal, or types Ctrl-C on a terminal: no command is there that would hear of it. */
function leaving(person: Person, channel: SessionChannel): AbortSignal {
  const left = new AbortController();
  const leave = () => left.abort(new Error('the person has left'));
  channel.stream.once('close', leave);
  channel.onSignal = leave;
  person.connection.work.run(async () => {
    try {
      for await (const typed of channel.input())
        if (channel.terminal !== undefined && typed.includes(controlC)) leave();
    } catch {
      // It was cut: its end says so.
    }
  });
  return left.signal;
}

interface FoundLog {
  readonly container: string;
  readonly settings: LogSettings;
  readonly what: string;
}

async function find(person: Person, { name }: LogsCommand, rooms: AccessRooms): Promise<FoundLog | string> {
  const services = shownServices(rooms);
  const found = servicesNamed(name, services);
  const [named] = found;
  if (named === undefined) return `this device has no service ${name.slice(0, 100)}`;
  if (found.length > 1) return `more than one app has that service: say ${found.map(nameOf).join(' or ')}`;
  const { app, service, number } = named;
  const project = rooms.desired()?.projects.find(one => one.app === app);
  const settings = logSettingsOf(project?.logs, service);
  if (!settings.collect) return `the log of ${app}.${service} stays on the device: its app says so`;
  const containers = await serviceContainers(rooms.exec.engine, rooms.device, person.signal);
  const asked = { project: project?.name ?? `${rooms.projectPrefix}${app}`, service, number };
  const container = loggedContainer(containers, asked);
  if (container === undefined) return `${app}.${service} has no container`;
  return { container: container.id, settings, what: `logs of ${app}.${service}` };
}

function nameOf({ app, service }: { app: string; service: string }): string {
  return `${app}.${service}`;
}

/** Lines without what the app's settings hide, joined as telemetry joins them: a secret may lie across two parts. */
class ShownLines {
  readonly #settings: LogSettings;
  readonly #end: string;
  readonly #joiner: LineJoiner;
  readonly #hiders: Readonly<Record<LogEntry['stream'], LineHider>>;

  /** @param end of each line, as who reads needs it */
  constructor(settings: LogSettings, end: string) {
    this.#settings = settings;
    this.#end = end;
    this.#joiner = new LineJoiner(settings.maxLineBytes);
    const redactor = new Redactor(settings.redact);
    const hider = () => new LineHider(redactor);
    this.#hiders = { stdout: hider(), stderr: hider(), tty: hider() };
  }

  of(entries: readonly LogEntry[]): Buffer {
    const lines = entries.flatMap(entry => [this.#joiner.endedBefore(entry), this.#joiner.push(entry)]);
    return this.#shown(lines.flatMap(line => line ?? []));
  }

  /** What has no end at the end of the log. */
  rest(): Buffer {
    return this.#shown(this.#joiner.close());
  }

  #shown(lines: readonly JoinedLine[]): Buffer {
    const texts = lines.map(line => {
      const [plain, cut] = decoded({ ...line, sequence: 0 }, this.#settings.maxLineBytes);
      return `${this.#hiders[line.stream].hide(plain, cut > 0)}${this.#end}`;
    });
    return Buffer.from(texts.join(''));
  }
}
