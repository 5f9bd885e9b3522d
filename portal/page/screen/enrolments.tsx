/** Devices that wait to be accepted: first the fingerprint is compared, then the command is there. */
import { useSignal } from '@preact/signals';
import { useAnswer } from '../api/answer.ts';
import type { Enrolment, Enrolments as EnrolmentsAnswer } from '../api/answers.ts';
import { Command } from '../part/copied.tsx';
import { Facts } from '../part/facts.tsx';
import { TextField } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Note } from '../part/trouble.tsx';
import { say } from '../words/say.ts';

export default function Enrolments() {
  const answer = useAnswer<EnrolmentsAnswer>('/enrolments');
  return (
    <>
      <h1>{say('enrolments.title')}</h1>
      <Loaded answer={answer}>
        {({ enrolments }) =>
          enrolments.length === 0 ? (
            <p class="quiet">{say('enrolments.none')}</p>
          ) : (
            enrolments.map(enrolment => <Waiting key={enrolment.device} enrolment={enrolment} />)
          )
        }
      </Loaded>
    </>
  );
}

function Waiting({ enrolment }: { readonly enrolment: Enrolment }) {
  const { device, statements, command } = enrolment;
  const [statement] = statements;
  return (
    <article class="card">
      <h2>{device}</h2>
      {statements.length > 1 ? <Note tone="bad">{say('enrolments.two')}</Note> : null}
      {statements.map(({ ssh, tls, fingerprint }) => (
        <div key={fingerprint} class="stack tight">
          <p class="fingerprint">{fingerprint}</p>
          <Facts
            lines={[
              ['SSH', <code key="ssh">{ssh}</code>],
              ['TLS', <code key="tls">{tls}</code>],
            ]}
          />
        </div>
      ))}
      {statements.length === 1 && statement !== undefined ? (
        <Compared fingerprint={statement.fingerprint} command={command} />
      ) : null}
    </article>
  );
}

/** Blanks, hyphens and the case do not matter: it is read aloud, or typed. */
const plain = (text: string): string =>
  text
    .replace(/^SHA256:/i, '')
    .replace(/[^A-Za-z0-9+/]/g, '')
    .toLowerCase();

function Compared({ fingerprint, command }: { readonly fingerprint: string; readonly command: string }) {
  const typed = useSignal('');
  const given = plain(typed.value);
  const fits = given !== '' && given === plain(fingerprint);
  return (
    <>
      <p>{say('enrolments.compare')}</p>
      <TextField
        label={say('enrolments.typed')}
        name="typed"
        value={typed.value}
        onChange={value => {
          typed.value = value;
        }}
      />
      <div role="status" class="stack tight">
        {given === '' ? (
          <p class="quiet">{say('enrolments.first')}</p>
        ) : fits ? (
          <>
            <p class="strong">{say('enrolments.fits')}</p>
            <Command text={command} />
          </>
        ) : plain(fingerprint).startsWith(given) ? (
          <p class="quiet">…</p>
        ) : (
          <Note tone="bad">{say('enrolments.differs')}</Note>
        )}
      </div>
    </>
  );
}
