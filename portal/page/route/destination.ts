/** Where somebody wanted to be before they were asked who they are. */
import { place } from './place.ts';

/** Of this tab, over the way to a provider and back. */
const key = 'towline-destination';

const isOfPage = (to: string): boolean => /^\/(?![/\\])/.test(to) && !to.startsWith('/login');

/** @returns a path of this page; `/` where nothing else is known */
export function destination(): string {
  const to = place.value.query.get('to') ?? sessionStorage.getItem(key) ?? '/';
  return isOfPage(to) ? to : '/';
}

export function keepDestination(): void {
  sessionStorage.setItem(key, destination());
}

/** Once. */
export function takeDestination(): string {
  const to = destination();
  sessionStorage.removeItem(key);
  return to;
}
