/** The services of what a device is to have, each with its image. */
import type { Device } from '../api/answers.ts';
import { Badge } from '../part/badge.tsx';
import { CopyButton } from '../part/copied.tsx';
import { Empty, Table } from '../part/table.tsx';
import { say } from '../words/say.ts';

export function Services({ device }: { readonly device: Device }) {
  const lines = device.apps.flatMap(app => app.services.map(service => ({ app, service })));
  const columns = [
    say('device.app'),
    say('services.service'),
    say('device.state'),
    say('services.image'),
    say('services.digest'),
  ];
  return (
    <section class="stack" aria-labelledby="services">
      <h2 id="services">{say('services.title')}</h2>
      <Table label={say('services.title')} columns={columns}>
        {lines.map(({ app, service: { service, image, digest } }) => (
          <tr key={`${app.app} ${service}`}>
            <th scope="row">{app.app}</th>
            <td>{service}</td>
            <td>{app.state === undefined ? '–' : <Badge state={app.state} />}</td>
            <td>{image}</td>
            <td class="narrow">
              <code title={digest}>{digest.slice(0, 19)}</code>
              <CopyButton text={digest} what={`${say('services.digest')} ${service}`} />
            </td>
          </tr>
        ))}
        {lines.length === 0 ? <Empty columns={columns.length} /> : null}
      </Table>
    </section>
  );
}
