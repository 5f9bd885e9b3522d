/** Where people change the fleet from a page: what is wanted becomes the exact commit, is shown, signed, pushed and followed. */
import { randomBytes } from 'node:crypto';
import { formatPatch } from '../../core/change/patch-file.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { BrowserAssertion } from '../../core/webauthn/browser-assertion.ts';
import type { Intent, Proposal, SignRequest, Way } from '../api/types.generated.ts';
import type { ChangeHome, MainLook } from '../home/change-home.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';
import { changeDraft } from './change-draft.ts';
import { ChangeShelf } from './change-shelf.ts';
import {
  askedOf,
  type Delivered,
  type Delivery,
  deliverDraft,
  deliverRequest,
  deliverSigned,
} from './delivery.ts';
import { passkeySignature, passkeyWay } from './passkey-way.ts';
import type { PendingChange, Stage } from './pending-change.ts';
import { proposalOf } from './proposal-of.ts';
import { assertMayPropose, ProposingTurns } from './proposing-turns.ts';
import { isSignedElsewhere } from './signed-elsewhere.ts';

export class ChangeRoom {
  readonly #home: Home;
  readonly #shelf: ChangeShelf;
  readonly #turns: ProposingTurns;

  constructor(home: Home) {
    this.#home = home;
    this.#turns = new ProposingTurns(home.clock);
    this.#shelf = new ChangeShelf(id => this.#forget(id));
  }

  /** @throws TowlineError PORTAL_NOT_FOUND, PORTAL_BUSY, PORTAL_NOTHING_TO_CHANGE; as `changeDraft`, `ChangeHome.look` */
  async propose(viewer: Viewer, intent: Intent, signal: AbortSignal): Promise<Proposal> {
    const changes = this.#changesFor(viewer);
    assertMayPropose(intent);
    using _turn = this.#turns.take(viewer.name);
    await using look = await changes.look(signal);
    const change = await this.#add({ changes, viewer, look }, intent, signal);
    return await this.#shown(change, viewer, signal);
  }

  /** @throws TowlineError PORTAL_NOT_FOUND */
  async get(viewer: Viewer, id: string, signal: AbortSignal): Promise<Proposal> {
    const change = this.#of(viewer, id);
    if (await isSignedElsewhere(this.#home, change)) this.#forget(id);
    return await this.#shown(change, viewer, signal);
  }

  /** The exact commit, to be signed at a desk: `towline sign FILE`. @throws TowlineError PORTAL_NOT_FOUND, TRUST_PATCH */
  patch(viewer: Viewer, id: string): { readonly name: string; readonly text: string } {
    const { draft } = this.#of(viewer, id);
    const { fleet, commit } = draft;
    return { name: `towline-${commit.id.slice(0, 12)}.patch`, text: formatPatch({ fleet, ...commit }) };
  }

  /** @throws TowlineError PORTAL_NOT_FOUND; PORTAL_CHANGE_STATE while it is signed */
  drop(viewer: Viewer, id: string): void {
    const change = this.#of(viewer, id);
    if (change.stage.is === 'signing') throw new TowlineError('PORTAL_CHANGE_STATE', 'it is being signed');
    this.#shelf.remove(id);
  }

  /**
   * @returns the proposal, and with the state `moved` the id of another one, which stands on the main of now
   * @throws TowlineError PORTAL_NOT_FOUND, PORTAL_CHANGE_STATE, PORTAL_WAY_CLOSED, PORTAL_NOT_SIGNED, PORTAL_SIGNATURE_REFUSED; as
   *   `ChangeHome.look`, `ChangeHome.push`
   */
  async sign(viewer: Viewer, id: string, asked: SignRequest, signal: AbortSignal): Promise<Proposal> {
    const changes = this.#changesFor(viewer);
    const change = this.#of(viewer, id);
    if (change.stage.is !== 'shown')
      throw new TowlineError('PORTAL_CHANGE_STATE', 'it is signed, refused, or being signed already');
    change.stage = { is: 'signing' };
    try {
      await using look = await changes.look(signal);
      const place = { changes, viewer, look };
      const delivered = await this.#deliver(place, change, asked, signal);
      await this.#settle(place, change, delivered, signal);
    } finally {
      if (change.stage.is === 'signing') change.stage = { is: 'shown' };
    }
    return await this.#shown(change, viewer, signal);
  }

  async #deliver(
    { changes, viewer, look }: Place,
    change: PendingChange,
    { way, assertion }: SignRequest,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const { draft } = change;
    if (look.trusted.commit !== draft.base) return { is: 'moved' };
    const found = waysOf(changes, viewer, change).find(each => each.way === way);
    if (found?.open !== true)
      throw new TowlineError('PORTAL_WAY_CLOSED', found?.why ?? 'it is not known here');
    const delivery: Delivery = { home: changes, viewer, look, draft };
    switch (way) {
      case 'passkey': {
        const given: Partial<BrowserAssertion> =
          assertion === undefined ? {} : { ...assertion, clientDataJSON: assertion.clientDataJson };
        const question = { viewer, look, draft, origin: changes.origin };
        const armored = await passkeySignature(question, given);
        return await deliverSigned(delivery, armored, 'passkey', signal);
      }
      case 'local': {
        const armored = await changes.sign?.(askedOf(draft), signal);
        if (armored === undefined) throw new TowlineError('PORTAL_WAY_CLOSED', 'nobody signs here');
        return await deliverSigned(delivery, armored, 'local', signal);
      }
      case 'request':
        return await deliverRequest(delivery, `requests/${viewer.name}/${branchName(change)}`, signal);
      case 'forge':
        return await deliverDraft(delivery, `changes/${branchName(change)}`, signal);
    }
  }

  async #settle(
    place: Place,
    change: PendingChange,
    delivered: Delivered,
    signal: AbortSignal,
  ): Promise<void> {
    const atMs = this.#home.clock.now();
    switch (delivered.is) {
      case 'moved':
        change.stage = await this.#anew(place, change, signal);
        break;
      case 'refused':
        change.stage = delivered;
        break;
      case 'asked':
      case 'pushed':
        change.stage = { ...delivered, atMs };
        break;
    }
    this.#forget(change.id);
  }

