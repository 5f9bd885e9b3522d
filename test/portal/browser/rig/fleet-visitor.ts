/** A person at the page of a gateway: logs in with an SSH key, makes a passkey, takes changes away to sign them in a clone. */
import type { Page } from 'playwright-core';
import { portalOrigin, signedText } from '../../rig/portal-gateway.ts';
import { policy, type WholeFleet } from './whole-fleet.ts';

export class FleetVisitor {
  readonly #page: Page;
  readonly #fleet: WholeFleet;

  constructor(page: Page, fleet: WholeFleet) {
    this.#page = page;
    this.#fleet = fleet;
  }

  /** At any address that asks for it. */
  async logIn(): Promise<void> {
    const page = this.#page;
    try {
      await page.getByRole('button', { name: 'Get a challenge' }).click();
    } catch (cause) {
      throw new Error(`nobody can log in: ${page.url()} ${await page.locator('body').innerText()}`, {
        cause,
      });
    }
    const text = (await page.locator('pre.listing').textContent()) ?? '';
    await page.getByLabel('Signature').fill(await signedText(text, this.#fleet.key, 'towline-login'));
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
  }

  /** In the policy, too. @returns its line there */
  async makePasskey(): Promise<string> {
    const page = this.#page;
    await page.goto(`${portalOrigin}/people`);
    await page.getByRole('button', { name: 'A passkey to sign' }).click();
    const line = (await page.locator('pre.listing').textContent()) ?? '';
    await page.getByText('This line goes into trust/policy.yaml').waitFor();
    await this.#fleet.commit('trust/policy.yaml', policy(this.#fleet.key, [line]));
    return line;
  }

  async fingerprint(): Promise<string> {
    return (await this.#page.locator('.fingerprint').textContent()) ?? 'none';
  }

  /** The file that the change was taken away as. */
  async takeAway(): Promise<string> {
    const download = this.#page.waitForEvent('download');
    await this.#page.getByRole('button', { name: 'Download the file' }).click();
    return await (await download).path();
  }

  /** Signs what is shown in the clone, where it shows the same fingerprint. */
  async signAway(): Promise<void> {
    const { alice } = this.#fleet;
    const [file, fingerprint] = [await this.takeAway(), await this.fingerprint()];
    await alice.git('pull', '-q', '--rebase', 'origin', 'main');
    const { code, output, errors } = await alice.does('sign', file, '--yes');
    if (code !== 0 || !output.includes(fingerprint)) throw new Error(`${output}${errors}`);
  }

  async signByPasskey(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Sign with a passkey' }).click();
    await this.#page.locator('[data-step=pushed]').waitFor();
  }
}
