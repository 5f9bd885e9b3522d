import { TowlineError } from '../../../core/errors.ts';
import type { OpenSink } from '../open-sink.ts';

export const openGelf: OpenSink<'gelf'> = (_file, { name }) => {
  throw new TowlineError('GATEWAY_CONFIG_INVALID', `sinks.${name}: there is no gelf yet`);
};
