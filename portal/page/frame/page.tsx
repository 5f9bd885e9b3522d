/** The screen that belongs to the address, within its frame. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { factsOf } from '../api/answer.ts';
import { ask, loggedOut } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { Announcer, announce } from '../part/announce.tsx';
import { FailureNote, NotThere } from '../part/trouble.tsx';
import { go, place } from '../route/place.ts';
import { type Match, matchOf, type Screen } from '../route/routes.ts';
import { say } from '../words/say.ts';
import { Brand } from './brand.tsx';
import { Frame, ThemeSwitch } from './frame.tsx';
import { viewer } from './viewer.ts';

export function Page() {
  const { path } = place.value;
  const match = matchOf(path);
  useSignalEffect(() => {
    // Whoever is no longer known is asked who they are, and comes back to where they were.
    if (loggedOut.value === 0 || place.peek().path === '/login') return;
    viewer.value = undefined;
    go(`/login?over=1&to=${encodeURIComponent(place.peek().path + location.search)}`);
  });
  const isLogin = path === '/login';
  return (
    <>
      {isLogin ? (
        <div class="alone">
          <div class="stack">
            <header class="spread">
              <Brand />
              <ThemeSwitch />
            </header>
            <Content match={match} />
          </div>
        </div>
      ) : (
        <Frame>
          <Content match={match} />
        </Frame>
      )}
      <Announcer />
    </>
  );
}

function Content({ match }: { readonly match: Match | undefined }) {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const { path } = place.value;
  const title =
    match === undefined
      ? say('state.missing')
      : [...Object.values(match.parts), say(match.route.title)].join(' · ');
  useEffect(() => {
    document.title = `${title} · Towline`;
    // The browser has put the focus where it belongs when the page was loaded.
    if (isFirst.current) isFirst.current = false;
    else {
      scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
      announce(title);
    }
  }, [title]);
  return (
    <main id="content" ref={main} tabIndex={-1}>
      {match === undefined ? (
        <NotThere />
      ) : (
        <Shown key={`${match.route.pattern.source} ${path}`} match={match} />
      )}
    </main>
  );
}

/** Once, until a screen has come. */
const begunAnewKey = 'towline-begun-anew';

/** After an upgrade the parts of this page have other names, which a new page knows. @throws Failure where there is no server */
async function beginAnew(): Promise<void> {
  await ask('/me');
  if (sessionStorage.getItem(begunAnewKey) !== null) throw new Error('it was begun anew');
  sessionStorage.setItem(begunAnewKey, 'yes');
  location.reload();
}

function Shown({ match }: { readonly match: Match }) {
  const screen = useSignal<{ readonly draw: Screen } | undefined>(undefined);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  useEffect(() => {
    match.route.load().then(
      loaded => {
        sessionStorage.removeItem(begunAnewKey);
        screen.value = { draw: loaded.default };
      },
      (error: unknown) => {
        beginAnew().catch(() => {
          failure.value = factsOf(error);
        });
      },
    );
  }, [match.route, screen, failure]);
  if (failure.value !== undefined)
    return <FailureNote facts={failure.value} again={() => location.reload()} />;
  const Draw = screen.value?.draw;
  return Draw === undefined ? (
    <p class="quiet" role="status">
      {say('state.loading')}
    </p>
  ) : (
    <Draw parts={match.parts} />
  );
}
