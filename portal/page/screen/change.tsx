/** One change: what it is, as files and as plans; who must sign; the ways to sign it; how far it is. */
import { useEffect } from 'preact/hooks';
import { useAnswer, useLive } from '../api/answer.ts';
import type { Proposal } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import { ChangeFiles, ChangePlans } from '../change/contents.tsx';
import { ChangeFacts } from '../change/facts.tsx';
import { ChangeProgress, ChangeSteps } from '../change/progress.tsx';
import { changeTitle } from '../change/title.ts';
import { Ways } from '../change/ways.tsx';
import { LiveSign } from '../frame/frame.tsx';
import { changeAddress, deviceAddress, pathPart } from '../part/address.ts';
import { announce } from '../part/announce.tsx';
import { Command } from '../part/copied.tsx';
import { Loaded } from '../part/loaded.tsx';
import { FailureNote, Note } from '../part/trouble.tsx';
import { go } from '../route/place.ts';
import type { ScreenProperties } from '../route/routes.ts';
import { say } from '../words/say.ts';

export default function Change({ parts }: ScreenProperties) {
  const { change: id = '' } = parts;
  const path = `/changes/${pathPart(id)}`;
  const answer = useAnswer<Proposal>(path);
  useLive(`/live?change=${pathPart(id)}`, told => {
    if (told.event === 'change') answer.value.value = told.data;
  });
  return (
    <Loaded answer={answer} isScreen>
      {proposal => <Shown proposal={proposal} path={path} onSigned={next => (answer.value.value = next)} />}
    </Loaded>
  );
}

interface ShownProperties {
  readonly proposal: Proposal;
  readonly path: string;
  readonly onSigned: (next: Proposal) => void;
}

function Shown({ proposal, path, onSigned }: ShownProperties) {
  const { state, refused, successor, request, command, message } = proposal;
  const title = changeTitle(proposal.intent);
  // Its id tells nobody which of several tabs it is.
  useEffect(() => {
    document.title = `${title} · ${say('change.title')} · Towline`;
  }, [title]);
  const drop = async (): Promise<void> => {
    await ask(path, { method: 'DELETE' });
    announce(say('change.dropped'));
    go(homeOf(proposal));
  };
  return (
    <>
      <div class="head">
        <div class="spread">
          <h1>{title}</h1>
          <LiveSign />
        </div>
        <ChangeSteps state={state} />
        <Command text={command} />
      </div>
      {refused === undefined ? null : (
        <Note tone="bad">
          <p class="strong">{say('change.refused')}</p>
          <FailureNote facts={{ status: 0, ...refused }} />
        </Note>
      )}
      {state === 'moved' || successor !== undefined ? (
        <Note>
          <p>{say('change.moved')}</p>
          {successor === undefined ? null : <a href={changeAddress(successor)}>{say('change.successor')}</a>}
        </Note>
      ) : null}
      {request === undefined ? null : (
        <Note tone="quiet">
          <p class="line">
            {say('change.request')} <Request place={request} />
          </p>
        </Note>
      )}
      <ChangeProgress proposal={proposal} />
      <section class="card" aria-label={say('change.message')}>
        <p class="notes">{message}</p>
        <ChangeFacts proposal={proposal} />
      </section>
      <ChangeFiles files={proposal.files} />
      <ChangePlans devices={proposal.devices} />
      {state === 'shown' ? (
        <>
          <Ways proposal={proposal} path={path} onSigned={onSigned} />
          <p>
            <button
              type="button"
              class="button"
              onClick={() => {
                drop().catch(() => undefined);
              }}
            >
              {say('change.drop')}
            </button>
          </p>
        </>
      ) : null}
    </>
  );
}

/** Where the change was begun. */
function homeOf({ intent }: Proposal): string {
  if ('device' in intent && intent.device !== undefined) return deviceAddress(intent.device);
  return '/';
}

/** A branch; or where the forge opens its request, by the forge's own word. */
function Request({ place }: { place: string }) {
  const isAddress = place.startsWith('https://');
  return isAddress ? (
    <a href={place} target="_blank" rel="noopener noreferrer">
      {place}
    </a>
  ) : (
    <code>{place}</code>
  );
}
