/** One rollout: stages, what the gate asks, each device's verdict, and what can be done about it. */
import { useAnswer, useLive } from '../api/answer.ts';
import type { RolloutAction, Rollout as RolloutAnswer } from '../api/answers.ts';
import { query } from '../api/client.ts';
import { rolloutChange } from '../change/intents.ts';
import { ProposeButton } from '../change/propose.tsx';
import { RolloutMove, Stages } from '../fleet/rollout-line.tsx';
import { LiveSign } from '../frame/frame.tsx';
import { deviceAddress, pathPart } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { Command } from '../part/copied.tsx';
import { Choice } from '../part/field.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Moment } from '../part/moment.tsx';
import { Pager } from '../part/pager.tsx';
import { Empty, Table } from '../part/table.tsx';
import { Note } from '../part/trouble.tsx';
import { place, refine } from '../route/place.ts';
import type { ScreenProperties } from '../route/routes.ts';
import { say, sayOf } from '../words/say.ts';

const states = ['failed', 'dark', 'pending', 'done', 'pinned', 'absent'];
const pageRows = 100;

export default function Rollout({ parts }: ScreenProperties) {
  const { app = '', name = '' } = parts;
  const { query: asked } = place.value;
  const state = asked.get('state') ?? undefined;
  const offset = Number(asked.get('offset') ?? 0) || 0;
  const answer = useAnswer<RolloutAnswer>(
    `/rollouts/${pathPart(app)}/${pathPart(name)}${query({ state, offset, limit: pageRows })}`,
  );
  // Where it stands moves with the overview.
  useLive('/live?overview=1', () => answer.again());
  return (
    <Loaded answer={answer} isScreen>
      {rollout => (
        <>
          <Head rollout={rollout} />
          <Stages row={rollout.row} />
          <div class="columns">
            <section class="card" aria-labelledby="gate">
              <h2 id="gate">{say('rollout.gate')}</h2>
              <ul>
                {rollout.gate.map(words => (
                  <li key={words}>{words}</li>
                ))}
              </ul>
            </section>
            <section class="card" aria-labelledby="next">
              <h2 id="next">{say('rollout.next')}</h2>
              <p>{rollout.row.next}</p>
              {rollout.outage === undefined ? null : <Note>{rollout.outage}</Note>}
              {rollout.actions.map(action => (
                <Action key={action.intent} action={action} rollout={rollout.key} />
              ))}
            </section>
          </div>
          <Devices rollout={rollout} state={state} offset={offset} />
        </>
      )}
    </Loaded>
  );
}

function Head({ rollout }: { readonly rollout: RolloutAnswer }) {
  const { row, key, path, since } = rollout;
  return (
    <div class="head">
      <div class="spread">
        <h1 class="line">
          {say('rollout.title', { rollout: key })}
          <Badge state={row.state} />
        </h1>
        <LiveSign />
      </div>
      <p class="line small">
        <RolloutMove row={row} />
        <code class="quiet">{path}</code>
        {since === undefined ? null : <Moment at={since} />}
      </p>
      {row.reason === undefined ? null : <Note>{row.reason}</Note>}
    </div>
  );
}

function Action({ action, rollout }: { readonly action: RolloutAction; readonly rollout: string }) {
  const { intent, open, why, command } = action;
  return (
    <div class="stack tight">
      {open ? (
        <p>
          <ProposeButton {...rolloutChange(rollout, intent)} />
        </p>
      ) : (
        <p class="small">
          <span class="strong">{say(`rollout.do.${intent}`)}</span>{' '}
          {say('rollout.closed', { why: why ?? '' })}
        </p>
      )}
      <Command text={command} />
    </div>
  );
}

interface DevicesProperties {
  readonly rollout: RolloutAnswer;
  readonly state: string | undefined;
  readonly offset: number;
}

function Devices({ rollout, state, offset }: DevicesProperties) {
  const columns = [
    say('devices.column.id'),
    say('rollout.stage'),
    say('rollout.verdict'),
    say('device.why'),
    say('device.since'),
  ];
  return (
    <section class="stack" aria-labelledby="devices">
      <h2 id="devices">{say('rollout.devices')}</h2>
      <form class="filters" onSubmit={event => event.preventDefault()}>
        <Choice
          label={say('rollout.verdict')}
          name="state"
          value={state ?? ''}
          options={[['', say('rollout.all')], ...states.map(one => [one, sayOf('standing', one)] as const)]}
          onChange={value => refine({ state: value, offset: undefined })}
        />
      </form>
      <Table label={say('rollout.devices')} columns={columns}>
        {rollout.devices.map(({ device, stage, state: verdict, why, since }) => (
          <tr key={device}>
            <th scope="row">
              <a href={deviceAddress(device)}>{device}</a>
            </th>
            <td>{rollout.row.stages[stage - 1]?.name ?? stage}</td>
            <td>
              <Badge state={verdict} />
            </td>
            <td>{why}</td>
            <td>
              <Moment at={since} />
            </td>
          </tr>
        ))}
        {rollout.devices.length === 0 ? (
          <Empty columns={columns.length} isChosen={state !== undefined} />
        ) : null}
      </Table>
      <Pager offset={offset} limit={pageRows} total={rollout.devicesTotal} />
    </section>
  );
}
