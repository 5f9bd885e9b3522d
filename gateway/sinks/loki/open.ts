import { TowlineError } from '../../../core/errors.ts';
import type { OpenSink } from '../open-sink.ts';

export const openLoki: OpenSink<'loki'> = (_file, { name }) => {
  throw new TowlineError('GATEWAY_CONFIG_INVALID', `sinks.${name}: there is no loki yet`);
};
