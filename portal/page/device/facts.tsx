/** Facts about a device, as its file and its own word have them. */
import type { Condition, Device } from '../api/answers.ts';
import { commitWord } from '../part/address.ts';
import { Badge } from '../part/badge.tsx';
import { type FactLine, Facts } from '../part/facts.tsx';
import { Moment } from '../part/moment.tsx';
import { Table } from '../part/table.tsx';
import { say, sayOf } from '../words/say.ts';

const line = (name: string, value: string | undefined): FactLine | undefined =>
  value === undefined || value === '' ? undefined : [name, value];

export function DeviceFacts({ device }: { readonly device: Device }) {
  const { report, groups, labels, keys } = device;
  return (
    <section class="card" aria-labelledby="facts">
      <h2 id="facts">{say('device.facts')}</h2>
      <Facts
        lines={[
          [say('device.file'), <code key="file">{device.path}</code>],
          line(say('device.groups'), groups.map(({ name }) => name).join(', ')),
          line(say('device.labels'), namedWords(labels)),
          report === undefined
            ? undefined
            : [say('device.reported'), <Moment key="reported" at={report.time} as="both" />],
          report === undefined ? undefined : [say('device.trusts'), <Trusts key="trusts" report={report} />],
          line(say('device.agent'), report?.agent),
          line(say('device.agentUpdate'), report?.agentUpdate),
          line(say('device.engine'), report?.engine),
          report?.started === undefined
            ? undefined
            : [say('device.started'), <Moment key="started" at={report.started} />],
          line(say('device.host'), report?.host === undefined ? undefined : hostWords(report.host)),
          line(say('device.support'), report?.outOfSupport?.join('; ')),
          line(say('device.health'), report?.health === undefined ? undefined : healthWords(report.health)),
          line(
            say('device.keys'),
            keys === undefined ? undefined : [keys.ssh, keys.tls].filter(Boolean).join(' · '),
          ),
        ]}
      />
    </section>
  );
}

function Trusts({ report }: { readonly report: NonNullable<Device['report']> }) {
  const { trusted, behind = 0, ahead = 0, behindSince } = report;
  const words =
    behind > 0
      ? say('device.behind', { count: behind })
      : ahead > 0
        ? say('device.ahead', { count: ahead })
        : say('device.level');
  return (
    <>
      <code>{commitWord(trusted)}</code>
      {`, ${words} `}
      {behind > 0 && behindSince !== undefined ? <Moment at={behindSince} /> : null}
    </>
  );
}

export function TunnelFacts({ device }: { readonly device: Device }) {
  const { wanted, until, reason, allow, state, up } = device.tunnel;
  return (
    <section class="card" aria-labelledby="tunnel">
      <h2 id="tunnel" class="line">
        {say('device.tunnel')}
        <Badge state={state ?? wanted} />
      </h2>
      <Facts
        lines={[
          [say('device.wanted'), sayOf('standing', wanted)],
          until === undefined
            ? undefined
            : [say('change.until'), <Moment key="until" at={until} as="both" />],
          line(say('change.reason'), reason),
          line(say('people.name'), allow?.join(', ')),
          up === undefined
            ? undefined
            : [say('device.state'), say(up ? 'device.tunnel.up' : 'device.tunnel.down')],
        ]}
      />
    </section>
  );
}

export function Conditions({ conditions }: { readonly conditions: readonly Condition[] }) {
  const columns = [say('device.condition'), say('device.state'), say('device.why'), say('device.since')];
  return (
    <Table label={say('device.conditions')} columns={columns}>
      {conditions.map(({ type, status, reason, message, since }) => (
        <tr key={type}>
          <th scope="row">{type}</th>
          <td>{say(status ? 'word.yes' : 'word.no')}</td>
          <td>
            {message}
            <p class="quiet small">{reason}</p>
          </td>
          <td>
            <Moment at={since} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

const namedWords = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ');

const hostWords = (host: Readonly<Record<string, unknown>>): string =>
  Object.entries(host)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

const healthWords = (health: Readonly<Record<string, number>>): string =>
  Object.entries(health)
    .map(([word, count]) => `${count} ${sayOf('standing', word)}`)
    .join(', ');
