import type { Page, Request } from 'playwright-core';

const networkChanged = 'net::ERR_NETWORK_CHANGED';
/** Each is a container that comes or goes while a page is loaded. */
const mostTimes = 20;

/**
 * Chromium cuts what is under way, on loopback too, whenever an interface of the machine comes or goes: each container of another
 * test is one. A document or a script that was cut so, and by nothing else, is asked for again, as a person would.
 */
export function openThroughNetworkChanges(page: Page): void {
  let isCut = false;
  page.on('requestfailed', request => {
    if (request.failure()?.errorText === networkChanged && isOfPage(request)) isCut = true;
  });
  const goto = page.goto.bind(page);
  page.goto = async (address, options) => {
    for (let times = 1; ; times += 1) {
      isCut = false;
      try {
        const response = await goto(address, options);
        if (!isCut || times === mostTimes) return response;
      } catch (error) {
        if (!isCut || times === mostTimes) throw error;
      }
    }
  };
}

const isOfPage = (request: Request): boolean =>
  request.isNavigationRequest() || request.resourceType() === 'script';
