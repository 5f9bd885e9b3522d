/** Where the page begins in a browser. */
import { render } from 'preact';
import { factsOf } from './api/answer.ts';
import { isPassing, pauseMs } from './api/failure.ts';
import { Page } from './frame/page.tsx';
import { readTheme } from './frame/theme.ts';
import { askViewer, logInByFragment, loginFailure, viewerFailure } from './frame/viewer.ts';
import { watchClock } from './part/moment.tsx';
import { FailureNote } from './part/trouble.tsx';
import { takeDestination } from './route/destination.ts';
import { go, place, watchPlace } from './route/place.ts';
import { matchOf } from './route/routes.ts';

async function start(): Promise<void> {
  readTheme();
  watchPlace();
  watchClock();
  const element = document.getElementById('page');
  if (element === null) return;
  // The screen comes while the server is asked who this is.
  matchOf(place.value.path)
    ?.route.load()
    .catch(() => undefined);
  await logInByFragment().catch((error: unknown) => {
    loginFailure.value = factsOf(error);
  });
  const isKnown = place.value.path === '/login' || (await isLoggedIn(element));
  if (isKnown && place.value.path === '/') comeBack();
  if (!isKnown) go(`/login?to=${encodeURIComponent(place.value.path + location.search)}`, 'replace');
  render(<Page />, element);
}

/** A server that cannot say it just now is asked until it does: nobody is sent to log in for that. */
async function isLoggedIn(element: HTMLElement): Promise<boolean> {
  for (let failures = 1; ; failures += 1) {
    if (await askViewer()) return true;
    const facts = viewerFailure.peek();
    if (facts === undefined || !isPassing(facts)) return false;
    render(
      <main>
        <FailureNote facts={facts} isScreen />
      </main>,
      element,
    );
    await new Promise(resolve => setTimeout(resolve, pauseMs(failures)));
  }
}

/** From a provider, whoever comes by it stands on the first screen. */
function comeBack(): void {
  const to = takeDestination();
  if (to !== '/') go(to, 'replace');
}

start().catch((error: unknown) => reportError(error));
