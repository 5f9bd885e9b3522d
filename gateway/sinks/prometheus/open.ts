import { TowlineError } from '../../../core/errors.ts';
import type { OpenSink } from '../open-sink.ts';

export const openPrometheus: OpenSink<'prometheus'> = (_file, { name }) => {
  throw new TowlineError('GATEWAY_CONFIG_INVALID', `sinks.${name}: there is no prometheus yet`);
};
