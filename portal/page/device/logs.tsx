/** Lines of a device's services; as they come, where that is asked. */

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { factsOf, useAnswer, useLive } from '../api/answer.ts';
import type { Device, LogLine, Logs as LogsAnswer } from '../api/answers.ts';
import { ask, query } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { pathPart } from '../part/address.ts';
import { Choice, TextField } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { FailureNote, Note } from '../part/trouble.tsx';
import { place, refine } from '../route/place.ts';
import { say } from '../words/say.ts';

/** Kept on the page; older ones go. */
const keptLines = 5000;
const pageLines = 200;
const levels = ['debug', 'info', 'warn', 'error'];

export function Logs({ device }: { readonly device: Device }) {
  const { query: asked } = place.value;
  const [app, service] = (asked.get('service') ?? '').split('/');
  const filter = { app, service, q: asked.get('q') ?? undefined, level: asked.get('level') ?? undefined };
  const path = `/devices/${pathPart(device.id)}/logs`;
  const answer = useAnswer<LogsAnswer>(path + query({ ...filter, limit: pageLines }));
  return (
    <section class="stack" aria-labelledby="logs">
      <h2 id="logs">{say('logs.title')}</h2>
      <Loaded answer={answer}>
        {logs => (
          <>
            <Filter services={logs.services} />
            {logs.doubtful.length === 0 ? null : (
              <Note>{say('logs.doubtful', { what: logs.doubtful.join(', ') })}</Note>
            )}
            {logs.leftOut === undefined || logs.leftOut === 0 ? null : (
              <Note tone="quiet">{say('logs.left', { count: logs.leftOut })}</Note>
            )}
            <Lines key={JSON.stringify(filter)} device={device.id} first={logs} path={path} filter={filter} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Filter({ services }: { readonly services: LogsAnswer['services'] }) {
  const { query: asked } = place.value;
  const any = ['', say('devices.any')] as const;
  return (
    <form class="filters" onSubmit={event => event.preventDefault()}>
      <Choice
        label={say('logs.service')}
        name="service"
        value={asked.get('service') ?? ''}
        options={[
          any,
          ...services.map(one => [`${one.app}/${one.service}`, `${one.app} · ${one.service}`] as const),
        ]}
        onChange={value => refine({ service: value })}
      />
      <Choice
        label={say('logs.level')}
        name="level"
        value={asked.get('level') ?? ''}
        options={[any, ...levels.map(level => [level, level] as const)]}
        onChange={value => refine({ level: value })}
      />
      <TextField
        label={say('logs.q')}
        name="q"
        wide
        value={asked.get('q') ?? ''}
        onChange={value => refine({ q: value })}
      />
    </form>
  );
}

interface LinesProperties {
  readonly device: string;
  readonly path: string;
  readonly filter: Readonly<Record<string, string | undefined>>;
  readonly first: LogsAnswer;
}

function Lines({ device, path, filter, first }: LinesProperties) {
  const older = useSignal<readonly LogLine[]>([]);
  const before = useSignal(first.before);
  const newer = useSignal<readonly LogLine[]>([]);
  const live = useSignal(false);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  useLive(live.value ? `/live${query({ logs: device, service: filter.service })}` : undefined, told => {
    if (told.event !== 'logs') return;
    // What came in the last minute is told again to a stream that begins anew.
    const all = [...newer.value, ...linesOf(told.data.lines, filter)].map(line => [line.id, line] as const);
    newer.value = [...new Map(all).values()].slice(-keptLines);
  });
  const showOlder = (): void => {
    ask<LogsAnswer>(path + query({ ...filter, limit: pageLines, before: before.value })).then(
      page => {
        older.value = [...page.lines, ...older.value];
        before.value = page.before;
      },
      (error: unknown) => {
        failure.value = factsOf(error);
      },
    );
  };
  const known = new Set(first.lines.map(({ id }) => id));
  return (
    <>
      <div class="spread">
        <label class="line">
          <input
            type="checkbox"
            checked={live.value}
            onChange={event => {
              live.value = event.currentTarget.checked;
            }}
          />
          {say('logs.live')}
        </label>
        {before.value === undefined ? null : (
          <button type="button" class="button small" onClick={showOlder}>
            {say('logs.older')}
          </button>
        )}
      </div>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      <LogList lines={[...older.value, ...first.lines, ...newer.value.filter(({ id }) => !known.has(id))]} />
    </>
  );
}

/** Of an event `logs`: what the filter asks for. */
function linesOf(
  lines: readonly LogLine[],
  { app, q, level }: LinesProperties['filter'],
): readonly LogLine[] {
  return lines.filter(
    line =>
      (app === undefined || app === '' || line.app === app) &&
      (q === undefined || line.text.toLowerCase().includes(q.toLowerCase())) &&
      (level === undefined ||
        line.level === undefined ||
        levels.indexOf(line.level) >= levels.indexOf(level)),
  );
}

/** Of the end: whoever is nearer looks at it, pixels. */
const nearEnd = 80;

function LogList({ lines }: { readonly lines: readonly LogLine[] }) {
  const box = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  const known = useRef({ first: '', last: '', height: 0 });
  const [first, last] = [lines[0]?.id ?? '', lines.at(-1)?.id ?? ''];
  // The newest stand at the end, and are seen, until somebody looks further up; what they look at then stays where it is.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const before = known.current;
    known.current = { first, last, height: element.scrollHeight };
    if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    else if (before.first !== first && before.last === last)
      element.scrollTop += element.scrollHeight - before.height;
  }, [first, last]);
  const look = (): void => {
    const element = box.current;
    if (element === null) return;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <ol class="log" ref={box} tabIndex={0} aria-label={say('logs.lines')} onScroll={look}>
      {lines.map(line => (
        <li key={line.id} class={line.gap === true || line.level === 'error' ? 'error' : undefined}>
          <time dateTime={line.time} title={line.time}>
            {timeOfDay(line.time)}
          </time>
          <span>
            {`${line.app}.${line.service}`}
            {line.level === undefined ? '' : ` ${line.level}`}
          </span>
          <span>{line.text}</span>
        </li>
      ))}
      {lines.length === 0 ? <li class="quiet">{say('state.none')}</li> : null}
    </ol>
  );
}

/** In the viewer's zone; whole and in UTC when the pointer rests on it. */
function timeOfDay(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toLocaleTimeString(undefined, { hour12: false });
}
