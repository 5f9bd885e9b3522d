/** A virtual authenticator of Chromium: a passkey that asks nobody, as a platform's does behind its own dialogue. */
import type { Page } from 'playwright-core';

const authenticator = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

export async function addPasskeys(page: Page): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('WebAuthn.enable');
  await debug.send('WebAuthn.addVirtualAuthenticator', { options: authenticator });
}
