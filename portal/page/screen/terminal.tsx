/** A terminal at a device, over a WebSocket that a ticket opens. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { TerminalLink } from '../../terminal/terminal-link.ts';
import { factsOf, useAnswer } from '../api/answer.ts';
import type { Device, Ticket } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { DeviceTabs } from '../device/tabs.tsx';
import { viewer } from '../frame/viewer.ts';
import { deviceAddress, pathPart } from '../part/address.ts';
import { announce } from '../part/announce.tsx';
import { Command } from '../part/copied.tsx';
import { Choice } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { FailureNote } from '../part/trouble.tsx';
import type { ScreenProperties } from '../route/routes.ts';
import { Screen } from '../terminal/screen.ts';
import { say } from '../words/say.ts';

type State = 'connecting' | 'open' | 'over';

export default function TerminalScreen({ parts }: ScreenProperties) {
  const { device: id = '' } = parts;
  const answer = useAnswer<Device>(`/devices/${pathPart(id)}`);
  return (
    <>
      <h1>{say('terminal.title', { device: id })}</h1>
      <Loaded answer={answer}>
        {device => (
          <>
            <DeviceTabs device={device} tab="terminal" />
            {device.can.terminal ? <Place device={device} /> : <NoTerminals device={device.id} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function NoTerminals({ device }: { readonly device: string }) {
  return (
    <>
      <p>{say('terminal.none')}</p>
      <Command text={`towline ssh ${device}`} />
    </>
  );
}

/** Which service, and how often a terminal was asked for: each has a screen of its own. */
function Place({ device }: { readonly device: Device }) {
  // The device's own menu is reached end to end only.
  const isGateway = viewer.value?.kind === 'gateway';
  const opened = useSignal(0);
  const services = device.apps.flatMap(({ app, services: all }) =>
    all.map(({ service }) => `${app}.${service}`),
  );
  const name = useSignal(isGateway ? (services[0] ?? '') : '');
  if (isGateway && services.length === 0) return <p class="quiet">{say('terminal.nowhere')}</p>;
  return (
    <>
      <form
        class="filters"
        onSubmit={event => {
          event.preventDefault();
          opened.value += 1;
        }}
      >
        <Choice
          label={say('terminal.where')}
          name="name"
          value={name.value}
          options={[
            ...(isGateway ? [] : [['', say('terminal.host')] as const]),
            ...services.map(service => [service, service] as const),
          ]}
          onChange={value => {
            name.value = value;
          }}
        />
        <button type="submit" class="button main">
          {say('terminal.open')}
        </button>
      </form>
      <p class="small quiet">
        {say('terminal.recorded')}
        {isGateway ? ` ${say('terminal.through')}` : ''}
      </p>
      <Command text={name.value === '' ? `ssh ${device.id}` : `ssh ${name.value}@${device.id}`} />
      {opened.value === 0 ? null : <Open key={opened.value} device={device.id} name={name.peek()} />}
    </>
  );
}

function Open({ device, name }: { readonly device: string; readonly name: string }) {
  const box = useRef<HTMLDivElement>(null);
  const way = useRef<HTMLAnchorElement>(null);
  const state = useSignal<State>('connecting');
  const end = useSignal('');
  const failure = useSignal<FailureFacts | undefined>(undefined);
  // Browsers keep Ctrl+W for themselves, which in a shell deletes a word.
  useEffect(() => {
    if (state.value !== 'open') return undefined;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', stay);
    return () => removeEventListener('beforeunload', stay);
  }, [state.value]);
  useEffect(() => {
    const controller = new AbortController();
    const element = box.current;
    if (element === null) return undefined;
    connect(
      { element, device, name, state, end, failure, leave: () => way.current?.focus() },
      controller.signal,
    ).catch((error: unknown) => {
      if (controller.signal.aborted) return;
      failure.value = factsOf(error);
      state.value = 'over';
    });
    return () => controller.abort();
  }, [device, name, state, end, failure]);
  return (
    <section class="stack" aria-label={say('terminal.title', { device })}>
      <p class="line" role="status" data-state={state.value}>
        {say(`terminal.state.${state.value}`)} {end.value}
        <a ref={way} href={deviceAddress(device)}>
          {device}
        </a>
      </p>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      <div class="screen-terminal" ref={box} />
    </section>
  );
}

interface Connection {
  readonly element: HTMLElement;
  readonly device: string;
  readonly name: string;
  readonly state: Signal<State>;
  readonly end: Signal<string>;
  readonly failure: Signal<FailureFacts | undefined>;
  readonly leave: () => void;
}

/** The screen first: the device is to know how large it is. */
async function connect(connection: Connection, until: AbortSignal): Promise<void> {
  const { element, device, name, state, end, failure, leave } = connection;
  let link: TerminalLink | undefined;
  const screen = new Screen(element, {
    onTyped: text => link?.type(text),
    onBinary: bytes => link?.type(bytes),
    onResize: ({ columns, rows }) => link?.resize(columns, rows),
    onLeave: leave,
  });
  until.addEventListener('abort', () => {
    link?.close();
    screen.end();
  });
  const { columns, rows } = screen.size;
  const body = { device, ...(name === '' ? {} : { name }), columns, rows };
  const { ticket } = await ask<Ticket>('/terminals', { method: 'POST', body, signal: until });
  const address = new URL(`/api/v1/terminals/${pathPart(ticket)}`, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  link = new TerminalLink(new WebSocket(address), {
    show: (bytes, taken) => screen.write(bytes, taken),
    said: word => {
      if ('opened' in word) {
        state.value = 'open';
        announce(say('terminal.state.open'));
        screen.focus();
      } else if ('ended' in word) {
        const { exitCode } = word.ended;
        end.value = exitCode === null ? say('terminal.cut') : say('terminal.ended', { code: exitCode });
      } else {
        failure.value = { status: 0, ...word.refused };
      }
    },
    closed: () => {
      state.value = 'over';
      announce(say('terminal.state.over'));
    },
  });
}
