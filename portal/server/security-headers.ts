/** What a browser is told with every answer. */

const policy = (style: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

const common = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Of the API: it is no document, and is kept nowhere. */
export const apiHeaders: Readonly<Record<string, string>> = {
  ...common,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cache-control': 'no-store',
};

/** Of files that bear the hash of what is in them. */
export const assetHeaders: Readonly<Record<string, string>> = {
  ...common,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'public, max-age=31536000, immutable',
};

/** Addresses of the page that draw a terminal: xterm writes `<style>` elements. */
const terminalPage = /^\/devices\/[a-z0-9-]+\/terminal$|^\/sessions\/[a-z0-9-]+\/[^/]+$/;

/** @param path of the page */
export function pageHeaders(path: string): Readonly<Record<string, string>> {
  const style = terminalPage.test(path) ? "'self' 'unsafe-inline'" : "'self'";
  return { ...common, 'content-security-policy': policy(style), 'cache-control': 'no-cache' };
}
