/** Bundles of the gateway's page: as `bundle DEVICE` over SSH, for who carries. */
import { TowlineError } from '../../core/errors.ts';
import { encodePacket, flushPacket } from '../../core/io/git/pkt-line.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { isObjectId, type ObjectId } from '../../core/trust/git/object-source.ts';
import type { BundleHome, BundleWish, MadeBundle, TakenBack } from '../../portal/bundles/bundle-home.ts';
import type { SessionViewer } from '../../portal/terminal/terminal-home.ts';
import type { BundleMaker } from '../bundles/bundle-maker.ts';
import { zeroId } from '../git/advert.ts';
import { takeCarriedPush } from '../people/carried-push.ts';
import type { CarriedTelemetry } from '../people/carried-telemetry.ts';
import { readExport } from '../people/exported-branch.ts';
import { SessionPerson, type SessionServices } from './session-person.ts';

export interface GatewayBundleHomeOptions extends SessionServices {
  readonly bundles: Pick<BundleMaker, 'make'>;
  readonly telemetry: CarriedTelemetry;
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

  may(viewer: SessionViewer, device: string): boolean {
    return new SessionPerson(viewer, this.#options, viewer.signal).admit({ kind: 'carry', device }).allowed;
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

  /** As one push: what is more than that goes by `towline bundle take-back`. */
  async takeBack(
    viewer: SessionViewer,
    input: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<TakenBack> {
    const { view, telemetry } = this.#options;
    const person = new SessionPerson(viewer, this.#options, signal);
    const admission = person.admit({ kind: 'git', service: 'receive-pack', repository: 'telemetry' });
    if (!admission.allowed) throw new TowlineError(admission.code, admission.message);
    const { device, head, pack } = await readExport(input);
    await this.judge(viewer, device);
    const ref = telemetryRef(device);
    const tip = telemetry.store.tip(ref);
    if (tip === head) return { device, head, isNew: false };
    const carrying = {
      services: { view, telemetry },
      admit: person.admit.bind(person),
      audit: person.audit.bind(person),
    };
    const result = await takeCarriedPush(
      carrying,
      pushBody({ ref, tip, head }, guarded(pack, person.signal)),
    );
    if (result?.refusal !== undefined) throw result.refusal;
    return { device, head, isNew: true };
  }
}

/** The body of a push, as git would send it. */
async function* pushBody(
  { ref, tip, head }: { readonly ref: string; readonly tip: ObjectId | undefined; readonly head: ObjectId },
  pack: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  yield encodePacket(`${tip ?? zeroId} ${head} ${ref}\0report-status`);
  yield Buffer.from(flushPacket);
  for await (const piece of pack) yield Buffer.from(piece);
}

const actionOf = (device: string): string => `bundle ${device.slice(0, 253)}`;

async function* guarded(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}
