/** The apps of the fleet, and which releases of them are in use. */
import { useAnswer } from '../api/answer.ts';
import type { Apps as AppsAnswer } from '../api/answers.ts';
import { appAddress, releaseAddress, rolloutAddress } from '../part/address.ts';
import { Command } from '../part/copied.tsx';
import { Loaded } from '../part/loaded.tsx';
import { Empty, Table } from '../part/table.tsx';
import { say, written } from '../words/say.ts';

export default function Apps() {
  const answer = useAnswer<AppsAnswer>('/apps');
  const columns = [
    say('apps.app'),
    say('apps.newest'),
    say('apps.devices'),
    say('apps.troubled'),
    say('apps.spread'),
    say('screen.rollouts'),
  ];
  return (
    <>
      <h1>{say('apps.title')}</h1>
      <Loaded answer={answer}>
        {({ apps }) => (
          <Table label={say('apps.title')} columns={columns}>
            {apps.map(({ app, newest, devices, troubled, versions, rollouts }) => (
              <tr key={app}>
                <th scope="row">
                  <a href={appAddress(app)}>{app}</a>
                </th>
                <td>{newest === undefined ? '–' : <a href={releaseAddress(app, newest)}>{newest}</a>}</td>
                <td class="number">{written(devices)}</td>
                <td class="number">{troubled === 0 ? '' : written(troubled)}</td>
                <td>
                  <span class="line tight">
                    {Object.entries(versions).map(([version, count]) => (
                      <a
                        key={version}
                        class="chip"
                        href={`/devices?app=${encodeURIComponent(app)}&release=${encodeURIComponent(version)}`}
                      >
                        {version} × {written(count)}
                      </a>
                    ))}
                  </span>
                </td>
                <td>
                  {rollouts.map(key => (
                    <a key={key} href={rolloutAddress(key)}>
                      {key}
                    </a>
                  ))}
                </td>
              </tr>
            ))}
            {apps.length === 0 ? <Empty columns={columns.length} /> : null}
          </Table>
        )}
      </Loaded>
      <Command text="towline release list" />
    </>
  );
}
