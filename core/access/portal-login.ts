/** What a person signs with their SSH key to log in at a portal: a text for this page, this fleet, this time, and once. */
import { TowlineError } from '../errors.ts';
import { readArmor } from '../trust/signature/armor.ts';
import { readSshBlob } from '../trust/signature/ssh-blob.ts';
import { readSshPublicKey } from '../trust/signature/ssh-public-key.ts';
import { checkSshSignature } from '../trust/signature/ssh-signature.ts';
import { KeyRing } from '../trust/signature/trust-key.ts';

/** Of `ssh-keygen -Y sign -n`. */
export const portalLoginNamespace = 'towline-login';

export interface PortalChallenge {
  /** Of the page: `https://portal.acme.com`. */
  readonly origin: string;
  readonly fleet: string;
  /** Random, base64url. */
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

/** Line by line, each named: no two challenges have one text. A person can read what they sign. */
export function portalChallengeText({ origin, fleet, nonce, untilMs }: PortalChallenge): string {
  const until = new Date(untilMs).toISOString();
  return `Log in at the Towline portal\norigin ${origin}\nfleet ${fleet}\nuntil ${until}\nnonce ${nonce}\n`;
}

const pattern =
  /^Log in at the Towline portal\norigin (https?:\/\/[a-z0-9.:[\]-]{1,260})\nfleet ([a-z0-9-]{1,63})\nuntil (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\nnonce ([A-Za-z0-9_-]{43})\n$/;

/** Who is to sign reads what it is. @returns undefined: it is no such text */
export function readPortalChallenge(text: string): PortalChallenge | undefined {
  const [, origin, fleet, until = '', nonce] = pattern.exec(text) ?? [];
  const untilMs = Date.parse(until);
  if (origin === undefined || fleet === undefined || nonce === undefined || Number.isNaN(untilMs))
    return undefined;
  const challenge = { origin, fleet, nonce, untilMs };
  return portalChallengeText(challenge) === text ? challenge : undefined;
}

/**
 * Of no key that is not a person's anything is checked.
 * @param armored as `ssh-keygen -Y sign` writes it
 * @param lineOf the line of an operator's file with this key, wire form in base64
 * @returns the key's wire form, base64
 * @throws TowlineError PORTAL_LOGIN_REFUSED
 */
export function signerOfChallenge(
  armored: string,
  text: string,
  lineOf: (key: string) => string | undefined,
): string {
  const key = keyOf(armored);
  const line = key === undefined ? undefined : lineOf(key);
  if (key === undefined || line === undefined)
    throw refused('it is not signed by a key of an operator of this fleet');
  const ring = new KeyRing([{ principal: 'person', key: readSshPublicKey(line) }]);
  const evidence = checkSshSignature(armored, Buffer.from(text), ring, portalLoginNamespace);
  if (!evidence.sound) throw refused('the signature does not fit the challenge');
  return key;
}

function keyOf(armored: string): string | undefined {
  const bytes = readArmor(armored, 'SSH SIGNATURE');
  if (bytes === undefined) return undefined;
  try {
    return readSshBlob(bytes).wire.toString('base64');
  } catch {
    return undefined;
  }
}

function refused(why: string): TowlineError {
  return new TowlineError('PORTAL_LOGIN_REFUSED', why);
}
