import { TowlineError } from '../../../core/errors.ts';
import type { OpenSink } from '../open-sink.ts';

export const openRemoteWrite: OpenSink<'remote-write'> = (_file, { name }) => {
  throw new TowlineError('GATEWAY_CONFIG_INVALID', `sinks.${name}: there is no remote-write yet`);
};
