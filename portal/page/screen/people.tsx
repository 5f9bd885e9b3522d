/** Who may what, as operators/ has it; and a passkey of one's own, as the line that goes there. */
import { useAnswer } from '../api/answer.ts';
import type { People as PeopleAnswer, Person } from '../api/answers.ts';
import { PasskeyMaker } from '../change/passkey-maker.tsx';
import { viewer } from '../frame/viewer.ts';
import { Loaded } from '../part/loaded.tsx';
import { Empty, Table } from '../part/table.tsx';
import { say } from '../words/say.ts';

export default function People() {
  return (
    <>
      <h1>{say('people.title')}</h1>
      {viewer.value?.readsRepository === false ? null : <Operators />}
      {viewer.value?.kind === 'gateway' ? <PasskeyMaker /> : null}
    </>
  );
}

function Operators() {
  const answer = useAnswer<PeopleAnswer>('/people');
  const columns = [
    say('people.name'),
    say('people.git'),
    say('people.reads'),
    say('people.tunnels'),
    say('people.keys'),
    say('people.signs'),
    say('people.oidc'),
  ];
  return (
    <Loaded answer={answer}>
      {({ people }) => (
        <Table label={say('people.title')} columns={columns}>
          {people.map(person => (
            <Line key={person.name} person={person} />
          ))}
          {people.length === 0 ? <Empty columns={columns.length} /> : null}
        </Table>
      )}
    </Loaded>
  );
}

function Line({ person }: { readonly person: Person }) {
  const { name, path, description, git, reads, tunnels, keys, signs, oidc } = person;
  return (
    <tr>
      <th scope="row" class="described">
        {name}
        {description === undefined ? null : <p class="small">{description}</p>}
        <p class="small quiet">
          <code>{path}</code>
        </p>
      </th>
      <td class="small lines">{`fleet ${git.fleet}, telemetry ${git.telemetry}`}</td>
      <Lines of={reads} />
      <Lines of={tunnels} />
      <Lines of={keys} />
      <Lines of={signs} />
      <Lines of={oidc} />
    </tr>
  );
}

function Lines({ of }: { readonly of: readonly string[] }) {
  return (
    <td class={of.length === 0 ? 'small' : 'small lines'}>
      {of.map(line => (
        <p key={line}>{line}</p>
      ))}
    </td>
  );
}
