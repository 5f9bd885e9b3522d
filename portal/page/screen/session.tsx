/** One session: played from its recording, or looked at while it goes on. */

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { factsOf, useAnswer } from '../api/answer.ts';
import type { Session as SessionAnswer } from '../api/answers.ts';
import { request } from '../api/client.ts';
import { serverEvents } from '../api/events.ts';
import type { FailureFacts } from '../api/failure.ts';
import { pathPart } from '../part/address.ts';
import { announce } from '../part/announce.tsx';
import { Command } from '../part/copied.tsx';
import { Choice } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { FailureNote, Note } from '../part/trouble.tsx';
import { place } from '../route/place.ts';
import type { ScreenProperties } from '../route/routes.ts';
import { Player } from '../terminal/player.ts';
import { linesOf, readLine, type ShownPiece } from '../terminal/recording.ts';
import { Screen } from '../terminal/screen.ts';
import { lengthWords } from '../words/amount.ts';
import { say } from '../words/say.ts';

export default function Session({ parts }: ScreenProperties) {
  const { device = '', session = '' } = parts;
  const base = `/sessions/${pathPart(device)}/${pathPart(session)}`;
  const answer = useAnswer<SessionAnswer>(base);
  const isLive = place.value.query.get('live') === '1';
  return (
    <>
      <h1>{say('session.title', { session, device })}</h1>
      <Loaded answer={answer}>
        {({ person, what, begin, replay }) => (
          <>
            <p class="line quiet">
              <span>{[person, what].filter(Boolean).join(', ')}</span>
              <Moment at={begin} as="both" />
            </p>
            {isLive ? (
              <Watched path={`${base}/live`} />
            ) : replay.open ? (
              <Replayed path={`${base}/recording`} />
            ) : (
              <Note>{replay.why}</Note>
            )}
            <Command text={replay.command} />
          </>
        )}
      </Loaded>
    </>
  );
}

type Failed = Signal<FailureFacts | undefined>;

const show = (screen: Screen, { piece }: ShownPiece): void => {
  if (typeof piece === 'string') screen.write(piece);
  else screen.resize(piece);
};

function Watched({ path }: { readonly path: string }) {
  const box = useRef<HTMLDivElement>(null);
  const failure: Failed = useSignal<FailureFacts | undefined>(undefined);
  const over = useSignal(false);
  useEffect(() => {
    const controller = new AbortController();
    const element = box.current;
    if (element === null) return undefined;
    const screen = new Screen(element, { size: { columns: 80, rows: 24 } });
    watch(path, screen, controller.signal).then(
      () => {
        over.value = true;
        announce(say('session.over'));
      },
      (error: unknown) => {
        if (!controller.signal.aborted) failure.value = factsOf(error);
      },
    );
    return () => {
      controller.abort();
      screen.end();
    };
  }, [path, over, failure]);
  return (
    <section class="stack" aria-label={say('session.screen')}>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      {over.value ? <p role="status">{say('session.over')}</p> : null}
      <div class="screen-terminal" ref={box} />
    </section>
  );
}

/** Until the session is over. */
async function watch(path: string, screen: Screen, until: AbortSignal): Promise<void> {
  const { body } = await request(path, { signal: until });
  if (body === null) return;
  for await (const { data } of serverEvents(body)) {
    const piece = readLine(data);
    if (piece !== undefined) show(screen, piece);
  }
}

function Replayed({ path }: { readonly path: string }) {
  const box = useRef<HTMLDivElement>(null);
  const failure: Failed = useSignal<FailureFacts | undefined>(undefined);
  const player = useSignal<Player | undefined>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    const element = box.current;
    if (element === null) return undefined;
    const screen = new Screen(element, { size: { columns: 80, rows: 24 } });
    read(path, controller.signal).then(
      pieces => {
        player.value = new Player(pieces, screen);
      },
      (error: unknown) => {
        if (!controller.signal.aborted) failure.value = factsOf(error);
      },
    );
    return () => {
      controller.abort();
      player.peek()?.end();
      screen.end();
    };
  }, [path, player, failure]);
  return (
    <section class="stack" aria-label={say('session.screen')}>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      {player.value === undefined ? (
        failure.value === undefined ? (
          <p role="status">{say('session.read')}</p>
        ) : null
      ) : (
        <Controls player={player.value} />
      )}
      <div class="screen-terminal" ref={box} />
    </section>
  );
}

async function read(path: string, until: AbortSignal): Promise<ShownPiece[]> {
  const { body } = await request(path, { signal: until });
  const pieces: ShownPiece[] = [];
  if (body === null) return pieces;
  for await (const line of linesOf(body)) {
    const piece = readLine(line);
    if (piece !== undefined) pieces.push(piece);
  }
  return pieces;
}

function Controls({ player }: { readonly player: Player }) {
  const speed = useSignal('1');
  const position = player.position.value;
  return (
    <div class="line">
      <button
        type="button"
        class="button main"
        onClick={() => (player.isPlaying.value ? player.pause() : player.play())}
      >
        {say(player.isPlaying.value ? 'session.pause' : 'session.play')}
      </button>
      <label class="line">
        <span>{say('session.position')}</span>
        <input
          type="range"
          min={0}
          max={Math.max(1, Math.ceil(player.length))}
          step={1}
          value={position}
          aria-valuetext={lengthWords(position)}
          onInput={event => player.seek(Number(event.currentTarget.value))}
        />
      </label>
      <span>{`${lengthWords(position)} / ${lengthWords(player.length)}`}</span>
      <Choice
        label={say('session.speed')}
        name="speed"
        value={speed.value}
        options={['0.5', '1', '2', '4', '16'].map(times => [times, `${times} ×`] as const)}
        onChange={value => {
          speed.value = value;
          player.speed = Number(value);
        }}
      />
    </div>
  );
}
