/** Bundles of the gateway's page: as `bundle DEVICE` over SSH, for who carries. */
import { TowlineError } from '../../core/errors.ts';
import { isObjectId } from '../../core/trust/git/object-source.ts';
import type { BundleHome, BundleWish, MadeBundle } from '../../portal/bundles/bundle-home.ts';
import type { SessionViewer } from '../../portal/terminal/terminal-home.ts';
import type { BundleMaker } from '../bundles/bundle-maker.ts';
import { SessionPerson, type SessionServices } from './session-person.ts';

export interface GatewayBundleHomeOptions extends SessionServices {
  readonly bundles: Pick<BundleMaker, 'make'>;
  /** Emptied at the start of the gateway. */
  readonly incoming: string;
}

export class GatewayBundleHome implements BundleHome {
  readonly folder: string;
  readonly #options: GatewayBundleHomeOptions;

  constructor(options: GatewayBundleHomeOptions) {
    this.#options = options;
    this.folder = options.incoming;
  }

  async judge(viewer: SessionViewer, device: string): Promise<void> {
    const person = new SessionPerson(viewer, this.#options, viewer.signal);
    const admission = person.admit({ kind: 'carry', device });
    if (admission.allowed) return;
    const { code, message } = admission;
    person.audit({ action: actionOf(device), outcome: 'refused', code, message });
    throw new TowlineError(code, message);
  }

  async make(viewer: SessionViewer, wish: BundleWish, signal: AbortSignal): Promise<MadeBundle> {
    const { device, since } = wish;
    await this.judge(viewer, device);
    const person = new SessionPerson(viewer, this.#options, signal);
    const asked = { kind: 'carry', device } as const;
    const ended = new AbortController();
    const over = person.begin({
      isAllowed: () => person.admit(asked).allowed,
      cut: () => ended.abort(new TowlineError('GATEWAY_BUNDLE_FORBIDDEN', 'it is no longer allowed')),
    });
    const either = AbortSignal.any([person.signal, ended.signal]);
    const action = actionOf(device);
    try {
      const known = since !== undefined && isObjectId(since) ? since : undefined;
      const made = await this.#options.bundles.make({ device, since: known, who: person.name }, either);
      const { commit, size } = made;
      person.audit({ action, outcome: 'allowed', details: { commit, bytes: size } });
      return {
        ...{ commit, bytes: size, notes: [] },
        pieces: () => guarded(made.bytes(), either),
        [Symbol.asyncDispose]: async () => {
          over();
          await made[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      over();
      throw error;
    }
  }
}

const actionOf = (device: string): string => `bundle ${device.slice(0, 253)}`;

async function* guarded(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}
