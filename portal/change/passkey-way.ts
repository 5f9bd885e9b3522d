/** Signing by a passkey: whether that is enough for a change, what the browser is asked, and what it answers. */
import { missingOf } from '../../core/change/who-signs.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { Policy } from '../../core/trust/policy/policy.ts';
import { loadPolicy } from '../../core/trust/policy/policy-load.ts';
import { passkeyVoice } from '../../core/trust/signature/evidence.ts';
import type { PasskeyRules } from '../../core/webauthn/assertion.ts';
import { readBrowserAssertion } from '../../core/webauthn/browser-assertion.ts';
import { isWithin, type Passkey } from '../../core/webauthn/passkey.ts';
import { commitSignatureOf, signingChallenge } from '../../core/webauthn/ssh-assertion.ts';
import type { Way } from '../api/types.generated.ts';
import type { MainLook } from '../home/change-home.ts';
import type { Viewer } from '../home/viewer.ts';
import type { ChangeDraft } from './change-draft.ts';

export interface PasskeyWay {
  readonly way: Way;
  /** For `navigator.credentials.get`, where it is open. */
  readonly challenge?: Readonly<Record<string, unknown>>;
}

export interface PasskeyQuestion {
  readonly viewer: Viewer;
  readonly look: MainLook;
  readonly draft: ChangeDraft;
  /** Of the page; undefined: none on which passkeys sign. */
  readonly origin: string | undefined;
}

/** How long a browser waits for a person, milliseconds. */
const timeoutMs = 120_000;

/** @throws TowlineError what the reader throws */
export async function passkeyWay(question: PasskeyQuestion): Promise<PasskeyWay> {
  const found = await ownPasskeys(question);
  if (typeof found === 'string') return closed(found);
  const { viewer, draft } = question;
  const missing = missingOf(draft.requirements, new Set([passkeyVoice(viewer.name)]));
  if (missing.length > 0) return closed(`your passkey is not enough for it: ${missing.join('; ')}`);
  const { rpId } = found.passkeys[0] ?? {};
  return {
    way: { way: 'passkey', open: true },
    challenge: {
      challenge: signingChallenge(draft.commit.payload).toString('base64url'),
      ...{ rpId, timeout: timeoutMs, userVerification: found.rules.verification },
      allowCredentials: found.passkeys
        .filter(passkey => passkey.rpId === rpId)
        .map(({ credentialId: id }) => ({ type: 'public-key', id })),
    },
  };
}

/**
 * @param given as the page sent it
 * @returns the armored signature of the commit that was shown
 * @throws TowlineError PORTAL_SIGNATURE_REFUSED for anything else, PORTAL_WAY_CLOSED
 */
export async function passkeySignature(question: PasskeyQuestion, given: unknown): Promise<string> {
  const found = await ownPasskeys(question);
  if (typeof found === 'string') throw new TowlineError('PORTAL_WAY_CLOSED', found);
  const { draft } = question;
  try {
    const { credentialId, assertion } = readBrowserAssertion(given);
    const own = found.passkeys.find(passkey => passkey.credentialId === credentialId);
    if (own === undefined) throw new Error('it is of no passkey that the policy has under your name');
    return commitSignatureOf(draft.commit.payload, assertion, own.key, found.rules);
  } catch (cause) {
    throw new TowlineError('PORTAL_SIGNATURE_REFUSED', messageOf(cause), { cause });
  }
}

const closed = (why: string): PasskeyWay => ({ way: { way: 'passkey', open: false, why } });

interface OwnPasskeys {
  readonly passkeys: readonly Passkey[];
  readonly rules: PasskeyRules;
}

/** Those that the policy in force has under the person's own name, for this page. @returns why there are none */
async function ownPasskeys({ viewer, look, origin }: PasskeyQuestion): Promise<OwnPasskeys | string> {
  if (origin === undefined) return 'no passkey signs on this page';
  const policy: Policy = await loadPolicy(new ObjectReader(look.objects), look.trusted.commit, look.policies);
  const { webauthn: rules } = policy;
  if (rules === undefined) return 'the policy names no page on which passkeys sign';
  if (!rules.origins.includes(origin))
    return `the policy does not have this page, ${origin}, among those on which passkeys sign`;
  const passkeys = (policy.passkeys.get(viewer.name) ?? []).filter(({ rpId }) => isWithin(origin, rpId));
  return passkeys.length === 0
    ? `the policy has no passkey of ${viewer.name} for this page`
    : { passkeys, rules };
}
