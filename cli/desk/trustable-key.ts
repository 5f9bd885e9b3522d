/** Whether devices can trust what a key signs: asked where the key is first named, by the very code that devices have. */
import { type KeyKind, readTrustable } from '../../core/check/trustable-key.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { newestWalk } from '../../core/trust/policy/walk-version.ts';
import { showTime } from '../../core/trust/signature/evidence.ts';
import { keyUnderWalk } from '../../core/trust/signature/trust-key.ts';

/** @throws TowlineError CLI_SIGNING_KEY */
export async function assertTrustable(kind: KeyKind, text: string, name: string): Promise<void> {
  const why = await problemOf(kind, text).catch(messageOf);
  if (why === undefined) return;
  throw new TowlineError('CLI_SIGNING_KEY', `no device can trust the key ${name}: ${why}`);
}

async function problemOf(kind: KeyKind, text: string): Promise<string | undefined> {
  const keys = (await readTrustable(kind, text)).map(key => keyUnderWalk(key, newestWalk));
  const valid = keys.filter(key => !key.revoked);
  if (valid.length === 0) return 'it is revoked';
  const nowSec = Date.now() / 1000;
  const ends = valid.map(({ expiresSec }) => expiresSec ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return last > nowSec ? undefined : `it expired at ${showTime(last)}`;
}
