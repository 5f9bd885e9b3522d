/** Makes a passkey, and shows its public line: where that goes, a commit says. */
import { useSignal } from '@preact/signals';
import { factsOf } from '../api/answer.ts';
import type { PasskeyLine } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { viewer } from '../frame/viewer.ts';
import { CopyButton } from '../part/copied.tsx';
import { Listing } from '../part/listing.tsx';
import { FailureNote } from '../part/trouble.tsx';
import { say } from '../words/say.ts';
import { makePasskey, type NewPasskey } from './passkey.ts';

const timeoutMs = 120_000;

type Users = Readonly<Record<NewPasskey['for'], NewPasskey['user']>>;

export function PasskeyMaker() {
  const line = useSignal<PasskeyLine | undefined>(undefined);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const make = async (purpose: 'login' | 'signing'): Promise<void> => {
    failure.value = undefined;
    try {
      const users = await ask<Users>('/login/passkey/register');
      const wish = { for: purpose, user: users[purpose], fleet: viewer.value?.fleet ?? location.host };
      const registration = await makePasskey(wish, AbortSignal.timeout(timeoutMs));
      line.value = await ask<PasskeyLine>('/login/passkey/register', { method: 'POST', body: registration });
    } catch (error) {
      failure.value = factsOf(error);
    }
  };
  const button = (purpose: 'login' | 'signing') => (
    <button
      type="button"
      class="button"
      onClick={() => {
        make(purpose).catch(() => undefined);
      }}
    >
      {say(`people.passkey.${purpose}`)}
    </button>
  );
  return (
    <section class="card" aria-labelledby="passkeys">
      <h2 id="passkeys">{say('people.passkeys')}</h2>
      <p>{say('people.passkeys.why')}</p>
      <p class="actions">
        {button('login')}
        {button('signing')}
      </p>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      {line.value === undefined ? null : (
        <div role="status" class="stack tight">
          <p>
            {say('people.passkey.into', { file: line.value.file })}
            <CopyButton text={line.value.line} what={say('copy.text')} />
          </p>
          <Listing text={line.value.line} label={line.value.file} wrapped />
        </div>
      )}
    </section>
  );
}
