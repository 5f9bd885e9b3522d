import { parseDuration } from '../../../core/duration.ts';
import type { OpenSink, SinkFileOf } from '../open-sink.ts';
import { readSecretFile } from '../settings/secret-file.ts';
import { TlsFiles } from '../settings/tls-files.ts';
import { wireAddress } from '../wire/wire-address.ts';
import { checkWire, invalid, timesOf } from '../wire/wire-settings.ts';
import { FluentdSink } from './fluentd-sink.ts';
import { ForwardConnection } from './forward-connection.ts';
import type { ForwardSecurity } from './handshake.ts';

export const openFluentd: OpenSink<'fluentd'> = (file, { name, fleet }) => {
  checkWire(file, name);
  const { username, passwordFile, sharedKeyFile } = file;
  if ((username === undefined) !== (passwordFile === undefined))
    throw invalid(name, '`username` and `passwordFile` go together');
  if (username !== undefined && sharedKeyFile === undefined)
    throw invalid(name, '`username` needs a `sharedKeyFile`, too');
  const address = wireAddress(file.address);
  const tls = file.tls === undefined ? undefined : new TlsFiles(file.tls);
  const ackMs = Math.max(100, parseDuration(file.timeout ?? '60s'));
  // A server with a shared key speaks first: where none is configured, it is waited for whether it does.
  const times = { ...timesOf(ackMs), ...(sharedKeyFile === undefined ? {} : { settleMs: 0 }) };
  return new FluentdSink({
    connect: async signal => {
      const [material, security] = [await tls?.material(), await readSecurity(file, `towline.${fleet}`)];
      return ForwardConnection.connect({ address, tls: material, times, security }, signal);
    },
    renewed: () => tls?.forget(),
    tagPrefix: file.tag ?? 'towline',
    compress: file.compress ?? true,
    ackMs,
  });
};

/** Read for each connection: a key that was changed is there with the next. @throws TowlineError TELEMETRY_SINK_FILE */
async function readSecurity(
  { sharedKeyFile, username, passwordFile }: SinkFileOf<'fluentd'>,
  hostname: string,
): Promise<ForwardSecurity | undefined> {
  if (sharedKeyFile === undefined) return undefined;
  const sharedKey = await readSecretFile(sharedKeyFile);
  if (username === undefined || passwordFile === undefined) return { sharedKey, hostname };
  return { sharedKey, hostname, user: { name: username, password: await readSecretFile(passwordFile) } };
}
