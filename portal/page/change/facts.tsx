/** The commit that would be signed: its fingerprint, to compare, and what it stands on. */
import type { Proposal } from '../api/answers.ts';
import { viewer } from '../frame/viewer.ts';
import { commitWord } from '../part/address.ts';
import { Command, CopyButton } from '../part/copied.tsx';
import { Facts } from '../part/facts.tsx';
import { say } from '../words/say.ts';

export function ChangeFacts({ proposal }: { readonly proposal: Proposal }) {
  const { id, fingerprint, commit, base, needs, signed } = proposal;
  return (
    <>
      <Facts
        lines={[
          [
            say('change.fingerprint'),
            <span key="fingerprint" class="line">
              <span class="fingerprint">{fingerprint}</span>
              <CopyButton text={fingerprint} what={say('change.fingerprint')} />
            </span>,
          ],
          [say('change.commit'), <code key="commit">{signed ?? commit}</code>],
          [say('change.base'), <code key="base">{base}</code>],
          // Who has signed it is no longer asked for.
          needs.length === 0 || signed !== undefined
            ? undefined
            : [say('change.needs'), <Needs key="needs" needs={needs} />],
        ]}
      />
      {signed === undefined && viewer.value?.kind === 'desk' ? (
        <p class="small quiet">{say('change.compare.desk')}</p>
      ) : (
        <>
          <p class="small quiet">{say('change.compare')}</p>
          <Command text={`towline show ${signed === undefined ? `pending/${id}` : commitWord(signed)}`} />
        </>
      )}
    </>
  );
}

function Needs({ needs }: { readonly needs: readonly string[] }) {
  return (
    <ul>
      {needs.map(need => (
        <li key={need}>{need}</li>
      ))}
    </ul>
  );
}
