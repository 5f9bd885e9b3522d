/** Logging in: by a passkey, by a signature of an SSH key, by the provider; at a desk by the address that it printed. */
import { useSignal } from '@preact/signals';
import { printable } from '../../../core/shown-text.ts';
import { factsOf, useAnswer } from '../api/answer.ts';
import type { LoggedIn, LoginWays, PasskeyLoginChallenge, SshLoginChallenge } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { signWithPasskey } from '../change/passkey.ts';
import { askViewer, loginFailure, viewerFailure } from '../frame/viewer.ts';
import { Command, CopyButton } from '../part/copied.tsx';
import { Listing } from '../part/listing.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { save } from '../part/save.ts';
import { FailureNote } from '../part/trouble.tsx';
import { Words } from '../part/words.tsx';
import { keepDestination, takeDestination } from '../route/destination.ts';
import { go, place } from '../route/place.ts';
import { say } from '../words/say.ts';

type LoginWay = LoginWays['ways'][number];

async function enter(): Promise<void> {
  if (await askViewer()) go(takeDestination(), 'replace');
}

export default function Login() {
  const answer = useAnswer<LoginWays>('/login/ways');
  const trouble =
    loginFailure.value ?? (viewerFailure.value?.status === 401 ? undefined : viewerFailure.value);
  const refused = place.value.query.get('error');
  return (
    <>
      <h1>{say('login.title')}</h1>
      {place.value.query.get('over') === '1' ? <p role="status">{say('login.over')}</p> : null}
      {trouble === undefined ? null : <FailureNote facts={trouble} />}
      {refused === null ? null : (
        <FailureNote facts={{ status: 0, code: printable(refused), message: say('login.refused') }} />
      )}
      <Loaded answer={answer}>
        {({ ways }) => (
          <>
            {ways.some(({ way }) => way === 'token') ? (
              <p>
                <Words text={say('login.desk')} />
              </p>
            ) : null}
            {ways.map(way => (
              <Way key={way.way} way={way} />
            ))}
          </>
        )}
      </Loaded>
    </>
  );
}

function Way({ way }: { readonly way: LoginWay }) {
  if (way.way === 'token') return null;
  const name = way.name ?? 'OpenID Connect';
  const title = way.way === 'oidc' ? say('login.oidc', { name }) : say(`login.${way.way}`);
  const closed = <p class="quiet">{say('change.closed', { why: way.why ?? '' })}</p>;
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      {!way.open ? (
        closed
      ) : way.way === 'passkey' ? (
        <ByPasskey />
      ) : way.way === 'ssh' ? (
        <BySsh />
      ) : (
        <>
          <p class="small quiet">{say('login.oidc.limits')}</p>
          <p>
            <a class="button" href="/api/v1/login/oidc" onClick={keepDestination}>
              {say('login.oidc.do', { name })}
            </a>
          </p>
        </>
      )}
    </section>
  );
}

function ByPasskey() {
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const use = async (): Promise<void> => {
    failure.value = undefined;
    try {
      const begun = await ask<PasskeyLoginChallenge>('/login/passkey/begin', { method: 'POST' });
      const assertion = await signWithPasskey(begun.options, AbortSignal.timeout(120_000));
      await ask<LoggedIn>('/login/passkey/finish', { method: 'POST', body: { id: begun.id, assertion } });
      await enter();
    } catch (error) {
      const facts = factsOf(error);
      failure.value =
        facts.status === 0 ? { ...facts, message: say('login.none', { why: facts.message }) } : facts;
    }
  };
  return (
    <>
      <p>
        <button
          type="button"
          class="button main"
          onClick={() => {
            use().catch(() => undefined);
          }}
        >
          {say('login.passkey.do')}
        </button>
      </p>
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
    </>
  );
}

function BySsh() {
  const challenge = useSignal<SshLoginChallenge | undefined>(undefined);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const attempt = (work: Promise<unknown>): void => {
    failure.value = undefined;
    work.catch((error: unknown) => {
      failure.value = factsOf(error);
    });
  };
  const begin = async (): Promise<void> => {
    challenge.value = await ask<SshLoginChallenge>('/login/ssh/begin', { method: 'POST' });
  };
  const finish = async (id: string, signature: string): Promise<void> => {
    await ask<LoggedIn>('/login/ssh/finish', { method: 'POST', body: { id, signature } });
    await enter();
  };
  const given = challenge.value;
  return (
    <>
      <p>
        <button type="button" class="button" onClick={() => attempt(begin())}>
          {say('login.ssh.do')}
        </button>
      </p>
      {given === undefined ? null : (
        <form
          class="stack"
          onSubmit={event => {
            event.preventDefault();
            const signature = new FormData(event.currentTarget).get('signature');
            if (typeof signature === 'string') attempt(finish(given.id, signature));
          }}
        >
          <p>{say('login.ssh.text')}</p>
          <Listing text={given.text} label={say('login.ssh.text')} wrapped />
          <p class="actions">
            <CopyButton text={given.text} what={say('copy.text')} />
            <button
              type="button"
              class="button"
              onClick={() => save(new Blob([given.text], { type: 'text/plain' }), 'login.txt')}
            >
              {say('login.ssh.save')}
            </button>
          </p>
          <p>{say('login.ssh.run')}</p>
          <Command text={given.command} />
          <label class="field">
            <span>{say('login.ssh.signature')}</span>
            <textarea name="signature" required maxLength={16_384} spellcheck={false} autoComplete="off" />
          </label>
          <p class="small quiet">
            {say('login.ssh.until', { time: '' }).replace(/ ?\.$/, '')}{' '}
            <Moment at={given.expires} as="local" />
          </p>
          <p>
            <button type="submit" class="button main">
              {say('login.ssh.finish')}
            </button>
          </p>
        </form>
      )}
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
    </>
  );
}
