/** A bundle to carry to a device: made at the server, downloaded with its progress, hashed as it arrives. */

import { useSignal } from '@preact/signals';
import { factsOf } from '../api/answer.ts';
import type { Bundle } from '../api/answers.ts';
import { ask } from '../api/client.ts';
import type { FailureFacts } from '../api/failure.ts';
import { pathPart } from '../part/address.ts';
import { announce } from '../part/announce.tsx';
import { Command, CopyButton } from '../part/copied.tsx';
import { FailureNote, Note } from '../part/trouble.tsx';
import { byteWords } from '../words/amount.ts';
import { say } from '../words/say.ts';
import { download } from './download.ts';

/** Between two looks, milliseconds. */
const lookMs = 1000;

export function BundleMaker({ device }: { readonly device: string }) {
  const bundle = useSignal<Bundle | undefined>(undefined);
  const failure = useSignal<FailureFacts | undefined>(undefined);
  const arrived = useSignal(0);
  const digest = useSignal<string | undefined>(undefined);
  const attempt = (work: Promise<void>): void => {
    failure.value = undefined;
    work.catch((error: unknown) => {
      failure.value = factsOf(error);
    });
  };
  const make = async (): Promise<void> => {
    bundle.value = await ask<Bundle>('/bundles', { method: 'POST', body: { device } });
    while (bundle.value.state === 'making') {
      await new Promise(resolve => setTimeout(resolve, lookMs));
      bundle.value = await ask<Bundle>(`/bundles/${pathPart(bundle.value.id)}`);
    }
    announce(bundle.value.name);
  };
  const fetchIt = async (ready: Bundle): Promise<void> => {
    digest.value = await download(ready, bytes => {
      arrived.value = bytes;
    });
  };
  const made = bundle.value;
  return (
    <div class="stack tight">
      {made === undefined ? (
        <p>
          <button type="button" class="button" onClick={() => attempt(make())}>
            {say('upgrades.bundle')}
          </button>
        </p>
      ) : null}
      {made?.state === 'making' ? (
        <p role="status">{say('upgrades.making', { bytes: byteWords(made.bytes) })}</p>
      ) : null}
      {made?.state === 'failed' ? <Note tone="bad">{made.why}</Note> : null}
      {made?.state === 'ready' ? (
        <>
          {made.notes.map(note => (
            <Note key={note} tone="quiet">
              {note}
            </Note>
          ))}
          <p>
            <button type="button" class="button main" onClick={() => attempt(fetchIt(made))}>
              {say('upgrades.download', { name: made.name })}
            </button>
          </p>
          <Arrived made={made} arrived={arrived.value} digest={digest.value} />
        </>
      ) : null}
      {failure.value === undefined ? null : <FailureNote facts={failure.value} />}
      <Command text={`towline bundle create --device ${device}`} />
    </div>
  );
}

interface ArrivedProperties {
  readonly made: Bundle;
  /** Bytes. */
  readonly arrived: number;
  readonly digest: string | undefined;
}

function Arrived({ made, arrived, digest }: ArrivedProperties) {
  const total = made.totalBytes ?? made.bytes;
  if (arrived === 0) return null;
  return (
    <>
      <div class="line">
        <progress value={arrived} max={Math.max(1, total)} aria-label={made.name} />
        <span class="small">
          {say('upgrades.downloaded', { bytes: byteWords(arrived), total: byteWords(total) })}
        </span>
      </div>
      {digest === undefined ? null : (
        <div role="status" class="stack tight">
          <p class="line small">
            {say('upgrades.digest')} <code>{digest}</code>
            <CopyButton text={digest} what={say('upgrades.digest')} />
          </p>
          {made.sha256 === undefined ? null : made.sha256.replace(/^sha256:/, '') === digest ? (
            <p>{say('upgrades.agrees')}</p>
          ) : (
            <Note tone="bad">{say('upgrades.differs')}</Note>
          )}
        </div>
      )}
    </>
  );
}
