/** A session channel of a person: stock git, or a few friendly lines. There is no shell here. */
import { Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import { isTowlineError } from '../../core/errors.ts';
import { takeSessions } from '../../core/io/ssh/session-channels.ts';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import { channelState } from '../../core/io/ssh/ssh2-state.ts';
import { printable } from '../../core/shown-text.ts';
import type { Action } from '../admission/admission.ts';
import { pushesOf } from '../admission/person-admission.ts';
import { agentsCommand, serveAgents } from './people-agents.ts';
import { bundleCommand, serveBundle } from './people-bundle.ts';
import { acceptedEnvironment, parsePeopleCommand } from './people-command.ts';
import type { PeopleConnection } from './people-connection.ts';
import { nowAsked, serveNow } from './people-now.ts';
import { recordingsCommand, serveRecordings } from './people-recordings.ts';
import { serveTunnels, tunnelsAsked } from './people-tunnels.ts';
import { serveWatch, watchedDevices } from './people-watch.ts';
import { seenBranches } from './seen-branches.ts';
import { serveTakeBack } from './take-back.ts';

const notHere = 1;

/** Serves the session channels of one connection. */
export function servePeopleSessions(person: PeopleConnection): void {
  const { work } = person.connection;
  takeSessions(person, (session, used) => {
    const environment: Record<string, string> = {};
    let terminal = false;
    const start = (yes: () => ServerChannel | undefined, serve: (stream: ChannelStream) => Promise<number>) =>
      work.run(async () => {
        const channel = yes();
        // A second request in one session, or one that has ended: nothing is there to serve.
        if (channel === undefined) return;
        used();
        const stream = person.connection.adopt(channel, { holdEndOfFile: true });
        await stream?.exit(await serve(stream.on('error', () => {})));
      });
    session.on(
      'env',
      work.listener((yes, no, info) => {
        const accepted = acceptedEnvironment(info.key, info.val);
        Object.assign(environment, accepted);
        (accepted === undefined ? no : yes)?.();
      }),
    );
    session.on(
      'pty',
      work.listener(yes => {
        terminal = true;
        yes?.();
      }),
    );
    session.on(
      'window-change',
      work.listener(yes => yes?.()),
    );
    session.on('exec', (yes, _no, info) =>
      start(yes, stream => runCommand(person, stream, info.command, environment)),
    );
    session.on('subsystem', (yes, _no, info) =>
      start(yes, stream =>
        say(stream, `towline: there is no ${JSON.stringify(info.name.slice(0, 40))} on the gateway itself`),
      ),
    );
    session.on('shell', yes => start(yes, stream => greet(person, stream, terminal ? '\r\n' : '\n')));
  });
}

async function runCommand(
  person: PeopleConnection,
  stream: ChannelStream,
  command: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const served = serveOther(person, stream, command);
  if (served !== undefined) {
    const refusal = await served;
    return refusal === undefined ? 0 : say(stream, `towline: ${refusal}`);
  }
  const git = parsePeopleCommand(command);
  if (git === undefined) {
    person.audit({ action: 'command', outcome: 'refused', message: command.slice(0, 200) });
    return say(stream, 'towline: only git (fleet.git, telemetry.git) and ssh -J to devices are served here');
  }
  const action: Action = { kind: 'git', ...git };
  const admission = person.admit(action);
  const name = `git ${git.service} ${git.repository}`;
  if (!admission.allowed) {
    person.audit({ action: name, outcome: 'refused', code: admission.code });
    return say(stream, `towline: ${admission.code} ${admission.message}`);
  }
  person.audit({ action: name, outcome: 'allowed' });
  const controller = new AbortController();
  stream.once('close', () => controller.abort(new Error('the client is gone')));
  using session = person.whileAllowed(action, controller.signal);
  const { signal } = session;
  try {
    if (git.repository === 'telemetry' && git.service === 'receive-pack') {
      await serveTakeBack(person, stream, signal);
      return 0;
    }
    const { current } = person.services.view;
    const operator = current.operators.get(admission.who);
    const isPartly = git.repository === 'telemetry' && operator !== undefined;
    const code = await person.services.git.run({
      ...git,
      operator: admission.who,
      requestsOnly: operator === undefined || pushesOf(operator) !== 'all',
      seen: isPartly ? seenBranches(current, operator) : undefined,
      stream,
      stderr: errorStream(stream),
      onRefused: ({ ref, reason, ...code }) =>
        person.audit({ action: `${name} ${ref}`, outcome: 'refused', message: reason, ...code }),
      environment,
      signal,
    });
    person.audit({ action: name, outcome: 'ended', details: { code } });
    return code;
  } catch (error) {
    if (!isTowlineError(error)) throw error;
    const { code, message } = error;
    person.audit({ action: name, outcome: 'refused', code, message });
    await say(stream, `towline: ${code} ${message}`);
    // Who does not read would hold up a farewell for ever.
    if (code === 'GATEWAY_SESSION_SILENT') stream.destroy();
    return notHere;
  }
}

/** @returns undefined: nothing but git is left; else what to refuse it with, or undefined when it has ended */
function serveOther(
  person: PeopleConnection,
  stream: ChannelStream,
  command: string,
): Promise<string | undefined> | undefined {
  const watched = watchedDevices(command);
  if (watched !== undefined) return serveWatch(person, stream, watched);
  const recordings = recordingsCommand(command);
  if (recordings !== undefined) return serveRecordings(person, stream, recordings);
  const tunnels = tunnelsAsked(command);
  if (tunnels !== undefined) return serveTunnels(person, stream, tunnels);
  const now = nowAsked(command);
  if (now !== undefined) return serveNow(person, stream, now);
  const agents = agentsCommand(command);
  if (agents !== undefined) return serveAgents(person, stream, agents);
  const bundle = bundleCommand(command);
  return bundle === undefined ? undefined : serveBundle(person, stream, bundle);
}

/** One line on stderr, and the exit code that goes with it. */
async function say(stream: ChannelStream, line: string): Promise<number> {
  stream.resume();
  await new Promise<void>(resolve => errorStream(stream).end(`${printable(line)}\n`, () => resolve()));
  return notHere;
}

async function greet(person: PeopleConnection, stream: ChannelStream, newline: string): Promise<number> {
  const may = (action: Action) => person.admit(action).allowed;
  const git = (service: 'upload-pack' | 'receive-pack', repository: 'fleet' | 'telemetry') =>
    may({ kind: 'git', service, repository });
  const devices = person.services.tunnels
    .list()
    .map(tunnel => tunnel.device)
    .filter(device => may({ kind: 'reach', device, wanted: { kind: 'server' } }));
  const shown = devices.slice(0, 20);
  const lines = [
    `Hello ${person.name}. This is a Towline gateway; there is no shell here.`,
    `  fleet.git      ${fleetWords(person, git('upload-pack', 'fleet'))}`,
    `  telemetry.git  ${git('upload-pack', 'telemetry') ? 'fetch' : 'not for you'}`,
    devices.length === 0
      ? '  devices        none with an open tunnel that you reach'
      : `  devices        ssh -J <this gateway> <device>: ${shown.join(', ')}${devices.length > shown.length ? ` and ${devices.length - shown.length} more` : ''}`,
    '',
  ];
  stream.resume();
  stream.write(lines.join(newline));
  return 0;
}

function fleetWords({ services, name }: PeopleConnection, mayFetch: boolean): string {
  const operator = services.view.current.operators.get(name);
  const pushes = operator === undefined ? 'none' : pushesOf(operator);
  if (pushes === 'all') return 'fetch and push';
  if (pushes === 'requests') return `fetch, and push requests/${name}/*`;
  return mayFetch ? 'fetch' : 'not for you';
}

/** stderr of a channel, harmless once the channel is gone, and never waiting for a window that does not come. */
function errorStream(stream: ChannelStream): Writable {
  const { channel } = stream;
  const { stderr } = channel;
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      const { state, window } = channelState(channel).outgoing;
      if (state === 'open' && window >= chunk.length && !stream.destroyed) {
        try {
          if (stderr instanceof Writable) stderr.write(chunk);
        } catch {
          stream.destroy();
        }
      }
      callback();
    },
  });
}
