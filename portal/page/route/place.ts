/** Where the page is: its address, without a hash. */
import { signal } from '@preact/signals';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const read = (): Place => ({
  path: location.pathname.replace(/(?<=.)\/$/, ''),
  query: new URLSearchParams(location.search),
});

export const place = signal<Place>(read());

/** Those that draw a terminal have a content security policy of their own, and are loaded by themselves. */
const ownPage = /^\/devices\/[^/]+\/terminal$|^\/sessions\/[^/]+\/[^/]+$/;

/** @param how `replace`: the way back leads past it */
export function go(target: string, how: 'push' | 'replace' = 'push'): void {
  const url = new URL(target, location.href);
  if (ownPage.test(url.pathname) || ownPage.test(location.pathname)) {
    location.assign(url);
    return;
  }
  if (how === 'push') history.pushState(undefined, '', url);
  else history.replaceState(undefined, '', url);
  place.value = read();
}

/** Other words behind the `?`, on the same screen; what is undefined or empty goes away. */
export function refine(values: Readonly<Record<string, string | undefined>>): void {
  const next = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  go(`${place.value.path}${text === '' ? '' : `?${text}`}`, 'replace');
}

/** The way back and forth of the browser, and clicks on links of the page. */
export function watchPlace(): void {
  addEventListener('popstate', () => {
    place.value = read();
  });
  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (
      link === null ||
      link.origin !== location.origin ||
      link.target !== '' ||
      link.hasAttribute('download')
    ) {
      return;
    }
    // A place on the same page: the browser goes there by itself.
    if (link.hash !== '' && link.pathname === location.pathname) return;
    if (link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    go(link.href);
  });
}