  /** The same on the main of now. Where that has it already, or nobody could want it any more, that is told. */
  async #anew(place: Place, { draft }: PendingChange, signal: AbortSignal): Promise<Stage> {
    try {
      await using look = await place.changes.look(signal);
      const next = await this.#add({ ...place, look }, draft.intent, signal);
      return { is: 'moved', successor: next.id };
    } catch (error) {
      if (!isTowlineError(error)) throw error;
      const { code, message, remedy } = error;
      return { is: 'refused', why: { code, message: `main has moved meanwhile: ${message}`, remedy } };
    }
  }

  async #add({ changes, viewer, look }: Place, intent: Intent, signal: AbortSignal): Promise<PendingChange> {
    const draft = await changeDraft({ home: this.#home, viewer, look }, intent, signal);
    const id = randomBytes(16).toString('hex');
    const nowMs = this.#home.clock.now();
    const passkey = await passkeyWay({ viewer, look, draft, origin: changes.origin });
    const change: PendingChange = {
      ...{ id, viewer: viewer.name, madeMs: nowMs, draft, passkey },
      stage: { is: 'shown' },
    };
    this.#shelf.add(change, nowMs);
    try {
      await changes.keep(id, draft.commit, viewer, signal);
    } catch (error) {
      this.#shelf.remove(id);
      throw error;
    }
    return change;
  }

  async #shown(change: PendingChange, viewer: Viewer, signal: AbortSignal): Promise<Proposal> {
    const { changes } = this.#home;
    const isOpen = changes !== undefined && change.stage.is === 'shown';
    const ways = isOpen ? waysOf(changes, viewer, change) : [];
    return await proposalOf({ home: this.#home, viewer, change, ways }, signal);
  }

  /** Where it lay for others to look at. That it still does harms nobody. */
  #forget(id: string): void {
    this.#home.changes?.forget(id).catch((error: unknown) => {
      this.#home.log.warn({ err: error, change: id }, 'a pending change is not forgotten');
    });
  }

  #of(viewer: Viewer, id: string): PendingChange {
    this.#changesFor(viewer);
    return this.#shelf.of(viewer.name, id, this.#home.clock.now());
  }

  /** Who sees no files of the repository is shown none here. @throws TowlineError PORTAL_NOT_FOUND */
  #changesFor(viewer: Viewer): ChangeHome {
    const { changes } = this.#home;
    if (changes === undefined || !viewer.readsRepository())
      throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such thing');
    return changes;
  }
}

interface Place {
  readonly changes: ChangeHome;
  readonly viewer: Viewer;
  readonly look: MainLook;
}

/** Those of this home, and whether a passkey is enough for this very change. */
const waysOf = (changes: ChangeHome, viewer: Viewer, { passkey }: PendingChange): Way[] =>
  changes.ways(viewer).map(way => (way.way === 'passkey' && way.open ? passkey.way : way));

/** `pause-device-1f0c…`: of the intent, and unlike any other. */
const branchName = ({ id, draft }: PendingChange): string => `${draft.intent.intent}-${id.slice(0, 12)}`;
